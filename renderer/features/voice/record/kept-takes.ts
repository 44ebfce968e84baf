/**
 * What the microphone gave and the studio does not have yet, in the browser's own storage: it outlives a reload, a crash of the page
 * and a time without connection. Whose window records or still sends a take holds a lock of its name; the others leave it alone.
 */
export interface KeptTake {
  id: string;
  projectId: string;
  recordedAtMs: number;
  sampleRate: number;
}
/** Mono s16, in the order they were said. */
export type Pieces = readonly Int16Array<ArrayBuffer>[];

export interface TakeKeeper {
  add(piece: Int16Array<ArrayBuffer>): void;
  /** Writes what has been collected. */
  flush(): void;
}

const DATABASE = 'shenghua.takes';
const HEADS = 'heads';
const PIECES = 'pieces';
/** About half a second: what a crash may cost. */
const PIECES_AT_ONCE = 12;

const lockOf = (id: string): string => `shenghua.take.${id}`;
const releases = new Map<string, () => void>();

/** Where the browser forbids it, takes are in memory alone. */
let database: Promise<IDBDatabase> | undefined;
function openDatabase(): Promise<IDBDatabase> {
  database ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(HEADS, { keyPath: 'id' });
      request.result.createObjectStore(PIECES, { autoIncrement: true }).createIndex('take', 'take');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The browser keeps nothing'));
  });
  return database;
}

async function inStores<T>(mode: IDBTransactionMode, work: (heads: IDBObjectStore, pieces: IDBObjectStore) => T) {
  const transaction = (await openDatabase()).transaction([HEADS, PIECES], mode);
  const result = work(transaction.objectStore(HEADS), transaction.objectStore(PIECES));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The browser keeps nothing'));
  });
  return result;
}

/** false: another window has it. */
function hold(id: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(lockOf(id), { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>((release) => releases.set(id, release));
    });
  });
}

/** Writes along while it is being recorded. */
export function keepTake(take: KeptTake): TakeKeeper {
  let collected: Int16Array<ArrayBuffer>[] = [];
  const begun = hold(take.id).then(() => inStores('readwrite', (heads) => void heads.put(take)));
  begun.catch(() => {});
  const flush = (): void => {
    const said = collected;
    collected = [];
    if (said.length === 0) return;
    const written = inStores('readwrite', (_, pieces) => {
      for (const pcm of said) pieces.add({ take: take.id, pcm });
    });
    written.catch(() => {});
  };
  return {
    add(piece) {
      if (collected.push(piece) >= PIECES_AT_ONCE) flush();
    },
    flush,
  };
}

/** The studio has it. */
export async function forgetTake(id: string): Promise<void> {
  await inStores('readwrite', (heads, pieces) => {
    heads.delete(id);
    const cursor = pieces.index('take').openKeyCursor(id);
    cursor.onsuccess = () => {
      const at = cursor.result;
      if (at === null) return;
      pieces.delete(at.primaryKey);
      at.continue();
    };
  }).catch(() => {});
  releases.get(id)?.();
  releases.delete(id);
}

/** What windows that are gone, this one before its reload among them, left behind; each is given once. */
export async function adoptTakes(): Promise<(KeptTake & { pieces: Pieces })[]> {
  const found: (KeptTake & { pieces: Pieces })[] = [];
  const heads = await inStores('readonly', (store) => store.getAll() as IDBRequest<KeptTake[]>).catch(() => null);
  for (const head of heads?.result ?? []) {
    if (releases.has(head.id) || !(await hold(head.id))) continue;
    const { result } = await inStores(
      'readonly',
      (_, pieces) => pieces.index('take').getAll(head.id) as IDBRequest<{ pcm: Int16Array<ArrayBuffer> }[]>,
    );
    if (result.length === 0) await forgetTake(head.id);
    else found.push({ ...head, pieces: result.map(({ pcm }) => pcm) });
  }
  return found;
}
