/** The few words that the host itself says to a browser, and the headers of everything it sends. */

/**
 * Everything comes from here and nothing else is reached. Inline style elements are what UI libraries put in; scripts are files only.
 * Cross-origin isolation keeps other pages out of this one's process and allows shared memory for sound.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const securityHeaders: readonly (readonly [string, string])[] = [
  ['content-security-policy', CONTENT_SECURITY_POLICY],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-embedder-policy', 'require-corp'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(self), microphone=(self), geolocation=(), payment=(), usb=()'],
];

/** Without an icon of its own, a browser asks for one that is not there. */
const page = (head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shenghua Studio 声画</title><link rel="icon" href="data:,">${head}` +
  `<style>body{font:15px/1.6 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}</style></head><body>${body}</body></html>`;

export const welcomePage = page('<meta http-equiv="refresh" content="0;url=/">', '<p>Shenghua Studio 声画 …</p>');

export const deniedPage = page(
  '',
  '<h1>Shenghua Studio 声画</h1>' +
    '<p>This browser has not been let in, or the link was used before. Use the latest link that the studio printed where it was started.</p>' +
    '<p lang="zh-CN">此浏览器尚未获得访问权限，或链接已被使用。请使用启动程序的终端中最新显示的链接。</p>',
);
