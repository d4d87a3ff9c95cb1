// Whose processes the server's are: PostgreSQL refuses to run as root, so root hands it to a system user without rights.
import { spawnSync } from 'node:child_process';
import { PostgresRefusal } from './refusal.js';

const SYSTEM_USER = 'tandem';

export interface Account {
  readonly name: string;
  /** Set only where the server runs under another user than this process. */
  readonly uid?: number;
  readonly gid?: number;
}

/** Creates the system user when root starts Tandem for the first time on this machine. */
export function serverAccount(): Account {
  if (process.getuid?.() === 0) return findSystemUser() ?? createSystemUser();
  const name = idOf('-un');
  if (!name) throw new PostgresRefusal('postgres.no_user', `The user number ${process.getuid?.()} has no name on this machine, and PostgreSQL needs one. Start Tandem as a user listed in /etc/passwd.`);
  return { name };
}

function findSystemUser(): Account | null {
  const [uid, gid] = [idOf('-u', SYSTEM_USER), idOf('-g', SYSTEM_USER)];
  if (!uid || !gid) return null;
  if (uid === '0') throw new PostgresRefusal('postgres.no_user', `The system user "${SYSTEM_USER}" has the rights of root, which PostgreSQL refuses. Give it a number of its own.`);
  return { name: SYSTEM_USER, uid: Number(uid), gid: Number(gid) };
}

function createSystemUser(): Account {
  const attempts: readonly (readonly string[])[] = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', SYSTEM_USER],
    ['adduser', '-S', '-D', '-H', SYSTEM_USER],
  ];
  for (const [command = '', ...args] of attempts) {
    spawnSync(command, args, { stdio: 'ignore' });
    // Looked up whatever the answer was: another start may have created the user in the same moment.
    const created = findSystemUser();
    if (created) return created;
  }
  throw new PostgresRefusal(
    'postgres.no_user',
    `Tandem was started as root, PostgreSQL refuses to run as root, and a system user "${SYSTEM_USER}" could not be created. Create it (useradd --system ${SYSTEM_USER}) or start Tandem as a user who is not root.`,
    { user: SYSTEM_USER },
  );
}

function idOf(...args: string[]): string | null {
  const { status, stdout } = spawnSync('id', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout.trim() : null;
}
