/** What kafkajs says when no broker tells it who coordinates the group; it takes that for a defect, though it is what a network that was cut looks like. */
const NO_COORDINATOR = 'Failed to find group coordinator';

/** Whether a consumer that kafkajs has given up on will do when it is made anew. */
export function isPassing({ message }: Error): boolean {
  return message.includes(NO_COORDINATOR);
}
