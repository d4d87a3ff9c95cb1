// A running server in the hands of the process that started it.
import type { Ending } from './attended.js';
import type { Claim } from './claim.js';
import { SUPERUSER } from './first-start.js';
import type { Launched } from './launch.js';
import { END_STEPS, endOrphan } from './orphan.js';
import { HOST } from './port.js';

export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EmbeddedServer {
  readonly host: string;
  readonly port: number;
  readonly superuser: string;
  readonly password: string;
  /** Of the server's main process. */
  readonly pid: number;
  /** Whether the database was created by this start. */
  readonly firstStart: boolean;
  /** Ends sessions, writes everything out and resolves when the server is gone. Every call waits for the same end; after an exit it does nothing. */
  stop(): Promise<void>;
  /** Tells once of an end that `stop` did not ask for, also when it has already come. By then the folder is free for another start. */
  onExit(listener: (exit: ServerExit) => void): void;
}

interface Start {
  readonly dataDir: string;
  readonly password: string;
  readonly firstStart: boolean;
  readonly claim: Claim;
  readonly log: (line: string) => void;
}

export function runningServer({ attended, port }: Launched, { dataDir, password, firstStart, claim, log }: Start): EmbeddedServer {
  let stopping = false;
  const free = async ({ code, signal, unattended }: Ending): Promise<ServerExit> => {
    // Without its watchdog the server would outlive this process, so it is not left running.
    if (unattended) await endOrphan(dataDir, log).catch((error: unknown) => log(String(error)));
    claim.release();
    return { code, signal };
  };
  const over = attended.ended.then(free);
  attended.unref();
  return {
    host: HOST,
    port,
    superuser: SUPERUSER,
    password,
    pid: attended.pid,
    firstStart,
    async stop() {
      stopping = true;
      attended.end(END_STEPS);
      await over;
    },
    onExit(listener) {
      void over.then((exit) => {
        if (!stopping) listener(exit);
      });
    },
  };
}
