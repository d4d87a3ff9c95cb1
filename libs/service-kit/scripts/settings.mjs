// Writes docs/settings.md from the one schema of settings; a unit test holds it current.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsTable } from '../src/run/configuration.ts';

const head = `# Settings

The environment, checked by one schema (\`libs/service-kit/src/run/configuration.ts\`, which this page is generated from); an unknown \`TANDEM_*\` name refuses to
start. A secret may stand in a file: \`NAME_FILE\` names it. \`embedded\` is \`npm start\` with everything in one process; \`service\` and \`gateway\` are
\`tandem start <name>\`; \`job\` is every other command.
`;
writeFileSync(join(import.meta.dirname, '../../../docs/settings.md'), `${head}\n${settingsTable()}\n`);
