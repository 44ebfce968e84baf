import {
  BadgePercent,
  Clock,
  CreditCard,
  Hourglass,
  Image,
  type LucideIcon,
  QrCode,
  RectangleEllipsis,
  Type,
} from 'lucide-react';
import type { LiveOverlay } from '../../../../app/document/live-overlays.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import type { OverlayKind } from '../live-edits.ts';

export const OVERLAY_ICONS: Readonly<Record<OverlayKind, LucideIcon>> = {
  card: CreditCard,
  price: BadgePercent,
  picture: Image,
  text: Type,
  ticker: RectangleEllipsis,
  countdown: Hourglass,
  clock: Clock,
  qr: QrCode,
};
export const OVERLAY_WORDS: Readonly<Record<OverlayKind, MessageKey>> = {
  card: 'live.overlay_card',
  price: 'live.overlay_price',
  picture: 'live.overlay_picture',
  text: 'live.overlay_text',
  ticker: 'live.overlay_ticker',
  countdown: 'live.overlay_countdown',
  clock: 'live.overlay_clock',
  qr: 'live.overlay_qr',
};

export const overlayName = ({ name, id }: Pick<LiveOverlay, 'name' | 'id'>): string => name || id;

/** Its height through its width in pixels of a common stage, roughly: the true one follows from its content. */
export function roughShape(overlay: LiveOverlay): number {
  switch (overlay.kind) {
    case 'card':
      return overlay.picture === null ? 0.45 : 0.38;
    case 'qr':
      return overlay.caption === '' ? 1 : 1.2;
    case 'picture':
      return 0.75;
    case 'price':
      return 0.4;
    case 'countdown':
      return 0.36;
    case 'clock':
      return overlay.date ? 0.45 : 0.3;
    case 'text':
      return 0.22;
    case 'ticker':
      return 0.07;
  }
}
