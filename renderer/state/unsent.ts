/**
 * Unanswered changes in the browser's own storage, so that a reload or a crash of the page loses nothing. Each window has an id;
 * while it lives it holds a lock of that name, so that others can tell what a dead one left behind.
 */
import type { UnsentChanges } from './project-state.ts';

const PREFIX = 'shenghua.unsent.';
const ID_KEY = 'shenghua.window';
const keyOf = (projectId: string, clientId: string): string => `${PREFIX}${clientId}.${projectId}`;
const lockOf = (clientId: string): string => `shenghua.window.${clientId}`;

/** Takes the lock for as long as the window lives; false when another window has it. */
function hold(clientId: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(lockOf(clientId), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => {});
    });
  });
}

/** This window's id: the same after a reload, another one in a duplicated tab. */
export async function windowId(): Promise<string> {
  const known = sessionStorage.getItem(ID_KEY);
  if (known !== null && (await hold(known))) return known;
  const fresh = crypto.randomUUID();
  sessionStorage.setItem(ID_KEY, fresh);
  await hold(fresh);
  return fresh;
}

export function keepUnsent(clientId: string, changes: UnsentChanges | null, projectId: string): void {
  const key = keyOf(projectId, clientId);
  try {
    if (changes === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(changes));
  } catch {
    // Full or forbidden: the changes are still in memory, and on their way to the studio.
  }
}

/** What this window before its reload, and windows that are gone, left behind for a project. Each is given once. */
export async function adoptUnsent(clientId: string, projectId: string): Promise<UnsentChanges[]> {
  const held = new Set((await navigator.locks.query()).held?.map(({ name }) => name));
  const found: UnsentChanges[] = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(PREFIX) || !key.endsWith(`.${projectId}`)) continue;
    const owner = key.slice(PREFIX.length, -projectId.length - 1);
    if (owner !== clientId && held.has(lockOf(owner))) continue;
    try {
      found.push(JSON.parse(localStorage.getItem(key) ?? '') as UnsentChanges);
    } catch {
      // Cut short by a crash.
    }
    localStorage.removeItem(key);
  }
  return found;
}
