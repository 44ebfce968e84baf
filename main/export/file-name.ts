/** A person's words as a file name that every file system takes. */

const MAX_CHARACTERS = 60;
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Without an extension; `otherwise` where nothing is left. */
export function safeFileName(words: string, otherwise: string): string {
  const name = [
    ...words
      .toWellFormed()
      .replace(/[\p{Cc}<>:"/\\|?*\ufffd]+/gu, '-')
      // They make a name read otherwise than it is, `exe.mp4` for `4pm.exe`.
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
      .replace(/^[.\s]+|[.\s]+$/g, ''),
  ]
    .slice(0, MAX_CHARACTERS)
    .join('')
    .trimEnd();
  if (name === '') return otherwise;
  return RESERVED.test(name) ? `_${name}` : name;
}
