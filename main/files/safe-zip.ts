/**
 * Reading a ZIP from anybody. Its directory is judged before a byte is unpacked: no name that leads elsewhere or stands there twice, no
 * link, nothing encrypted, no entry that would unpack to hugely more than it is.
 */
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { StudioError } from '../../app/errors/index.ts';

export interface ZipLimits {
  /** Entries of any kind. */
  entries: number;
  /** Of one entry, unpacked. */
  entryBytes(name: string): number;
  /** Of all, unpacked. */
  totalBytes: number;
  /** Unpacked over packed, of an entry larger than `ratioFromBytes`. */
  ratio: number;
  ratioFromBytes: number;
}

export interface OpenZip {
  readonly entries: ReadonlyMap<string, Entry>;
  /** What the entry holds; its size is checked on the way. @throws StudioError `bundle.unreadable` */
  content(entry: Entry, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Safe to call twice. */
  close(): void;
}

/** Whether the file begins as a ZIP does; false for what is not there. */
export async function isZip(path: string): Promise<boolean> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32BE(0) === 0x504b0304;
  } catch {
    return false; // a folder
  } finally {
    await handle.close();
  }
}

/** Opens it and judges its directory; unpacks nothing. @throws StudioError `bundle.unreadable`, `bundle.unsafe`, `bundle.too-large` */
export async function openZip(
  path: string,
  { fileName, limits, signal }: { fileName: string; limits: ZipLimits; signal?: AbortSignal | undefined },
): Promise<OpenZip> {
  const { size } = await stat(path);
  const zip = await yauzl.openPromise(path, { autoClose: false, strictFileNames: true }).catch((cause: unknown) => {
    throw unreadable(fileName, cause);
  });
  // Told through the promises as well; alone, the event would end the process.
  zip.on('error', () => {});
  try {
    const entries = await readDirectory(zip, { fileName, limits, fileBytes: size, signal });
    return { entries, content: (entry, stop) => contentOf(zip, entry, fileName, stop), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

interface Judgement {
  fileName: string;
  limits: ZipLimits;
  fileBytes: number;
  signal: AbortSignal | undefined;
}

/** Every entry by name, once all of them together are found harmless. */
async function readDirectory(
  zip: ZipFile,
  { fileName, limits, fileBytes, signal }: Judgement,
): Promise<Map<string, Entry>> {
  const tooLarge = (what: string, whatZh: string, found: string, limit: string): StudioError =>
    new StudioError('bundle.too-large', { fileName, what, whatZh, found, limit });
  if (zip.entryCount > limits.entries)
    throw tooLarge('a number', '文件数量', `${zip.entryCount} files`, `${limits.entries}`);
  const entries = new Map<string, Entry>();
  const folded = new Set<string>();
  let packed = 0;
  let unpacked = 0;
  const walk = zip.eachEntry();
  for (;;) {
    signal?.throwIfAborted();
    const next = await walk.next().catch((cause: unknown) => {
      throw asBundleError(fileName, cause);
    });
    if (next.done === true) break;
    const entry = next.value;
    const name = entry.fileName;
    const fault = faultOf(entry) ?? (folded.has(fold(name)) ? FAULTS.twice : null);
    if (fault !== null) throw unsafe(fileName, name, fault);
    folded.add(fold(name));
    entries.set(name, entry);
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
    const limit = limits.entryBytes(name);
    if (entry.uncompressedSize > limit)
      throw tooLarge('one file', '单个文件', megabytes(entry.uncompressedSize), megabytes(limit));
    if (unpacked > limits.totalBytes)
      throw tooLarge('files', '文件总大小', megabytes(unpacked), megabytes(limits.totalBytes));
    const shrunk = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    if (entry.uncompressedSize > limits.ratioFromBytes && shrunk > limits.ratio)
      throw unsafe(fileName, name, FAULTS.bomb);
  }
  // Entries that share bytes would unpack to more than the file could hold.
  if (packed > fileBytes) throw unsafe(fileName, entries.keys().next().value ?? '', FAULTS.overlap);
  return entries;
}

interface Fault {
  en: string;
  zh: string;
}
const FAULTS = {
  twice: { en: 'is in it twice', zh: '重复出现' },
  bomb: { en: 'would unpack to a hugely larger file', zh: '解压后会异常膨胀' },
  overlap: { en: 'shares its bytes with other entries', zh: '与其他内容共用数据' },
  link: { en: 'is a link, not a file', zh: '是链接而非文件' },
  encrypted: { en: 'is encrypted', zh: '已加密' },
  method: { en: 'is packed in a way that no studio uses', zh: '使用了不支持的压缩方式' },
  name: { en: 'has a name that leads elsewhere', zh: '的名称指向其他位置' },
} as const satisfies Record<string, Fault>;

const STORED = 0;
const DEFLATED = 8;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

function faultOf(entry: Entry): Fault | null {
  if (entry.isEncrypted()) return FAULTS.encrypted;
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) return FAULTS.method;
  const kind = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  const madeOnUnix = entry.versionMadeBy >>> 8 === UNIX;
  // 0: tools that know nothing of kinds.
  if (madeOnUnix && kind !== 0 && kind !== REGULAR && kind !== FOLDER) return FAULTS.link;
  // yauzl has refused `..`, absolute names and backslashes.
  return entry.fileName.includes('\0') ? FAULTS.name : null;
}

/** As file systems that ignore case and composition see it. */
const fold = (name: string): string => name.normalize('NFC').toLowerCase();

async function* contentOf(
  zip: ZipFile,
  entry: Entry,
  fileName: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let stream: Readable | null = null;
  try {
    stream = await zip.openReadStreamPromise(entry);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      yield piece;
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw asBundleError(fileName, cause);
  } finally {
    stream?.destroy();
  }
}

/** Words of yauzl's for names that would leave the folder. */
const LEADS_ELSEWHERE = /^(absolute path|invalid relative path|invalid characters in fileName)/;

function asBundleError(fileName: string, cause: unknown): unknown {
  if (cause instanceof StudioError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!LEADS_ELSEWHERE.test(message)) return unreadable(fileName, cause);
  return unsafe(fileName, message.slice(message.indexOf(':') + 1).trim(), FAULTS.name);
}

export function unreadable(fileName: string, cause: unknown, zh = '文件不完整或已损坏'): StudioError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  const params = { fileName, detail: detail.replace(/\.$/, ''), detailZh: zh };
  return new StudioError('bundle.unreadable', params, cause instanceof Error ? { cause } : {});
}

const unsafe = (fileName: string, entry: string, { en, zh }: Fault): StudioError =>
  new StudioError('bundle.unsafe', { fileName, detail: `"${shown(entry)}" ${en}`, detailZh: `“${shown(entry)}”${zh}` });

const shown = (entry: string): string => entry.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 80);
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
