import type { ClientLink } from '@orpc/client';
import type { PreviewPipe } from './preview-channel.ts';

export type CallLink = ClientLink<Record<never, never>>;

/** What a connection is made of, whatever it runs over. */
export interface StudioLine {
  link: CallLink;
  openPreview(signal: AbortSignal): Promise<PreviewPipe>;
}
