/** What a file is, told by its first bytes and never by its name. */

export type PictureFormat = 'JPEG' | 'PNG' | 'WebP' | 'AVIF' | 'GIF';
/** Recognised only to be named in the message that refuses it. */
export type RefusedFormat = 'HEIC' | 'SVG' | 'BMP' | 'TIFF' | 'PSD' | 'PDF' | 'JPEG XL' | 'ICO' | 'video' | 'audio';

export type SniffedFormat =
  | { kind: 'picture'; format: PictureFormat; animated: boolean; interlaced: boolean }
  | { kind: 'refused'; format: RefusedFormat }
  | { kind: 'unknown' };

/** Brands of ISO base media files: https://mp4ra.org/registered-types/brands */
const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

const MAGIC: readonly (readonly [RefusedFormat, string])[] = [
  ['BMP', 'BM'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['PSD', '8BPS'],
  ['PDF', '%PDF'],
  ['JPEG XL', '\xff\x0a'],
  ['JPEG XL', '\0\0\0\x0cJXL '],
  ['ICO', '\0\0\x01\0'],
  ['audio', 'ID3'],
  ['audio', 'OggS'],
  ['audio', 'fLaC'],
  ['video', '\x1aE\xdf\xa3'],
];

export function sniffFormat(bytes: Uint8Array): SniffedFormat {
  const text = (start: number, length: number): string => String.fromCharCode(...bytes.subarray(start, start + length));
  const picture = (format: PictureFormat, animated = false, interlaced = false): SniffedFormat => ({
    kind: 'picture',
    format,
    animated,
    interlaced,
  });
  if (text(0, 3) === '\xff\xd8\xff') return picture('JPEG');
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return picture('PNG', pngIsAnimated(bytes), bytes[28] === 1);
  if (text(0, 4) === 'RIFF' && text(8, 4) === 'WEBP') {
    // VP8X flags, bit 1: https://developers.google.com/speed/webp/docs/riff_container
    return picture('WebP', text(12, 4) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0);
  }
  if (text(0, 4) === 'RIFF') return { kind: 'refused', format: text(8, 4) === 'WAVE' ? 'audio' : 'video' };
  if (text(0, 4) === 'GIF8') return picture('GIF', gifFrames(bytes) > 1);
  if (text(4, 4) === 'ftyp') return isoFormat(bytes, text);
  for (const [format, magic] of MAGIC) if (text(0, magic.length) === magic) return { kind: 'refused', format };
  const head = new TextDecoder().decode(bytes.subarray(0, 2048)).trimStart();
  if (/^<(\?xml|!DOCTYPE svg|!--|svg)/i.test(head) && /<svg[\s>]/i.test(head))
    return { kind: 'refused', format: 'SVG' };
  return { kind: 'unknown' };
}

function isoFormat(bytes: Uint8Array, text: (start: number, length: number) => string): SniffedFormat {
  const size = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), 256, bytes.length);
  const brands = [text(8, 4)];
  for (let i = 16; i + 4 <= size; i += 4) brands.push(text(i, 4));
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) {
    return { kind: 'picture', format: 'AVIF', animated: brands[0] === 'avis', interlaced: false };
  }
  if (brands.some((brand) => HEIC_BRANDS.has(brand))) return { kind: 'refused', format: 'HEIC' };
  return { kind: 'refused', format: brands[0]?.startsWith('M4A') ? 'audio' : 'video' };
}

/** An `acTL` chunk before the first `IDAT`: https://www.w3.org/TR/png-3/#11acTL */
function pngIsAnimated(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; ) {
    const type = view.getUint32(at + 4);
    if (type === 0x6163544c) return true;
    if (type === 0x49444154) return false;
    at += 12 + view.getUint32(at);
  }
  return false;
}

/** Image blocks in a GIF, counted up to two: https://www.w3.org/Graphics/GIF/spec-gif89a.txt */
function gifFrames(bytes: Uint8Array): number {
  const table = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const skipBlocks = (from: number): number => {
    let at = from;
    while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
    return at + 1;
  };
  let frames = 0;
  for (let at = 13 + table(bytes[10] ?? 0); at < bytes.length && frames < 2; ) {
    if (bytes[at] === 0x21) at = skipBlocks(at + 2);
    else if (bytes[at] === 0x2c) {
      frames++;
      at = skipBlocks(at + 11 + table(bytes[at + 9] ?? 0));
    } else break;
  }
  return frames;
}
