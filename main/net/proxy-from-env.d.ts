declare module 'proxy-from-env' {
  /** '' for none. */
  export function getProxyForUrl(url: string): string;
}
