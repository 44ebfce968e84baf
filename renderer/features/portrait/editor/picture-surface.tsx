/** What the editor's layers share: the picture in its viewport, and the part of it that is cut out. */
import type { ReactElement, ReactNode, SVGProps } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import { mediaUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import type { Box } from '../model/face-points.ts';
import styles from './editor.module.css';
import type { Viewport } from './viewport.ts';

interface PictureSurfaceProps {
  seen: ExaminedPortrait;
  viewport: Viewport;
  /** Degrees, clockwise, about the picture's middle. */
  angle?: number;
  /** Beneath the picture. */
  under?: ReactNode;
  children: ReactNode;
}

export function PictureSurface({ seen, viewport, angle = 0, under, children }: PictureSurfaceProps): ReactElement {
  const t = useT();
  const { view, toScreen } = viewport;
  const middle = toScreen({ x: seen.widthPx / 2, y: seen.heightPx / 2 });
  return (
    <svg
      ref={viewport.attach}
      className={styles.surface}
      role="application"
      aria-label={t('portrait.canvas')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys move and zoom the picture.
      tabIndex={0}
      {...viewport.pan}
    >
      {under}
      <image
        href={mediaUrl(seen.picture)}
        x={view.x}
        y={view.y}
        width={seen.widthPx * view.scale}
        height={seen.heightPx * view.scale}
        preserveAspectRatio="none"
        style={{ imageRendering: view.scale > 4 ? 'pixelated' : 'auto' }}
        {...(angle !== 0 && { transform: `rotate(${angle} ${middle.x} ${middle.y})` })}
      />
      {children}
    </svg>
  );
}

interface CutOutProps extends SVGProps<SVGGElement> {
  viewport: Viewport;
  /** On the screen. */
  at: Box;
  label: string;
}

/** A frame to be dragged: what is around it is dimmed, what is in it is parted into thirds. */
export function CutOut({ viewport, at: { x, y, width, height }, label, ...grip }: CutOutProps): ReactElement {
  const room = viewport.room ?? { width: 0, height: 0 };
  return (
    <>
      <path
        className={styles.dim}
        fillRule="evenodd"
        d={`M0 0H${room.width}V${room.height}H0ZM${x} ${y}h${width}v${height}h${-width}Z`}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a frame in a drawing. */}
      <g className={styles.cut} role="button" tabIndex={0} aria-label={label} {...grip}>
        <rect className={styles.edge} x={x} y={y} width={width} height={height} />
        {[1 / 3, 2 / 3].map((share) => (
          <g key={share} className={styles.thirds}>
            <line x1={x + width * share} x2={x + width * share} y1={y} y2={y + height} />
            <line y1={y + height * share} y2={y + height * share} x1={x} x2={x + width} />
          </g>
        ))}
      </g>
    </>
  );
}

/** Of a box on the picture. */
export function onScreen({ view, toScreen }: Viewport, box: Box): Box {
  return { ...toScreen(box), width: box.width * view.scale, height: box.height * view.scale };
}
