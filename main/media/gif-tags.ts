/**
 * Metadata of a GIF: a comment extension and an XMP application extension, put before the trailer.
 * Sources: GIF89a specification, sections 24 and 26; XMP specification part 3, section 1.1.2 (GIF).
 */
import { open } from 'node:fs/promises';
import { AIGC_KEY, AIGC_XMP_NAMESPACE } from '../../app/media/aigc.ts';
import type { EmbeddedTags } from './ffmpeg/args.ts';

const TRAILER = 0x3b;

/** Adds the tags to a finished GIF in place. @throws Error when the file is not a whole GIF. */
export async function appendGifTags(path: string, tags: EmbeddedTags): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, size - 1);
    if (last[0] !== TRAILER) throw new Error(`${path} does not end as a GIF does`);
    const bytes = Buffer.concat([commentExtension(comment(tags)), xmpExtension(xmp(tags)), Buffer.of(TRAILER)]);
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done, size - 1 + done)).bytesWritten;
    }
  } finally {
    await handle.close();
  }
}

const comment = (tags: EmbeddedTags): string =>
  `${AIGC_KEY}=${tags.aigc}\nsoftware=${tags.software}\ncreation_time=${tags.createdAt.toISOString()}`;

function commentExtension(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const blocks: Buffer[] = [Buffer.of(0x21, 0xfe)];
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.subarray(at, at + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return Buffer.concat([...blocks, Buffer.of(0)]);
}

/** XMP is not cut into blocks: a 258-byte "magic trailer" leads a reader that skips blocks to the end. */
function xmpExtension(packet: string): Buffer {
  const trailer = Buffer.alloc(258);
  trailer[0] = 1;
  for (let i = 0; i < 256; i++) trailer[i + 1] = 255 - i;
  return Buffer.concat([
    Buffer.of(0x21, 0xff, 11),
    Buffer.from('XMP DataXMP', 'ascii'),
    Buffer.from(packet, 'utf8'),
    trailer,
  ]);
}

const xmp = (tags: EmbeddedTags): string =>
  [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about="" xmlns:TC260="${AIGC_XMP_NAMESPACE}" xmlns:xmp="http://ns.adobe.com/xap/1.0/">`,
    `<TC260:AIGC>${xmlText(tags.aigc)}</TC260:AIGC>`,
    `<xmp:CreatorTool>${xmlText(tags.software)}</xmp:CreatorTool>`,
    `<xmp:CreateDate>${tags.createdAt.toISOString()}</xmp:CreateDate>`,
    '</rdf:Description></rdf:RDF></x:xmpmeta>',
    '<?xpacket end="w"?>',
  ].join('\n');

const xmlText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
