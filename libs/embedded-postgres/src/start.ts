// The embedded profile's database: found or created, started, and under guard until it is stopped.
import { dirname, join } from 'node:path';
import { serverAccount } from './account.js';
import { takeClaim } from './claim.js';
import { isInitialised, refuseUnreachable, settleFolder } from './data-folder.js';
import { firstStart, keepPassword, readPassword } from './first-start.js';
import { launch } from './launch.js';
import { endOrphan } from './orphan.js';
import { findProgram } from './program.js';
import { runningServer, type EmbeddedServer } from './server.js';
import { serverArguments, type Settings } from './settings.js';

export type StartStep = 'creating' | 'starting' | 'ready';

export interface StartOptions {
  /** Created when missing. Beside it lie `<dataDir>.lock` and, during the first start, `<dataDir>.unfinished-*`. */
  readonly dataDir: string;
  /** Holds the superuser's password, readable by this process's user alone; `secrets` beside the data folder unless told. */
  readonly secretsDir?: string;
  /** Refused when taken; a free one each start unless told. */
  readonly port?: number;
  /** Further server settings, or others than our defaults. Durability and the address are not for choice. */
  readonly settings?: Settings;
  /** What the server and this library have to say, line by line. */
  readonly log?: (line: string) => void;
  readonly onProgress?: (step: StartStep) => void;
}

/**
 * Starts the server on the data folder and resolves when it answers and keeps its promises, or rejects with a `PostgresRefusal` and leaves
 * nothing running. Stop it with `stop()`; a caller that dies, however, takes it along within about two seconds.
 */
export async function startPostgres(options: StartOptions): Promise<EmbeddedServer> {
  const { settings = {}, log = () => {}, onProgress = () => {} } = options;
  serverArguments(options.dataDir, settings);
  const account = serverAccount();
  const program = findProgram();
  refuseUnreachable(program.folder, program.folder, account);
  const dataDir = settleFolder(options.dataDir, account);
  const passwordFile = join(options.secretsDir ?? join(dirname(dataDir), 'secrets'), 'postgres-superuser');
  const claim = takeClaim(`${dataDir}.lock`);
  try {
    await endOrphan(dataDir, log);
    const isFirst = !isInitialised(dataDir, account, program.major);
    const password = isFirst ? keepPassword(passwordFile) : readPassword(passwordFile);
    if (isFirst) {
      onProgress('creating');
      await firstStart({ dataDir, password, account, program });
    }
    onProgress('starting');
    const launched = await launch({ dataDir, port: options.port, settings, password, account, program, log });
    onProgress('ready');
    return runningServer(launched, { dataDir, password, firstStart: isFirst, claim, log });
  } catch (error) {
    claim.release();
    throw error;
  }
}
