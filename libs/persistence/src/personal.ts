// Personal values: sealed in the application before they reach the database, opened only where somebody may see them.
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, randomFillSync, randomUUID, type KeyObject } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Column } from 'typeorm';

/** A sealed value: `v1 | key id (16) | nonce (12) | AES-256-GCM ciphertext and tag (16)`. Prints as a mark, never as its content. */
export class Sealed {
  constructor(readonly bytes: Buffer) {}
  toJSON(): string {
    return '[sealed]';
  }
  toString(): string {
    return '[sealed]';
  }
}

/** Where keys are. One key per organisation today; rows carry a key id, so keys per person come without a migration. */
export interface KeyRing {
  /** A new nonce each time: hand a loaded value on unchanged instead of sealing it again. */
  seal(org: string, plain: string): Sealed;
  /** Throws when the key is gone: what was erased stays erased. */
  open(sealed: Sealed): string;
  /** Keyed hash for equality search inside one organisation. */
  searchHash(org: string, plain: string): Buffer;
}

/** A bytea column that holds a sealed value. */
export function personal(options: { nullable?: boolean } = {}): PropertyDecorator {
  return Column('bytea', {
    nullable: options.nullable ?? false,
    transformer: {
      to: (value: Sealed | null) => value?.bytes ?? null,
      from: (bytes: Buffer | null) => (bytes === null ? null : new Sealed(bytes)),
    },
  });
}

interface Key {
  readonly id: string;
  readonly secret: KeyObject;
  /** Version and id: how every value of this key begins. */
  readonly head: Buffer;
  /** Of searches: derived once, because the derivation took longer than the hash. */
  readonly search: KeyObject;
}

const VERSION = 1;
const NONCE_BYTES = 12;

/** Drawn for many at once: a draw for each was a third of what sealing costs. */
const nonces = Buffer.alloc(512 * NONCE_BYTES);
let used = nonces.length;

function newNonce(): Buffer {
  if (used === nonces.length) {
    randomFillSync(nonces);
    used = 0;
  }
  // A view: it is copied into the value before the next draw.
  return nonces.subarray(used, (used += NONCE_BYTES));
}

function keyFrom(id: string, secret: Buffer): Key {
  const search = Buffer.from(hkdfSync('sha256', secret, '', 'tandem search', 32));
  return { id, secret: createSecretKey(secret), head: Buffer.from([VERSION, ...Buffer.from(id.replaceAll('-', ''), 'hex')]), search: createSecretKey(search) };
}

/** Keys as files of mode 0600 in a folder outside the database, one per organisation, made at first use. */
export class FileKeyRing implements KeyRing {
  private readonly byOrg = new Map<string, Key>();
  private readonly byId = new Map<string, Key>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.load();
  }

  seal(org: string, plain: string): Sealed {
    const key = this.keyOf(org);
    const nonce = newNonce();
    const cipher = createCipheriv('aes-256-gcm', key.secret, nonce);
    return new Sealed(Buffer.concat([key.head, nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]));
  }

  open(sealed: Sealed): string {
    const { bytes } = sealed;
    if (bytes[0] !== VERSION) throw new Error(`personal value of unknown version ${bytes[0]}`);
    const id = bytes.subarray(1, 17).toString('hex');
    const key = this.byId.get(id) ?? this.reload(id);
    const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(17, 29));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(29, -16)), decipher.final()]).toString('utf8');
  }

  searchHash(org: string, plain: string): Buffer {
    return createHmac('sha256', this.keyOf(org).search).update(plain).digest();
  }

  private keyOf(org: string): Key {
    return this.byOrg.get(org) ?? this.make(org);
  }

  /** A link to a whole file makes the first of two processes win; the other reads its key. Nobody ever sees a half-written one. */
  private make(org: string): Key {
    const draft = join(this.folder, `${org}.${randomUUID()}.new`);
    const file = openSync(draft, 'wx', 0o600);
    writeSync(file, `${randomUUID()} ${randomBytes(32).toString('base64url')}\n`);
    fsyncSync(file);
    closeSync(file);
    try {
      linkSync(draft, join(this.folder, `${org}.key`));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(draft);
    }
    syncFolder(this.folder);
    this.load();
    const made = this.byOrg.get(org);
    if (!made) throw new Error(`key of organisation ${org} could not be read back`);
    return made;
  }

  private reload(id: string): Key {
    this.load();
    const key = this.byId.get(id);
    if (!key) throw new Error('the key of a personal value is gone');
    return key;
  }

  private load(): void {
    for (const name of readdirSync(this.folder).filter((file) => file.endsWith('.key'))) {
      const [id, secret] = readFileSync(join(this.folder, name), 'utf8').trim().split(' ');
      if (!id || !secret) continue;
      const key = this.byId.get(id.replaceAll('-', '')) ?? keyFrom(id, Buffer.from(secret, 'base64url'));
      this.byOrg.set(name.slice(0, -'.key'.length), key);
      this.byId.set(id.replaceAll('-', ''), key);
    }
  }
}

/** A key that vanishes with the power takes with it what was sealed and committed meanwhile. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
