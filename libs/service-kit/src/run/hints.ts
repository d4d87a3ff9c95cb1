// In-process hints that there is work: they save waiting for the next poll, which remains the truth.
export class Hints {
  private wakeRelay: () => void = () => undefined;

  onOutbox(wake: () => void): void {
    this.wakeRelay = wake;
  }

  /** Something was committed to the outbox. */
  outbox(): void {
    this.wakeRelay();
  }
}
