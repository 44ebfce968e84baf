/** What a vendor said, fit to be shown and logged: no keys, no tokens, no passwords, and not endless. */

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer\s+)[^\s"',;]+/gi, '$1…'],
  [/\b(?:sk|st)-[\w-]{4,}/g, '…'],
  [/\bLTAI\w{8,}/g, '…'],
  /* "The token 'abc' is invalid", "token=abc", "api_key: abc" */
  [/\b((?:access[_-]?)?(?:token|secret|signature|password|api[_-]?key)\b["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, '$1…'],
  [/\b(token\s+["'])[^"']+/gi, '$1…'],
  [/(\/\/)[^/\s@]+@/g, '$1…@'],
];

export const MAX_DETAIL = 240;

export function withoutSecrets(text: string): string {
  let said = text.replace(/\s+/g, ' ').trim();
  for (const [pattern, instead] of SECRETS) said = said.replace(pattern, instead);
  return said.length > MAX_DETAIL ? `${said.slice(0, MAX_DETAIL).toWellFormed()}…` : said;
}
