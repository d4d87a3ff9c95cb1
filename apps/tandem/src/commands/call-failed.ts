/** The answer had errors, or a command refused where its caller expected it to be done. */
export class CallFailed extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code} ${detail}`.trim());
    this.name = 'CallFailed';
  }
}
