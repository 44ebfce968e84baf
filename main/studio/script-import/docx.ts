/**
 * Word documents (ECMA-376, WordprocessingML): the paragraphs of the body, as text. The archive is read by its directory, one part
 * of it, up to a limit of bytes whatever its header says; the XML by an event parser that knows no entities but XML's own five.
 */
import { SaxesParser } from 'saxes';
import { fromBuffer, type ZipFile } from 'yauzl';
import type { Draft } from './draft.ts';

const MAX_XML_BYTES = 64 * 2 ** 20;
const MAX_ENTRIES = 5_000;
const BODY = 'word/document.xml';
/** Their text is drawn twice or is not the document's: the old drawing beside a new one, deletions, codes of fields, alternatives. */
const UNREAD = new Set(['Fallback', 'del', 'moveFrom', 'instrText', 'delText', 'rubyPr', 'rt']);
const OBJECTS = new Set(['drawing', 'pict', 'object', 'oMath']);

/** @throws Error when the bytes are no such document */
export async function readDocx(bytes: Uint8Array, signal: AbortSignal): Promise<Draft> {
  return paragraphs(await partOf(bytes, BODY, signal), signal);
}

/** One file of the archive as text. Entries that are not asked for are never unpacked. */
async function partOf(bytes: Uint8Array, name: string, signal: AbortSignal): Promise<string> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: true }, (error, opened) =>
      opened ? resolve(opened) : reject(error ?? new Error('no archive')),
    );
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      let seen = 0;
      zip.on('error', reject);
      zip.on('end', () => reject(new Error(`no ${name}`)));
      zip.on('entry', (entry) => {
        seen += 1;
        if (signal.aborted) return reject(signal.reason);
        if (seen > MAX_ENTRIES) return reject(new Error('too many entries'));
        if (entry.fileName !== name) return zip.readEntry();
        if (entry.uncompressedSize > MAX_XML_BYTES) return reject(new Error('too large'));
        zip.openReadStream(entry, (error, stream) => {
          if (!stream) return reject(error ?? new Error('unreadable'));
          const pieces: Buffer[] = [];
          let size = 0;
          stream.on('error', reject);
          stream.on('data', (piece: Buffer) => {
            size += piece.length;
            pieces.push(piece);
            if (size > MAX_XML_BYTES) stream.destroy(new Error('too large'));
          });
          stream.on('end', () => resolve(new TextDecoder().decode(Buffer.concat(pieces))));
        });
      });
      zip.readEntry();
    });
  } finally {
    zip.close();
  }
}

function paragraphs(xml: string, signal: AbortSignal): Draft {
  const draft: Draft = { lines: [], leftOut: 0 };
  const parser = new SaxesParser();
  /** Text of the paragraphs that are open: one may hold a text box with others. */
  const open: string[] = [];
  let skipping = 0;
  let inText = false;
  let bodies = 0;
  let count = 0;
  const put = (text: string): void => {
    if (open.length > 0 && skipping === 0) open[open.length - 1] += text;
  };
  const close = (): void => {
    count += 1;
    // A break inside a paragraph begins a line of its own.
    for (const piece of (open.pop() ?? '').split('\n')) {
      const text = piece.replace(/[\s\u00a0]+/g, ' ').trim();
      if (text !== '') draft.lines.push({ text, sourceLine: count });
    }
  };
  const local = (name: string): string => name.slice(name.indexOf(':') + 1);
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type has no place in a Word document');
  });
  parser.on('opentag', ({ name }) => {
    const tag = local(name);
    if (skipping > 0 || UNREAD.has(tag)) skipping += 1;
    else if (tag === 'body') bodies += 1;
    else if (tag === 'p') open.push('');
    else if (tag === 't') inText = true;
    else if (tag === 'tab') put(' ');
    else if (tag === 'br' || tag === 'cr') put('\n');
    else if (tag === 'noBreakHyphen') put('-');
    else if (OBJECTS.has(tag)) draft.leftOut += 1;
  });
  parser.on('closetag', ({ name }) => {
    const tag = local(name);
    if (skipping > 0) skipping -= 1;
    else if (tag === 'p') close();
    else if (tag === 't') inText = false;
  });
  parser.on('text', (text) => {
    if (inText) put(text);
  });
  for (let at = 0; at < xml.length; at += 1 << 16) {
    signal.throwIfAborted();
    parser.write(xml.slice(at, at + (1 << 16)));
  }
  parser.close();
  if (bodies === 0) throw new Error('no body');
  return draft;
}
