// What the distributed tests run against, told on standard error: Kafka and PostgreSQL in containers where a Docker engine answers and has the
// images, else the broker that TANDEM_TEST_KAFKA names beside a PostgreSQL of each test's own. Neither is a failure, never a skip.
import { createServer } from 'node:net';
import { once } from 'node:events';

const KAFKA = process.env.TANDEM_TEST_KAFKA_IMAGE ?? 'apache/kafka:4.4.0';
const POSTGRES = process.env.TANDEM_TEST_POSTGRES_IMAGE ?? 'postgres:18';

export default async function setup() {
  const containers = await inContainers();
  if (containers) {
    globalThis.__tandemTestContainers = containers;
    return console.error(`distributed tests: ${KAFKA} and ${POSTGRES} in containers`);
  }
  if (process.env.TANDEM_TEST_KAFKA) return console.error(`distributed tests: the broker at ${process.env.TANDEM_TEST_KAFKA}, PostgreSQL without containers`);
  throw new Error('distributed tests: no Docker engine with the images answers, and TANDEM_TEST_KAFKA names no broker (deploy/kafka-local.mjs up starts one)');
}

async function inContainers() {
  // Its helper container is one more image to have; the teardown stops what this starts.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  const client = await getContainerRuntimeClient().catch(() => null);
  if (!client) return null;
  const started = [];
  try {
    const port = await freePort();
    const kafka = await new GenericContainer(KAFKA)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment(brokerAt(port))
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .withStartupTimeout(120_000)
      .start();
    started.push(kafka);
    const postgres = await new GenericContainer(POSTGRES)
      .withExposedPorts(5432)
      .withEnvironment({ POSTGRES_PASSWORD: 'tandem-test' })
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 1))
      .withStartupTimeout(120_000)
      .start();
    started.push(postgres);
    process.env.TANDEM_TEST_KAFKA = `127.0.0.1:${port}`;
    process.env.TANDEM_TEST_PG_CONTAINER = JSON.stringify({ host: '127.0.0.1', port: postgres.getMappedPort(5432), superuser: 'postgres', password: 'tandem-test' });
    return started;
  } catch (error) {
    console.error(`distributed tests: a Docker engine answers, but not with containers (${error instanceof Error ? error.message : String(error)})`);
    await Promise.all(started.map((container) => container.stop()));
    return null;
  }
}

function brokerAt(port) {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_LOG_DIRS: '/tmp/kafka-logs',
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
