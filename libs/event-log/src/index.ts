// The event log: its port, and the adapters over PostgreSQL and Kafka. The suite that every adapter passes is '@tandem/event-log/conformance'.
export * from './port.js';
export { kafkaLog, type KafkaEventLog, type KafkaLogOptions } from './kafka/kafka-log.js';
export { installLog, LOG_SCHEMA } from './postgres/install-log.js';
export { postgresLog, type LogHint, type PostgresLogOptions } from './postgres/postgres-log.js';
