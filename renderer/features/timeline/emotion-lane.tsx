import {
  type CSSProperties,
  type KeyboardEvent,
  memo,
  type PointerEvent,
  type ReactElement,
  useMemo,
  useRef,
} from 'react';
import { useStore } from 'zustand';
import { removeKeyframe } from '../../../app/speech/script/keyframes.ts';
import { useLanguage } from '../../state/language.ts';
import { sealEdit } from '../../state/project.ts';
import { selectLine } from '../../state/ui-store.ts';
import { cx } from '../../ui/index.ts';
import type { EmotionLooks } from '../script/emotion-look.ts';
import { changeText, meantBy, setMood } from '../script/line-edits.ts';
import { openRowPopup } from '../script/row-popup.ts';
import type { LaneLayout } from './lanes.ts';
import { addKeyframeAt, dragKeyframe, moodSpans, nearestWord, neighbourWord, paceOf } from './mood-track.ts';
import type { PlacedLine } from './placed-lines.ts';
import { spokenStore } from './spoken-lines.ts';
import { toMs, toPx, type View } from './time-axis.ts';
import styles from './timeline.module.css';

interface EmotionLaneProps {
  /** Wide enough to be worked on. */
  lines: readonly PlacedLine[];
  /** All in view; those that are not wide enough are colour alone. */
  narrow: readonly PlacedLine[];
  view: View;
  layout: LaneLayout;
  looks: EmotionLooks;
}

/** Moods as coloured hills: their height is their intensity, a diamond is a keyframe inside the line. */
export function EmotionLane({ lines, narrow, view, layout, looks }: EmotionLaneProps): ReactElement {
  const { t } = useLanguage();
  const wide = new Set(lines.map(({ line }) => line.id));
  const { top, height } = layout.emotion;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div className={styles.emotions} style={{ top, height }} role="group" aria-label={t('timeline.emotion')}>
      {narrow.map(({ line, startMs, durationMs }) =>
        wide.has(line.id) ? null : (
          <span
            key={line.id}
            className={styles.hill}
            style={
              {
                ...{ left: toPx(view, startMs), width: Math.max(1, durationMs * view.pxPerMs) },
                ...{ height: `${line.intensity * 100}%`, '--mood': looks.colour(line.emotion) },
              } as CSSProperties
            }
          />
        ),
      )}
      {lines.map((placed) => (
        <LineMoods key={placed.line.id} {...{ placed, view, height, looks }} />
      ))}
    </div>
  );
}

interface LineMoodsProps {
  placed: PlacedLine;
  view: View;
  height: number;
  looks: EmotionLooks;
}

const STEP = 0.05;
/** Before a drag of a keyframe goes along the axis. */
const SIDEWAYS_PX = 5;
const clamp = (value: number): number => Math.min(1, Math.max(0, Math.round(value * 100) / 100));

const LineMoods = memo(function LineMoods({ placed, view, height, looks }: LineMoodsProps): ReactElement {
  const { t, format } = useLanguage();
  const { line, index: lineIndex, startMs, durationMs } = placed;
  const spoken = useStore(spokenStore, ({ byId }) => byId.get(line.id)?.spoken ?? null);
  const box = useRef<HTMLDivElement>(null);
  const own = looks.ownNames;
  const pace = useMemo(() => paceOf(line, durationMs, spoken, own), [line, durationMs, spoken, own]);
  const spans = useMemo(() => moodSpans(line, pace, own), [line, pace, own]);
  const left = toPx(view, startMs);
  const number = lineIndex + 1;
  const mergeKey = (index: number | null): string => `timeline.mood:${line.id}:${index ?? 'own'}`;

  const setIntensity = (index: number | null, intensity: number): void => {
    if (index === null) {
      setMood([line.id], { intensity }, mergeKey(null));
      return;
    }
    const changed = dragKeyframe(line.text, index, null, intensity, own);
    if (changed !== null) changeText('script.stepKeyframe', line.id, changed.text, mergeKey(index));
  };

  /** A drag begins with the line as it is now; every move is reckoned from there, so that there and back is nothing. */
  const startDrag = (event: PointerEvent<HTMLElement>, index: number | null, sideways: boolean): void => {
    if (event.button !== 0) return;
    event.stopPropagation();
    const from = { x: event.clientX, y: event.clientY };
    const text = line.text;
    const before = spans.find((span) => span.index === index)!.intensity;
    const key = `${mergeKey(index)}:${event.timeStamp}`;
    let moved = false;
    const onMove = ({ clientX, clientY }: globalThis.PointerEvent): void => {
      const [dx, dy] = [clientX - from.x, clientY - from.y];
      if (!moved && Math.hypot(dx, dy) < 3) return;
      moved = true;
      const intensity = clamp(before - dy / height);
      if (index === null) {
        setMood(meantBy(line.id), { intensity }, key);
        return;
      }
      const atMs = toMs(view, clientX - (box.current?.parentElement?.getBoundingClientRect().left ?? 0)) - startMs;
      const word = sideways && Math.abs(dx) >= SIDEWAYS_PX ? nearestWord(pace, atMs) : null;
      const changed = dragKeyframe(text, index, word, intensity, own);
      if (changed !== null) changeText('script.stepKeyframe', line.id, changed.text, key);
    };
    const onEnd = (): void => {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onEnd);
      window.removeEventListener('pointercancel', onEnd);
      if (moved) sealEdit();
      else selectLine(line.id);
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onEnd);
    window.addEventListener('pointercancel', onEnd);
  };

  const onKey = (event: KeyboardEvent<HTMLElement>, index: number | null, intensity: number): void => {
    const { key, shiftKey, currentTarget } = event;
    const step = shiftKey ? 0.01 : STEP;
    if (key === 'ArrowUp') setIntensity(index, clamp(intensity + step));
    else if (key === 'ArrowDown') setIntensity(index, clamp(intensity - step));
    else if (key === 'Home') setIntensity(index, 0);
    else if (key === 'End') setIntensity(index, 1);
    else if (key === 'Enter' || key === ' ') openPicker(index, currentTarget);
    else if (key === 'Insert' || key.toLowerCase() === 'k') addAfter(index);
    else if (index !== null && (key === 'Delete' || key === 'Backspace')) {
      const text = removeKeyframe(line.text, index, own);
      if (text !== null) changeText('script.stepRemoveKeyframe', line.id, text);
      focusMood(box.current, index - 1);
    } else if (index !== null && (key === 'ArrowLeft' || key === 'ArrowRight')) {
      const word = neighbourWord(line.text, index, key === 'ArrowLeft' ? -1 : 1, pace, own);
      const changed = word === null ? null : dragKeyframe(line.text, index, word, intensity, own);
      if (changed !== null) {
        changeText('script.stepKeyframe', line.id, changed.text, mergeKey(index));
        if (changed.index !== index) focusMood(box.current, changed.index);
      }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const openPicker = (index: number | null, anchor: HTMLElement): void => {
    selectLine(line.id);
    if (index === null) openRowPopup({ kind: 'emotion', lineId: line.id, anchor });
    else openRowPopup({ kind: 'keyframe', lineId: line.id, index, anchor });
  };

  /** By keyboard: in the middle of what the mood holds for. */
  const addAfter = (index: number | null): void => {
    const span = spans.find((each) => each.index === index)!;
    add((span.fromMs + span.toMs) / 2, span.intensity);
  };
  const add = (atMs: number, intensity: number): void => {
    const added = addKeyframeAt(line, pace, atMs, clamp(intensity), own);
    if (added === null) return;
    changeText('script.stepKeyframe', line.id, added.text);
    focusMood(box.current, added.index, (dot) => openPicker(added.index, dot));
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: K on a keyframe does what a double click does.
    <div
      ref={box}
      className={styles.moods}
      style={{ left, width: durationMs * view.pxPerMs }}
      onDoubleClick={(event) => {
        const { left: x, bottom } = event.currentTarget.getBoundingClientRect();
        add((event.clientX - x) / view.pxPerMs, (bottom - event.clientY) / height);
      }}
    >
      {spans.map(({ index, emotion, intensity, fromMs, toMs: endMs }) => {
        const at = fromMs * view.pxPerMs;
        const width = Math.max(1, (endMs - fromMs) * view.pxPerMs);
        const colour = { '--mood': looks.colour(emotion) } as CSSProperties;
        return (
          <span key={index ?? 'own'} style={colour}>
            <span
              className={cx(styles.hill, styles.live)}
              style={{ left: at, width, height: `${intensity * 100}%` }}
              title={`${looks.label(emotion)} ${format.percent(intensity)}`}
              onPointerDown={(event) => startDrag(event, index, false)}
            >
              {width > 54 && <em>{looks.label(emotion)}</em>}
            </span>
            <button
              type="button"
              role="slider"
              data-mood={index ?? 'own'}
              className={cx(styles.dot, index !== null && styles.keyframe)}
              style={{ left: at, bottom: `${intensity * 100}%` }}
              aria-label={
                index === null
                  ? t('timeline.lineMood', { number })
                  : t('timeline.keyframe', { number, index: index + 1, at: format.clock(startMs + fromMs, true) })
              }
              aria-orientation="vertical"
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round(intensity * 100)}
              aria-valuetext={`${looks.label(emotion)} ${format.percent(intensity)}`}
              title={t(index === null ? 'timeline.moodHint' : 'timeline.keyframeHint')}
              onPointerDown={(event) => startDrag(event, index, true)}
              onDoubleClick={(event) => {
                event.stopPropagation();
                openPicker(index, event.currentTarget);
              }}
              onKeyDown={(event) => onKey(event, index, intensity)}
              onKeyUp={(event) => {
                if (event.key.startsWith('Arrow')) sealEdit();
              }}
            />
          </span>
        );
      })}
    </div>
  );
}, sameLook);

/** Placed lines are made anew each time; what they say counts. */
function sameLook(a: LineMoodsProps, b: LineMoodsProps): boolean {
  const [x, y] = [a.placed, b.placed];
  return (
    x.line === y.line &&
    x.index === y.index &&
    x.startMs === y.startMs &&
    x.durationMs === y.durationMs &&
    a.view === b.view &&
    a.height === b.height &&
    a.looks === b.looks
  );
}

/** After the change has been drawn. */
function focusMood(box: HTMLElement | null, index: number, then?: (dot: HTMLElement) => void): void {
  setTimeout(() => {
    const name = index < 0 ? 'own' : String(index);
    const dot = box?.querySelector<HTMLElement>(`[data-mood="${name}"]`);
    dot?.focus();
    if (dot != null) then?.(dot);
  }, 60);
}
