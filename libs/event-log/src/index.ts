// The event log: its port, and the adapter over PostgreSQL. The suite that every adapter passes is '@tandem/event-log/conformance'.
export * from './port.js';
export { installLog } from './postgres/install-log.js';
export { postgresLog, type LogHint, type PostgresLogOptions } from './postgres/postgres-log.js';
