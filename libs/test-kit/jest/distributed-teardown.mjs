// Stops the containers that distributed-setup.mjs started.
export default async function teardown() {
  const containers = globalThis.__tandemTestContainers ?? [];
  globalThis.__tandemTestContainers = undefined;
  await Promise.all(containers.map((container) => container.stop()));
}
