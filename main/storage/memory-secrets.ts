/** Secrets of a process that was told them: they end with it. */
import type { SecretStore } from '../engine/ports/secrets.ts';

export function createMemorySecrets(told: Readonly<Record<string, string>> = {}): SecretStore {
  const secrets = new Map(Object.entries(told));
  return {
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => void secrets.set(name, value),
    delete: async (name) => void secrets.delete(name),
    names: async () => [...secrets.keys()].sort(),
  };
}
