/** The picture, turned, with the rectangle to be cut over it. */
import type { KeyboardEvent, ReactElement } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import { useT } from '../../../state/language.ts';
import type { Box, Point } from '../model/face-points.ts';
import { movedBox, resizedBox, SIDES, type Side } from './crop-box.ts';
import { arrowOf, between, type DragHandlers, useDrag } from './drag.ts';
import styles from './editor.module.css';
import { CutOut, onScreen, PictureSurface } from './picture-surface.tsx';
import type { Viewport } from './viewport.ts';

interface CropLayerProps {
  seen: ExaminedPortrait;
  viewport: Viewport;
  rect: Box;
  /** Degrees, clockwise, about the picture's middle. */
  angle: number;
  aspect: number | null;
  onChange: (rect: Box) => void;
}

const CURSORS: Readonly<Record<Side, string>> = {
  ...{ nw: 'nwse-resize', se: 'nwse-resize', ne: 'nesw-resize', sw: 'nesw-resize' },
  ...{ n: 'ns-resize', s: 'ns-resize', e: 'ew-resize', w: 'ew-resize' },
};

export function CropLayer({ seen, viewport, rect, angle, aspect, onChange }: CropLayerProps): ReactElement {
  const t = useT();
  const picture = { width: seen.widthPx, height: seen.heightPx };
  const { grip } = useDrag<Box>({ viewport, onDraft: onChange, onCommit: onChange, onGiveUp: () => {} });

  const apply = (start: Box, side: Side | null, by: Point): Box =>
    side === null ? movedBox(start, by, picture) : resizedBox(start, side, by, aspect, picture);
  const drags = (side: Side | null): DragHandlers =>
    grip(
      () => rect,
      (start, to, from) => apply(start, side, between(to, from)),
    );
  const keys =
    (side: Side | null) =>
    (event: KeyboardEvent<Element>): void => {
      const arrow = arrowOf(event.key);
      if (arrow === null) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 1 : 8;
      onChange(apply(rect, side, { x: arrow.x * step, y: arrow.y * step }));
    };

  const at = onScreen(viewport, rect);
  return (
    <PictureSurface seen={seen} viewport={viewport} angle={angle}>
      <CutOut viewport={viewport} at={at} label={t('portrait.cropArea')} {...drags(null)} onKeyDown={keys(null)} />
      {SIDES.map((side) => {
        const x = at.x + at.width * (side.includes('e') ? 1 : side.includes('w') ? 0 : 0.5);
        const y = at.y + at.height * (side.includes('s') ? 1 : side.includes('n') ? 0 : 0.5);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a grip in a drawing.
          <rect
            key={side}
            className={styles.corner}
            role="button"
            tabIndex={0}
            aria-label={t(`portrait.side-${side}`)}
            x={x - 6}
            y={y - 6}
            width={12}
            height={12}
            style={{ cursor: CURSORS[side] }}
            {...drags(side)}
            onKeyDown={keys(side)}
          />
        );
      })}
    </PictureSurface>
  );
}
