// Named places where a test makes the process crash: TANDEM_FAILPOINT=relay.after_send:kill:3 kills it at the third passage.

/** Every failpoint in the code; configuration refuses another name. */
export const failpoints = [
  'command.before_write',
  'command.after_commit',
  'relay.before_send',
  'relay.after_send',
  'consumer.before_commit',
  'consumer.after_commit',
] as const;
export type FailpointName = (typeof failpoints)[number];

interface Armed {
  readonly name: string;
  left: number;
}

let armed: Armed | null = null;

/** `name:kill:n`; null disarms. */
export function armFailpoint(setting: string | null): void {
  const [name, action, nth = '1'] = setting?.split(':') ?? [];
  if (setting !== null && (!failpoints.includes(name as FailpointName) || action !== 'kill' || !/^[1-9]\d*$/.test(nth))) {
    throw new Error(`TANDEM_FAILPOINT: ${setting} is not name:kill:n with a name of ${failpoints.join(', ')}`);
  }
  armed = name ? { name, left: Number(nth) } : null;
}

/** Where a crash may be planted. Costs a comparison when nothing is armed. */
export function failpoint(name: string): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left > 0) return;
  process.stderr.write(`failpoint ${name}: killing ${process.pid}\n`);
  process.kill(process.pid, 'SIGKILL');
}
failpoint.armed = (name: string): boolean => armed?.name === name;
