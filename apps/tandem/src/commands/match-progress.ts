// Where a long match stands, on a terminal only: one line that is written over and gone at the end, so that logs and pipes hold results and reasons alone.

const CLEAR = '\r\u001b[K';
const WIDTH = 20;

export class Steps {
  private done = 0;

  constructor(private readonly total: number) {}

  /** Runs one step; whatever it writes to standard error begins on a line of its own. */
  run<T>(name: string, work: () => T): T {
    const { isTTY } = process.stderr;
    const filled = Math.round((WIDTH * this.done) / this.total);
    this.done += 1;
    if (isTTY) process.stderr.write(`${CLEAR}[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${this.done}/${this.total} ${name}`);
    try {
      return work();
    } finally {
      if (isTTY) process.stderr.write(CLEAR);
    }
  }
}
