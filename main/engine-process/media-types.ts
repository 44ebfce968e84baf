/**
 * What kind of file some bytes are, by their first ones. Names and what senders say are not believed: only what is on this list is
 * ever shown by a page as what it is; everything else is a download. HTML, SVG and XML are not on it.
 */
const text = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));

export const SNIFF_BYTES = 64;

/** A media type that is harmless to show or play; null for every other content. */
export function sniffMediaType(head: Uint8Array): string | null {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0x89 && text(head, 1, 4) === 'PNG') return 'image/png';
  if (a === 0xff && b === 0xd8 && c === 0xff) return 'image/jpeg';
  if (text(head, 0, 6) === 'GIF87a' || text(head, 0, 6) === 'GIF89a') return 'image/gif';
  if (text(head, 0, 4) === 'RIFF') {
    const form = text(head, 8, 12);
    return form === 'WEBP' ? 'image/webp' : form === 'WAVE' ? 'audio/wav' : null;
  }
  if (text(head, 0, 2) === 'BM') return 'image/bmp';
  if (text(head, 0, 4) === 'II*\0' || text(head, 0, 4) === 'MM\0*') return 'image/tiff';
  if (text(head, 0, 4) === 'OggS') return 'audio/ogg';
  if (text(head, 0, 4) === 'fLaC') return 'audio/flac';
  if (text(head, 0, 3) === 'ID3' || (a === 0xff && (b & 0xe6) === 0xe2)) return 'audio/mpeg';
  if (a === 0xff && (b & 0xf6) === 0xf0) return 'audio/aac';
  if (a === 0x1a && b === 0x45 && c === 0xdf && d === 0xa3) return 'video/webm';
  if (text(head, 4, 8) === 'ftyp') return isoMediaType(text(head, 8, 12));
  return null;
}

function isoMediaType(brand: string): string {
  if (brand.startsWith('avi')) return 'image/avif';
  if (brand === 'heic' || brand === 'heix' || brand === 'mif1') return 'image/heic';
  return brand.startsWith('M4A') ? 'audio/mp4' : 'video/mp4';
}

const HARMLESS =
  /^(image\/(png|jpeg|gif|webp|bmp|avif|heic|tiff)|audio\/(wav|mpeg|aac|ogg|flac|mp4|webm)|video\/(mp4|webm|x-flv))$/;
const TEXT = new Set(['application/json', 'text/vtt', 'application/x-subrip']);

/** Whether a page may show content that the studio itself says is of this type. */
export const isHarmless = (mediaType: string): boolean => HARMLESS.test(mediaType) || TEXT.has(mediaType);

/** What is kept of a sender's word about a file whose bytes say nothing. */
export function declaredMediaType(declared: string | null): string {
  const type = declared?.split(';')[0]?.trim().toLowerCase() ?? '';
  // A picture or sound that does not look like one is none.
  const told =
    /^[a-z0-9][a-z0-9.+-]{0,60}\/[a-z0-9][a-z0-9.+-]{0,100}$/.test(type) && !/^(image|audio|video)\//.test(type);
  return told ? type : 'application/octet-stream';
}
