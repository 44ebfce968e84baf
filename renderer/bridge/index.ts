/**
 * All that the interface knows of the world outside the page. `rpc` calls the studio and rejects at once while there is no
 * connection; addresses of media are relative, the same in a browser and in the desktop shell.
 */
import { createORPCClient, ORPCError } from '@orpc/client';
import type { DESKTOP_GLOBAL, DesktopBridge } from '../../app/contract/desktop.ts';
import type { StudioClient } from '../../app/contract/index.ts';
import { connectBrowser } from './browser-line.ts';
import { ConnectionLost, createConnection } from './connection.ts';
import { desktopConnector } from './desktop-line.ts';
import type { CallLink, StudioLine } from './line.ts';
import type { PreviewPipe } from './preview-channel.ts';

export { ConnectionLost } from './connection.ts';
export type { PreviewPipe } from './preview-channel.ts';
export { UploadFailed, type UploadOptions, upload } from './upload.ts';

declare global {
  interface Window {
    readonly [DESKTOP_GLOBAL]?: DesktopBridge;
  }
}

/** The desktop shell; null in a browser. */
export const desktop: DesktopBridge | null = window.shenghuaDesktop ?? null;

export const connection = createConnection<StudioLine>(desktop === null ? connectBrowser : desktopConnector(desktop));

const link: CallLink = {
  async call(path, input, options) {
    const line = connection.current();
    try {
      return await line.link.call(path, input, options);
    } catch (error) {
      if (error instanceof ORPCError || options.signal?.aborted) throw error;
      throw new ConnectionLost();
    }
  },
};

export const rpc: StudioClient = createORPCClient<StudioClient>(link);

/** Another pipe to the live preview; rejects while there is no connection. */
export const openPreview = async (signal: AbortSignal): Promise<PreviewPipe> =>
  connection.current().openPreview(signal);

/** Of a media path that the studio gave, with what is asked of it. */
export const mediaUrl = (path: string, query: Readonly<Record<string, string | number>> = {}): string => {
  const words = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
  return words === '' ? path : `${path}?${words}`;
};
export const assetUrl = (asset: { sha256: string }): string => mediaUrl(`/media/asset/${asset.sha256}`);
