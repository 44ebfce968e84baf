/** Bytes of a text file in any encoding that scripts come in. */

/**
 * UTF-8, UTF-16 (by its byte-order mark, or by its zero bytes), else GB18030, the encoding of Chinese Windows, which includes
 * GBK and GB2312. null: this is no text.
 */
export function decodeText(bytes: Uint8Array): string | null {
  for (const encoding of encodingsOf(bytes)) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!looksBinary(text)) return text;
    } catch {
      // not in this encoding
    }
  }
  return null;
}

function encodingsOf(bytes: Uint8Array): readonly string[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le'];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be'];
  const head = bytes.subarray(0, 2048);
  const zeros = [0, 0];
  for (const [i, byte] of head.entries()) if (byte === 0) zeros[i % 2]! += 1;
  const many = Math.max(2, head.length / 20);
  if (zeros[1]! > many && zeros[1]! > 4 * zeros[0]!) return ['utf-16le'];
  if (zeros[0]! > many && zeros[0]! > 4 * zeros[1]!) return ['utf-16be'];
  return ['utf-8', 'gb18030'];
}

/** A stray NUL is a slip; many control characters are a picture or a program. */
function looksBinary(text: string): boolean {
  const head = text.slice(0, 4096);
  const controls = head.match(/[^\P{Cc}\t\n\r\f]/gu)?.length ?? 0;
  return controls > 4 && controls > head.length / 50;
}
