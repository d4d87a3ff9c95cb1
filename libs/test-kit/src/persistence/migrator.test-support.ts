// A migrator in a process of its own: `node migrator.test-support.ts <database url>`.
import { migrate } from '@tandem/persistence';
import { Gated1764000200001 } from './gated.test-support.js';
import { accessOf, entities, migrations } from './test-support.js';

await migrate(accessOf(process.argv[2] ?? ''), [...migrations, Gated1764000200001], entities);
