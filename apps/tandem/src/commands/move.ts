import { configuration, required, rootLogger } from '@tandem/service-kit';
import { Command } from 'commander';
import { logOf } from '../launch/alone.js';
import { move } from '../launch/move.js';
import { print, progress, type Output } from './output.js';

export function moveCommand(): Command {
  return new Command('move')
    .description('copy TANDEM_HOME, at rest, into the databases and topics of the distributed profile (TANDEM_PG_HOST, TANDEM_KAFKA), and compare')
    .option('--json', 'print data')
    .action(async (output: Output) => {
      const configured = configuration(process.env);
      const { TANDEM_PG_HOST: host, TANDEM_PG_ADMIN_PASSWORD: password } = required(configured, 'tandem move', ['TANDEM_PG_HOST', 'TANDEM_PG_ADMIN_PASSWORD', 'TANDEM_KAFKA']);
      const logger = rootLogger(configured.TANDEM_LOG_LEVEL, configured.TANDEM_LOG_FILE);
      const log = logOf(configured, 'move', logger, (words) => logger.fatal(words));
      try {
        const target = { host, port: configured.TANDEM_PG_PORT || 5432, superuser: configured.TANDEM_PG_ADMIN_USER, password };
        const { tables, topics } = await move(configured.TANDEM_HOME, target, log, progress);
        const databases = [...new Set(tables.map(({ database }) => database))];
        const rows = databases.map((database) => ({ database, tables: tables.filter((table) => table.database === database).length, rows: tables.filter((table) => table.database === database).reduce((sum, table) => sum + table.rows, 0) }));
        print([...rows.map(({ database, ...counts }) => ({ what: database, ...counts, events: '' })), ...topics.map(({ topic, events }) => ({ what: topic, tables: '', rows: '', events }))], output);
      } finally {
        await log.close();
      }
    });
}
