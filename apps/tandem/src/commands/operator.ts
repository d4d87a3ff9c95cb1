// Reaching a running system as its operator.
import { configuration } from '@tandem/service-kit';
import type { Command } from 'commander';
import { Session } from './client.js';
import type { Output } from './output.js';

export interface Reach extends Output {
  readonly url?: string;
}

export function reachable(command: Command): Command {
  return command.option('--url <url>', 'address of the running system (default: this machine, PORT)').option('--json', 'print data');
}

export function operator({ url }: Reach): Promise<Session> {
  const { PORT, TANDEM_HOME } = configuration(process.env);
  return Session.as(url ?? `http://127.0.0.1:${PORT}`, TANDEM_HOME, 'operator', 'OPERATOR');
}
