export { copyRunning, copyStopped, type Copied } from './copy.js';
export { PostgresRefusal, type RefusalCode, type RefusalDetails } from './refusal.js';
export type { EmbeddedServer, ServerExit } from './server.js';
export type { Settings } from './settings.js';
export { startPostgres, type StartOptions, type StartStep } from './start.js';
