// What TANDEM_HOME keeps beside the data: passwords, signing keys and personal keys, readable by this user only.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newPasswords, type RoleKind } from '@tandem/persistence';
import { newKeyPair, type KeyPairJwk } from '@tandem/service-kit';

export interface Secrets {
  readonly databases: Readonly<Record<string, Readonly<Record<RoleKind, string>>>>;
  /** Signs the internal tokens. */
  readonly gateway: KeyPairJwk;
  /** Signs the local tokens of `tandem token`. */
  readonly local: KeyPairJwk;
}

export interface Home {
  readonly folder: string;
  readonly data: string;
  readonly secretsFolder: string;
  readonly keys: string;
  readonly secrets: Secrets;
}

/** Opens the folder, making what is missing; a second start finds the same secrets. */
export async function openHome(path: string, services: readonly string[]): Promise<Home> {
  const folder = resolve(path);
  const secretsFolder = join(folder, 'secrets');
  mkdirSync(folder, { recursive: true });
  mkdirSync(secretsFolder, { recursive: true });
  chmodSync(secretsFolder, 0o700);
  const file = join(secretsFolder, 'tandem.json');
  const secrets = existsSync(file) ? withPasswords(file, JSON.parse(readFileSync(file, 'utf8')) as Secrets, services) : await newSecrets(file, services);
  return { folder, secretsFolder, secrets, data: join(folder, 'postgres'), keys: join(folder, 'keys') };
}

/** The secrets of an existing home; null where nothing was started yet. */
export function readSecrets(path: string): Secrets | null {
  const file = join(resolve(path), 'secrets', 'tandem.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Secrets) : null;
}

async function newSecrets(file: string, services: readonly string[]): Promise<Secrets> {
  const secrets: Secrets = {
    databases: Object.fromEntries(services.map((service) => [service, newPasswords()])),
    gateway: await newKeyPair(),
    local: await newKeyPair(),
  };
  return written(file, secrets);
}

/** A home of an earlier release knows nothing of services that came later. */
function withPasswords(file: string, secrets: Secrets, services: readonly string[]): Secrets {
  const missing = services.filter((service) => !(service in secrets.databases));
  if (missing.length === 0) return secrets;
  return written(file, { ...secrets, databases: { ...secrets.databases, ...Object.fromEntries(missing.map((service) => [service, newPasswords()])) } });
}

/** Whole or not at all: a crash in mid-write must not leave half a key. */
function written(file: string, secrets: Secrets): Secrets {
  writeFileSync(`${file}.new`, JSON.stringify(secrets), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}
