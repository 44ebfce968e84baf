/**
 * Secrets in one file, each encrypted with a key that the system's keychain keeps (DPAPI, Keychain, libsecret, KWallet). Where the
 * system has none, they are kept in memory alone and are gone when the program ends: nothing readable is ever written.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { SecretStore } from '../engine/ports/secrets.ts';
import { writeTextWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import type { Shell } from './shell.ts';

/** By name, base64 of what the keychain's key encrypted. */
const fileSchema = z.record(z.string(), z.base64());

export function createSecretStore(
  safeStorage: Shell['safeStorage'],
  options: { file: string; platform: NodeJS.Platform },
): SecretStore {
  const { file, platform } = options;
  const inMemory = new Map<string, string>();
  /** One writer at a time: each reads what the one before it wrote. */
  let turn: Promise<unknown> = Promise.resolve();
  let keychain: Promise<boolean> | undefined;
  const hasKeychain = (): Promise<boolean> => {
    keychain ??= safeStorage
      .isAsyncEncryptionAvailable()
      // `basic_text` is a password that stands in Chromium's source.
      .then((there) => there && (platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'))
      .catch(() => false);
    return keychain;
  };
  const read = async (): Promise<Record<string, string>> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw asStorageError(error, file);
    }
    // Of no use to anybody once damaged: the person enters the keys again.
    return fileSchema.safeParse(tryJson(text)).data ?? {};
  };
  const change = (edit: (all: Map<string, string>) => Promise<void>): Promise<void> => {
    const done = turn.then(async () => {
      const all = new Map(Object.entries(await read()));
      await edit(all);
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeTextWhole(file, `${JSON.stringify(Object.fromEntries(all))}\n`);
      } catch (error) {
        throw asStorageError(error, file);
      }
    });
    turn = done.catch(() => {});
    return done;
  };

  return {
    async get(name) {
      const remembered = inMemory.get(name);
      if (remembered !== undefined) return remembered;
      if (!(await hasKeychain())) return null;
      await turn;
      const all = await read();
      if (!Object.hasOwn(all, name)) return null;
      try {
        const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(all[name]!, 'base64'));
        if (shouldReEncrypt) await this.set(name, result);
        return result;
      } catch {
        return null; // another user's, or another machine's file
      }
    },
    async set(name, value) {
      if (!(await hasKeychain())) {
        inMemory.set(name, value);
        return;
      }
      const encrypted = await safeStorage.encryptStringAsync(value);
      await change(async (all) => {
        all.set(name, encrypted.toString('base64'));
      });
    },
    async delete(name) {
      inMemory.delete(name);
      if (Object.hasOwn(await read(), name))
        await change(async (all) => {
          all.delete(name);
        });
    },
    async names() {
      await turn;
      return [...new Set([...Object.keys(await read()), ...inMemory.keys()])].sort();
    },
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
