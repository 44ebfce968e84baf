/**
 * Secrets where the system gives no keychain: AES-256-GCM (NIST SP 800-38D) in one file, under a key in another that only this user may
 * read. Neither is in the database, in a project or in a bundle, so a copy of those gives nothing away, and neither does one of the two
 * files. Whoever can read as this user (or root) can read both: what this keeps from them is nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretStore } from '../engine/ports/secrets.ts';
import { writeTextWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';

const KEY_FILE = 'secrets.key';
const SECRETS_FILE = 'secrets.json';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** By name: base64 of nonce, tag and what was encrypted. */
const fileSchema = z.record(z.string(), z.base64());

/** @param folder the data folder; made when the first secret is kept */
export function createSecretFile(folder: string): SecretStore {
  const keyPath = join(folder, KEY_FILE);
  const path = join(folder, SECRETS_FILE);
  /** One writer at a time: each reads what the one before it wrote. */
  let turn: Promise<unknown> = Promise.resolve();

  const readKey = async (): Promise<Buffer | null> => {
    const key = await readFile(keyPath).catch(absentAs(null, keyPath));
    return key?.length === KEY_BYTES ? key : null;
  };
  /** Of two that make one at once, the first one's counts. */
  const makeKey = async (): Promise<Buffer> => {
    try {
      const file = await open(keyPath, 'wx', 0o600);
      try {
        const key = randomBytes(KEY_BYTES);
        await file.writeFile(key);
        await file.sync();
        return key;
      } finally {
        await file.close();
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const key = await readKey();
      if (key === null) throw new Error(`${keyPath} is damaged`, { cause: error });
      return key;
    }
  };
  const read = async (): Promise<Record<string, string>> => {
    const text = await readFile(path, 'utf8').catch(absentAs(null, path));
    // Of no use to anybody once damaged: the person enters the keys again.
    return (text === null ? null : fileSchema.safeParse(tryJson(text)).data) ?? {};
  };
  const change = (edit: (all: Map<string, string>) => Promise<void>): Promise<void> => {
    const done = turn.then(async () => {
      try {
        await mkdir(folder, { recursive: true });
        const all = new Map(Object.entries(await read()));
        await edit(all);
        await writeTextWhole(path, `${JSON.stringify(Object.fromEntries(all))}\n`);
      } catch (error) {
        throw asStorageError(error, path);
      }
    });
    turn = done.catch(() => {});
    return done;
  };

  return {
    async get(name) {
      await turn;
      const all = await read();
      const key = await readKey();
      return key === null || !Object.hasOwn(all, name) ? null : decrypted(key, name, all[name]!);
    },
    set: (name, value) =>
      change(async (all) => {
        const key = (await readKey()) ?? (await makeKey());
        all.set(name, encrypted(key, name, value));
      }),
    async delete(name) {
      await turn;
      if (Object.hasOwn(await read(), name))
        await change(async (all) => {
          all.delete(name);
        });
    },
    async names() {
      await turn;
      return Object.keys(await read()).sort();
    },
  };
}

/** The name is bound to it, so that one secret cannot be put in the place of another. */
function encrypted(key: Buffer, name: string, value: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** null: damaged, or of another key. */
function decrypted(key: Buffer, name: string, text: string): string | null {
  const bytes = Buffer.from(text, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name)).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

const absentAs =
  <T>(value: T, path: string) =>
  (error: NodeJS.ErrnoException): T => {
    if (error.code === 'ENOENT') return value;
    throw asStorageError(error, path);
  };

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
