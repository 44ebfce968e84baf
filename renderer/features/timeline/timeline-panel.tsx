import { Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useStore } from 'zustand';
import type { Waveform } from '../../../app/contract/voices.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { previewControls, previewStore } from '../../state/preview-store.ts';
import { useDocument } from '../../state/project.ts';
import { activeLineId, selectLine, uiStore } from '../../state/ui-store.ts';
import { cx, IconButton } from '../../ui/index.ts';
import { useEmotionLooks } from '../script/emotion-look.ts';
import { pickLine } from '../script/multi-select.ts';
import { clockStore, followClock } from './clock.ts';
import { EmotionLane } from './emotion-lane.tsx';
import { drawLanes, LANES, type LaneLayout, layOut, type Palette, readPalette } from './lanes.ts';
import { shownText } from './mood-track.ts';
import { linesBetween, type PlacedLine } from './placed-lines.ts';
import { PlayHead } from './play-head.tsx';
import { forgetSpoken, spokenStore, wantSpoken } from './spoken-lines.ts';
import { clampView, contentPx, fitScale, snapTo, toMs, toPx, type View, zoomAround } from './time-axis.ts';
import styles from './timeline.module.css';

const ZOOM_STEP = 1.5;
/** What a first look shows of a long script. */
const FIRST_LOOK_MS = 45_000;
/** Narrower lines are told apart by their colour alone. */
const BLOCK_PX = 12;
const SNAP_PX = 7;

/** All that happens in time, on one axis. */
export default function TimelinePanel(): ReactElement {
  const { t } = useLanguage();
  const { placed, totalMs } = useStore(clockStore);
  const looks = useEmotionLooks();
  const scroller = useRef<HTMLDivElement>(null);
  const size = useSize(scroller);
  const unit = useUnit();
  const layout = useMemo(() => layOut(Math.max(size.height, 124 * unit), unit), [size.height, unit]);
  const height = layout.phones.top + layout.phones.height;
  const [view, setView, held] = useView(scroller, totalMs, size.width);
  const visible = useMemo(() => linesBetween(placed, view.fromMs, toMs(view, size.width)), [placed, view, size.width]);
  useEffect(() => {
    const end = followClock();
    return () => {
      end();
      forgetSpoken();
    };
  }, []);
  const recording = useRecording();
  useWantedLines(visible, view, recording !== null, size.width);
  useFollow(held, setView, size.width);

  const zoom = useCallback(
    (factor: number, atPx?: number) => {
      const { atMs } = previewStore.getState();
      const head = toPx(held.current, atMs);
      const anchor = atPx ?? (head >= 0 && head <= size.width ? head : size.width / 2);
      setView(zoomAround(held.current, factor, anchor, totalMs, size.width));
    },
    [held, setView, totalMs, size.width],
  );
  const fit = (): void => setView({ pxPerMs: fitScale(totalMs, size.width), fromMs: 0 });
  useWheel(scroller, zoom);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') zoom(ZOOM_STEP);
    else if (event.key === '-') zoom(1 / ZOOM_STEP);
    else if (event.key === '0') fit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const blocks = visible.filter(({ durationMs }) => durationMs * view.pxPerMs >= BLOCK_PX);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys for whatever in it has the focus; the buttons do the same.
    <div className={styles.panel} onKeyDown={onKeyDown}>
      <div className={styles.labels} style={{ height }}>
        <div className={styles.tools} style={{ height: layout.ruler.height }}>
          <IconButton
            small
            icon={ZoomOut}
            label={t('timeline.zoomOut')}
            shortcut="-"
            onClick={() => zoom(1 / ZOOM_STEP)}
          />
          <IconButton small icon={ZoomIn} label={t('timeline.zoomIn')} shortcut="+" onClick={() => zoom(ZOOM_STEP)} />
          <IconButton small icon={Maximize} label={t('timeline.fit')} shortcut="0" onClick={fit} />
        </div>
        {LANES.slice(1).map((lane) => (
          <span key={lane} className={styles.label} style={{ height: layout[lane].height }}>
            {t.any(LABELS[lane as keyof typeof LABELS])}
          </span>
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section ref={scroller} className={styles.scroller} tabIndex={0} aria-label={t('timeline.axis')}>
        <div style={{ width: contentPx(totalMs, view.pxPerMs), height }}>
          <div className={styles.view} style={{ width: size.width, height }}>
            <Lanes {...{ view, layout, height, visible, recording }} widthPx={size.width} />
            <SeekArea {...{ view, layout, height, visible, held }} />
            {blocks.map((line) => (
              <LineBlock key={line.line.id} {...{ line, view, layout }} widthPx={size.width} />
            ))}
            {recording === null && <Markers {...{ visible, view, layout }} />}
            <EmotionLane lines={blocks} narrow={visible} {...{ view, layout, looks }} />
            <PlayHead {...{ view, height, held }} rulerPx={layout.ruler.height} />
          </div>
        </div>
      </section>
    </div>
  );
}

const LABELS = {
  lines: 'timeline.lines',
  emotion: 'timeline.emotion',
  wave: 'timeline.wave',
  words: 'timeline.words',
  phones: 'timeline.phones',
} as const;

// ---- the view: the scale is state, the place is where the box is scrolled to

function useView(
  scroller: React.RefObject<HTMLDivElement | null>,
  totalMs: number,
  widthPx: number,
): [View, (view: View) => void, { readonly current: View }] {
  const [view, setState] = useState<View>({ pxPerMs: 0.05, fromMs: 0 });
  const held = useRef(view);
  held.current = view;
  const shown = useRef(false);
  const set = useCallback((next: View) => {
    held.current = next;
    setState(next);
  }, []);
  // The first look, as soon as there is something to look at.
  useLayoutEffect(() => {
    if (shown.current || totalMs <= 0 || widthPx <= 0) return;
    shown.current = true;
    set({ pxPerMs: fitScale(Math.min(totalMs, FIRST_LOOK_MS), widthPx), fromMs: 0 });
  }, [totalMs, widthPx, set]);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const clamped = clampView(view, totalMs, widthPx);
    const left = clamped.fromMs * clamped.pxPerMs;
    // Its own rounding must not move what is shown.
    if (Math.abs(box.scrollLeft - left) >= 1) box.scrollLeft = left;
  }, [view, totalMs, widthPx, scroller]);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const onScroll = (): void => {
      const { pxPerMs, fromMs } = held.current;
      const next = box.scrollLeft / pxPerMs;
      if (Math.abs(next - fromMs) * pxPerMs >= 1) set({ pxPerMs, fromMs: next });
    };
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => box.removeEventListener('scroll', onScroll);
  }, [scroller, set]);
  return [view, set, held];
}

/** Ctrl with the wheel (and a pinch) zooms where the pointer is; the wheel alone goes along the axis. */
function useWheel(
  scroller: React.RefObject<HTMLDivElement | null>,
  zoom: (factor: number, atPx: number) => void,
): void {
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const onWheel = (event: WheelEvent): void => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(-event.deltaY / 240), event.clientX - box.getBoundingClientRect().left);
      } else if (event.deltaX === 0 && !event.shiftKey && box.scrollHeight <= box.clientHeight + 1) {
        event.preventDefault();
        box.scrollLeft += event.deltaY;
      }
    };
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => box.removeEventListener('wheel', onWheel);
  }, [scroller, zoom]);
}

/** While it plays, the play head stays in view; so does a line that is chosen elsewhere. */
function useFollow(held: { readonly current: View }, setView: (view: View) => void, widthPx: number): void {
  useEffect(() => {
    const show = (fromMs: number, toMs: number): void => {
      const view = held.current;
      const [left, right] = [toPx(view, fromMs), toPx(view, toMs)];
      if (widthPx <= 0 || (left >= 0 && right <= widthPx)) return;
      // A line that is longer than what is in view is shown from its beginning.
      if (left < widthPx && right > 0 && right - left > widthPx) return;
      setView({ ...view, fromMs: Math.max(0, fromMs - (widthPx * 0.08) / view.pxPerMs) });
    };
    const ends = [
      previewStore.subscribe(({ atMs, playing }) => {
        if (playing) show(atMs, atMs);
      }),
      uiStore.subscribe((state, before) => {
        const id = activeLineId(state);
        if (id === null || id === activeLineId(before)) return;
        const line = clockStore.getState().placed.find((each) => each.line.id === id);
        if (line !== undefined) show(line.startMs, line.startMs + line.durationMs);
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [held, setView, widthPx]);
}

/** The lines in view, the one that is worked on first, and only where they are wide enough to show anything. */
function useWantedLines(visible: readonly PlacedLine[], view: View, recorded: boolean, widthPx: number): void {
  const active = useStore(uiStore, activeLineId);
  useEffect(() => {
    if (recorded || widthPx <= 0) return;
    const ids = visible.filter(({ durationMs }) => durationMs * view.pxPerMs >= BLOCK_PX).map(({ line }) => line.id);
    wantSpoken(active !== null && ids.includes(active) ? [active, ...ids.filter((id) => id !== active)] : ids);
  }, [visible, view, recorded, active, widthPx]);
}

/** The shape of the person's own recording, where that is what is heard. */
function useRecording(): Waveform | null {
  const asset = useDocument(({ script }) => script.recording);
  const [waveform, setWaveform] = useState<Waveform | null>(null);
  useEffect(() => {
    setWaveform(null);
    if (asset === null) return;
    const abort = new AbortController();
    rpc.voices.examineRecording({ asset }, { signal: abort.signal }).then(
      (examined) => setWaveform(examined.waveform),
      // The voice panel tells what is wrong with it.
      () => {},
    );
    return () => abort.abort(new Error('another recording'));
  }, [asset]);
  return asset === null ? null : (waveform ?? NO_SOUND);
}
const NO_SOUND: Waveform = { stepMs: 10, peaks: [] };

// ---- parts

interface PartProps {
  view: View;
  layout: LaneLayout;
}

interface LanesProps extends PartProps {
  height: number;
  widthPx: number;
  visible: readonly PlacedLine[];
  recording: Waveform | null;
}
function Lanes({ view, layout, height, widthPx, visible, recording }: LanesProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { format } = useLanguage();
  const palette = usePalette();
  const ratio = usePixelRatio();
  const byId = useStore(spokenStore, (state) => state.byId);
  const activeId = useStore(uiStore, activeLineId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read off the window, and asks for another picture.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current === null || widthPx <= 0) return;
      drawLanes(canvas.current, {
        ...{ view, widthPx, heightPx: height, layout, palette, lines: visible, activeId, recording },
        spokenOf: (id) => byId.get(id)?.spoken ?? null,
        clock: (ms) => format.clock(ms, view.pxPerMs > 0.17),
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [view, layout, height, widthPx, visible, recording, palette, byId, activeId, format, ratio]);
  return <canvas ref={canvas} className={styles.canvas} style={{ width: widthPx, height }} aria-hidden />;
}

/** Below the ruler, too, a click or a drag takes the play head along. Words hold it. */
function SeekArea(
  props: PartProps & { height: number; visible: readonly PlacedLine[]; held: { readonly current: View } },
) {
  const { height, layout, visible, held } = props;
  const dragging = useRef(false);
  const seek = (event: PointerEvent<HTMLElement>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const view = held.current;
    const atMs = Math.max(0, toMs(view, event.clientX - left));
    previewControls()?.seek(event.shiftKey ? atMs : snapTo(atMs, wordTimes(visible), SNAP_PX / view.pxPerMs));
  };
  return (
    <div
      className={styles.seek}
      style={{ height, '--emotion-top': `${layout.emotion.top}px` } as CSSProperties}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        dragging.current = true;
        seek(event);
      }}
      onPointerMove={(event) => {
        if (dragging.current) seek(event);
      }}
      onPointerUp={() => {
        dragging.current = false;
      }}
    />
  );
}

function* wordTimes(lines: readonly PlacedLine[]): Generator<number> {
  const { byId } = spokenStore.getState();
  for (const { line, startMs, durationMs } of lines) {
    yield startMs;
    yield startMs + durationMs;
    for (const word of byId.get(line.id)?.spoken.words ?? []) yield startMs + word.startMs;
  }
}

function LineBlock({ line: placed, view, layout, widthPx }: PartProps & { line: PlacedLine; widthPx: number }) {
  const { format } = useLanguage();
  const { line, index, startMs, durationMs } = placed;
  const chosen = useStore(uiStore, ({ selection }) => selection.kind === 'lines' && selection.ids.includes(line.id));
  const spoken = useStore(spokenStore, ({ byId }) => byId.get(line.id)?.spoken ?? null);
  const { ownNames } = useEmotionLooks();
  const words = useMemo(() => shownText(line.text, ownNames) ?? line.text, [line.text, ownNames]);
  const left = toPx(view, startMs);
  const right = left + durationMs * view.pxPerMs;
  // The words stay in view while any of the block is.
  const inset = Math.max(0, -left);
  const number = index + 1;
  return (
    <button
      type="button"
      className={cx(styles.block, chosen && styles.chosen)}
      style={{
        left,
        width: Math.max(2, right - left - 1),
        top: layout.lines.top + 1,
        height: layout.lines.height - 2,
        paddingLeft: Math.min(inset, widthPx) + 4,
      }}
      aria-pressed={chosen}
      title={`${format.clock(startMs, true)} ${words}`}
      onClick={({ shiftKey, ctrlKey, metaKey }) => pickLine(line.id, { shiftKey, toggle: ctrlKey || metaKey })}
      onDoubleClick={() => previewControls()?.seek(startMs)}
    >
      <b>{number}</b> <span>{words}</span>
      {spoken?.sentences.slice(1).map(({ from, startMs: at }) => (
        <i key={from} style={{ left: at * view.pxPerMs }} aria-hidden />
      ))}
    </button>
  );
}

function Markers({ visible, view, layout }: PartProps & { visible: readonly PlacedLine[] }): ReactElement {
  const { t } = useLanguage();
  const byId = useStore(spokenStore, (state) => state.byId);
  return (
    <>
      {visible.flatMap(({ line, startMs }) =>
        (byId.get(line.id)?.spoken.markers ?? []).map(({ name, argument, atMs }, index) => (
          <button
            key={`${line.id}-${index.toString()}`}
            type="button"
            className={styles.marker}
            style={{ left: toPx(view, startMs + atMs), height: layout.ruler.height }}
            aria-label={t('timeline.marker', { name: `${name} ${argument}`.trim() })}
            title={`#${name} ${argument}`.trim()}
            onClick={() => {
              selectLine(line.id);
              previewControls()?.seek(startMs + atMs);
            }}
          >
            {name}
          </button>
        )),
      )}
    </>
  );
}

// ---- what the window says

function useSize(ref: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** px of one px at 100 %. */
const useUnit = (): number => useStore(uiStore, ({ zoom }) => zoom);

function usePalette(): Palette {
  const [palette, setPalette] = useState(readPalette);
  useEffect(() => {
    const read = (): void => setPalette(readPalette());
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style', 'class'] });
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', read);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', read);
    };
  }, []);
  return palette;
}

/** Changes when the window goes to a screen with other pixels, or the browser zooms. */
function usePixelRatio(): number {
  const [ratio, setRatio] = useState(window.devicePixelRatio);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${ratio}dppx)`);
    const onChange = (): void => setRatio(window.devicePixelRatio);
    query.addEventListener('change', onChange, { once: true });
    return () => query.removeEventListener('change', onChange);
  }, [ratio]);
  return ratio;
}
