/** The picture with the face's lines over it; the chosen group's points can be taken hold of, by pointer or by keys. */
import type { KeyboardEvent, ReactElement } from 'react';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { FaceLandmarks } from '../../../../app/document/landmarks.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useFormat, useT } from '../../../state/language.ts';
import { sealEdit } from '../../../state/project.ts';
import { linesOf } from '../model/curves.ts';
import {
  boxOf,
  type Group,
  type Handle,
  handlesOf,
  moved,
  movesOfGroup,
  movesOfHandle,
  type Point,
  transformed,
  withIrisRadius,
} from '../model/face-points.ts';
import { arrowOf, between, type DragHandlers, useDrag } from './drag.ts';
import styles from './editor.module.css';
import { PictureSurface } from './picture-surface.tsx';
import type { PointEdits } from './points-tool.tsx';
import type { Viewport } from './viewport.ts';

/** Bright enough for any skin, apart enough from each other; the picture lies under them in either theme. */
export const COLOURS: Readonly<Record<Group, string>> = {
  lipsOuter: '#ff5d73',
  lipsInner: '#ffb14a',
  eyeLeft: '#4fd1ff',
  eyeRight: '#4fd1ff',
  browLeft: '#c79bff',
  browRight: '#c79bff',
  oval: '#5be39a',
  nose: '#f4e04d',
  face: '#ffffff',
};

const FINE_PX = 0.1;
const COARSE_PX = 1;
const BIG_PX = 10;
interface FacePointsProps {
  seen: ExaminedPortrait;
  viewport: Viewport;
  /** With what is being dragged; `kept` is as the document has it. */
  face: FaceLandmarks;
  kept: FaceLandmarks;
  visible: readonly Group[];
  group: Group;
  symmetric: boolean;
  reach: number;
  edits: PointEdits;
  onGroup: (group: Group) => void;
  /** Where the point under the hand is, in words. */
  onTell: (words: string) => void;
  /** The person is done with the points. */
  onLeave: () => void;
}

type Apply = (start: FaceLandmarks, to: Point, from: Point) => FaceLandmarks;

export function FacePoints(props: FacePointsProps): ReactElement {
  const { seen, viewport, face, kept, visible, group, symmetric, reach, edits, onGroup, onTell, onLeave } = props;
  const t = useT();
  const format = useFormat();
  const { view, toScreen } = viewport;
  const { grip, giveUp } = useDrag<FaceLandmarks>({
    viewport,
    onDraft: edits.draft,
    onCommit: (next) => edits.commit(next),
    onGiveUp: () => edits.draft(null),
  });
  const handles = group === 'face' ? [] : handlesOf(face).filter((handle) => handle.group === group);

  const labelOf = (handle: Handle): string =>
    handle.count === 1
      ? t.any(`portrait.single-${handle.of}` as MessageKey)
      : t('portrait.pointOf', {
          contour: t.any(`portrait.contour-${handle.of}` as MessageKey),
          index: handle.index,
          count: handle.count,
        });
  const place = ({ x, y }: Point): string => {
    const told = (value: number): string =>
      format.number(value, { minimumFractionDigits: 1, maximumFractionDigits: 1, useGrouping: false });
    return t('portrait.place', { x: told(x), y: told(y) });
  };

  const drags = (apply: Apply): DragHandlers => grip(() => kept, apply);

  // ---- by keys
  /** `by` for an arrow: one pixel, a tenth with Shift, ten with Ctrl. */
  const onKeys =
    (key: string, apply: (by: Point) => FaceLandmarks) =>
    (event: KeyboardEvent<Element>): void => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        if (!giveUp()) onLeave();
        return;
      }
      const arrow = arrowOf(event.key);
      if (arrow === null || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? FINE_PX : event.ctrlKey || event.metaKey ? BIG_PX : COARSE_PX;
      edits.commit(apply({ x: arrow.x * step, y: arrow.y * step }), `portrait.nudge ${key}`);
    };

  const box = boxOf(face, 'face');
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const corner = toScreen({ x: box.x + box.width, y: box.y + box.height });
  const top = toScreen({ x: middle.x, y: box.y });
  const topLeft = toScreen(box);
  const angle = (point: Point): number => Math.atan2(point.y - middle.y, point.x - middle.x);
  const spread = (point: Point): number => Math.max(4, Math.hypot(point.x - middle.x, point.y - middle.y));
  const moveGroup = (start: FaceLandmarks, by: Point): FaceLandmarks =>
    moved(start, movesOfGroup(start, group, by, symmetric), seen);
  const moveHandle = (handle: Handle, start: FaceLandmarks, by: Point): FaceLandmarks =>
    moved(start, movesOfHandle(start, handle, by, { symmetric, reach }), seen);
  const side = group === 'eyeLeft' ? 'left' : group === 'eyeRight' ? 'right' : null;
  const groupLabel = t('portrait.moveGroup', { group: t(`portrait.group-${group}`) });

  return (
    <PictureSurface seen={seen} viewport={viewport}>
      {visible
        .filter((each) => each !== 'face')
        .map((each) => {
          const isActive = each === group || group === 'face';
          const lines = linesOf(face, each, toScreen);
          const iris = each === 'eyeLeft' ? face.eyes.left.iris : each === 'eyeRight' ? face.eyes.right.iris : null;
          const at = iris && toScreen(iris);
          return (
            <g key={each}>
              {lines.map((d, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a group are always the same.
                <g key={index}>
                  <path d={d} className={styles.shade} />
                  <path d={d} className={styles.line} stroke={COLOURS[each]} data-idle={!isActive || undefined} />
                </g>
              ))}
              {at && (
                <circle
                  cx={at.x}
                  cy={at.y}
                  r={iris!.radius * view.scale}
                  className={styles.line}
                  stroke={COLOURS[each]}
                  data-idle={!isActive || undefined}
                />
              )}
              {each === group ? (
                // biome-ignore lint/a11y/useSemanticElements: a line in a drawing.
                <path
                  d={lines.join('')}
                  className={styles.grip}
                  data-active
                  role="button"
                  tabIndex={0}
                  aria-label={groupLabel}
                  data-grip={each}
                  {...drags((start, to, from) => moveGroup(start, between(to, from)))}
                  onKeyDown={onKeys(group, (by) => moveGroup(kept, by))}
                  onFocus={() => onTell(groupLabel)}
                  onBlur={sealEdit}
                />
              ) : (
                <path
                  d={lines.join('')}
                  className={styles.grip}
                  data-grip={each}
                  onPointerDown={(event) => {
                    event.stopPropagation();
                    onGroup(each);
                  }}
                />
              )}
            </g>
          );
        })}

      {handles.map((handle) => {
        const at = toScreen(handle);
        const label = labelOf(handle);
        return (
          // biome-ignore lint/a11y/useSemanticElements: a point in a drawing.
          <g
            key={handle.id}
            className={styles.handle}
            role="button"
            tabIndex={0}
            aria-roledescription={t('portrait.point')}
            aria-label={`${label}, ${place(handle)}`}
            data-point={handle.id}
            transform={`translate(${at.x.toFixed(2)} ${at.y.toFixed(2)})`}
            {...drags((start, to, from) => moveHandle(handle, start, between(to, from)))}
            onKeyDown={onKeys(handle.id, (by) => moveHandle(handle, kept, by))}
            onFocus={() => onTell(`${label} · ${place(handle)}`)}
            onPointerEnter={() => onTell(`${label} · ${place(handle)}`)}
            onKeyUp={() => onTell(`${label} · ${place(handle)}`)}
            onBlur={sealEdit}
          >
            <circle r={9} />
            <circle r={3.5} stroke={COLOURS[group]} />
          </g>
        );
      })}

      {side !== null && (
        // biome-ignore lint/a11y/useSemanticElements: a point in a drawing.
        <g
          className={styles.handle}
          data-round
          role="button"
          tabIndex={0}
          aria-label={t('portrait.irisSize', { radius: Math.round(face.eyes[side].iris.radius * 10) / 10 })}
          data-point={`eyes.${side}.irisRadius`}
          transform={`translate(${toScreen({ x: face.eyes[side].iris.x + face.eyes[side].iris.radius, y: 0 }).x} ${toScreen(face.eyes[side].iris).y})`}
          {...drags((start, to) => withIrisRadius(start, side, to.x - start.eyes[side].iris.x, symmetric))}
          onKeyDown={onKeys('iris', (by) =>
            withIrisRadius(kept, side, kept.eyes[side].iris.radius + by.x - by.y, symmetric),
          )}
          onFocus={() => onTell(t('portrait.irisSize', { radius: Math.round(face.eyes[side].iris.radius * 10) / 10 }))}
          onBlur={sealEdit}
        >
          <circle r={9} />
          <circle r={3.5} stroke={COLOURS[group]} />
        </g>
      )}

      {group === 'face' && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a frame in a drawing. */}
          <rect
            className={styles.grip}
            data-active
            data-grip="face"
            role="button"
            tabIndex={0}
            aria-label={groupLabel}
            x={topLeft.x}
            y={topLeft.y}
            width={corner.x - topLeft.x}
            height={corner.y - topLeft.y}
            style={{ stroke: '#fff', strokeWidth: 1.5, strokeDasharray: '5 4', pointerEvents: 'all' }}
            {...drags((start, to, from) => moveGroup(start, between(to, from)))}
            onKeyDown={onKeys('face', (by) => moveGroup(kept, by))}
            onBlur={sealEdit}
          />
          {(
            [
              {
                id: 'face.scale',
                label: t('portrait.scaleFace'),
                at: corner,
                drag: (start: FaceLandmarks, to: Point, from: Point) =>
                  transformed(start, middleOf(start), spread(to) / spread(from), 0),
                key: (by: Point) => transformed(kept, middle, 1 + (by.x - by.y) / 200, 0),
              },
              {
                id: 'face.turn',
                label: t('portrait.turnFace'),
                at: { x: top.x, y: top.y - 26 },
                drag: (start: FaceLandmarks, to: Point, from: Point) =>
                  transformed(start, middleOf(start), 1, angle(to) - angle(from)),
                key: (by: Point) => transformed(kept, middle, 1, ((by.x - by.y) * Math.PI) / 360),
              },
            ] as const
          ).map(({ id, label, at, drag: apply, key }) => (
            // biome-ignore lint/a11y/useSemanticElements: a point in a drawing.
            <g
              key={id}
              className={styles.handle}
              role="button"
              tabIndex={0}
              aria-label={label}
              data-point={id}
              transform={`translate(${at.x} ${at.y})`}
              {...drags(apply)}
              onKeyDown={onKeys(id, key)}
              onFocus={() => onTell(label)}
              onPointerEnter={() => onTell(label)}
              onBlur={sealEdit}
            >
              <circle r={11} />
              <circle r={5} stroke="#1b6fe0" />
            </g>
          ))}
        </>
      )}
    </PictureSurface>
  );
}

function middleOf(face: FaceLandmarks): Point {
  const { x, y, width, height } = boxOf(face, 'face');
  return { x: x + width / 2, y: y + height / 2 };
}
