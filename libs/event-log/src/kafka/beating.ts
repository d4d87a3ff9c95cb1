// Signs of life of a group's member while its handler works.
import type { EachBatchPayload } from 'kafkajs';

export const HEARTBEAT_MS = 2_000;

/**
 * A handler may take longer than the group waits for a sign of life. What a heartbeat learns (a rebalance) is thrown when the work in hand is
 * done; work that would be tried again for ever asks `isMember`, or the whole group would wait for it.
 */
export async function whileBeating<T>(group: Pick<EachBatchPayload, 'heartbeat'>, work: (isMember: () => boolean) => Promise<T>): Promise<T> {
  const lost: Error[] = [];
  const timer = setInterval(() => {
    group.heartbeat().catch((error: Error) => lost.push(error));
  }, HEARTBEAT_MS / 2);
  try {
    const result = await work(() => lost.length === 0);
    for (const error of lost) throw error;
    return result;
  } finally {
    clearInterval(timer);
  }
}
