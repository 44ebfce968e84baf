/** A picture that can be zoomed and moved: wheel, pinch, drag, keys. */
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Box, Point } from '../model/face-points.ts';

/** On screen: `x + scale · picture`. */
export interface View extends Point {
  scale: number;
}
export interface Size {
  width: number;
  height: number;
}

const LARGEST = 24;
const MARGIN = 24;
const STEP = 1.25;
const PAN_PX = 40;

const fitted = (box: Box, room: Size, margin: number, largest: number): View => {
  const scale = Math.min(
    largest,
    Math.max(1, room.width - 2 * margin) / box.width,
    Math.max(1, room.height - 2 * margin) / box.height,
  );
  return {
    scale,
    x: room.width / 2 - (box.x + box.width / 2) * scale,
    y: room.height / 2 - (box.y + box.height / 2) * scale,
  };
};

export interface Viewport {
  view: View;
  /** Of the element, in CSS pixels; null before it is measured. */
  room: Size | null;
  toScreen: (point: Point) => Point;
  toPicture: (event: { clientX: number; clientY: number }) => Point;
  zoomBy: (factor: number) => void;
  fit: () => void;
  /** So that a part fills a good share of the room, but for a margin on each side (a share of it). */
  show: (box: Box, margin?: number) => void;
  attach: (element: HTMLElement | SVGSVGElement | null) => void;
  /** For whatever lies under everything else. */
  pan: {
    onPointerDown: (event: PointerEvent<Element>) => void;
    onPointerMove: (event: PointerEvent<Element>) => void;
    onPointerUp: (event: PointerEvent<Element>) => void;
    onPointerCancel: (event: PointerEvent<Element>) => void;
    onKeyDown: (event: KeyboardEvent<Element>) => void;
  };
}

export function useViewport(picture: Size): Viewport {
  const element = useRef<Element | null>(null);
  const [room, setRoom] = useState<Size | null>(null);
  const [view, setView] = useState<View>({ scale: 1, x: 0, y: 0 });
  /** Until the person chooses a view of their own, the whole is shown whatever the room. */
  const [isWhole, setWhole] = useState(true);
  const observer = useRef<ResizeObserver | null>(null);
  const pointers = useRef(new Map<number, Point>());
  const smallest = room === null ? 0.01 : fitted({ x: 0, y: 0, ...picture }, room, MARGIN, 1).scale / 2;

  const whole: Box = { x: 0, y: 0, width: picture.width, height: picture.height };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture's size is what matters of it.
  useLayoutEffect(() => {
    if (room !== null && isWhole) setView(fitted(whole, room, MARGIN, 4));
  }, [room, isWhole, picture.width, picture.height]);

  const zoomAt = useCallback(
    (factor: number, at: Point): void => {
      setWhole(false);
      setView((before) => {
        const scale = Math.min(LARGEST, Math.max(smallest, before.scale * factor));
        const ratio = scale / before.scale;
        return { scale, x: at.x - (at.x - before.x) * ratio, y: at.y - (at.y - before.y) * ratio };
      });
    },
    [smallest],
  );
  const local = (event: { clientX: number; clientY: number }): Point => {
    const box = element.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  // React listens to wheels passively; the page must not scroll or zoom along.
  const onWheel = useRef<(event: WheelEvent) => void>(() => {});
  onWheel.current = (event) => {
    event.preventDefault();
    if (event.shiftKey) {
      setWhole(false);
      const [dx, dy] = event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      setView((before) => ({ ...before, x: before.x - dx, y: before.y - dy }));
      return;
    }
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    // A pinch on a trackpad comes as small steps with Ctrl.
    const gain = event.ctrlKey ? 0.01 : 0.0016;
    zoomAt(Math.exp(-event.deltaY * lines * gain), local(event));
  };
  const heard = useRef((event: Event) => onWheel.current(event as WheelEvent));

  const attach = useCallback((next: Element | null): void => {
    observer.current?.disconnect();
    element.current?.removeEventListener('wheel', heard.current);
    element.current = next;
    if (next === null) return;
    next.addEventListener('wheel', heard.current, { passive: false });
    observer.current = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setRoom((before) => (before?.width === width && before.height === height ? before : { width, height }));
    });
    observer.current.observe(next);
  }, []);
  useEffect(() => () => observer.current?.disconnect(), []);

  const onPointerMove = (event: PointerEvent<Element>): void => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = local(event);
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    setWhole(false);
    if (other === undefined)
      setView((last) => ({ ...last, x: last.x + now.x - before.x, y: last.y + now.y - before.y }));
    else {
      const spread = (a: Point): number => Math.max(8, Math.hypot(a.x - other.x, a.y - other.y));
      zoomAt(spread(now) / spread(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
  };
  const release = (event: PointerEvent<Element>): void => void pointers.current.delete(event.pointerId);
  const middle = (): Point => ({ x: (room?.width ?? 0) / 2, y: (room?.height ?? 0) / 2 });
  const zoomBy = (factor: number): void => zoomAt(factor, middle());

  return {
    ...{ view, room, zoomBy, attach },
    toScreen: ({ x, y }) => ({ x: view.x + x * view.scale, y: view.y + y * view.scale }),
    toPicture: (event) => {
      const { x, y } = local(event);
      return { x: (x - view.x) / view.scale, y: (y - view.y) / view.scale };
    },
    fit: () => setWhole(true),
    show: (box, margin = 0.14) => {
      if (room === null) return;
      setWhole(false);
      setView(fitted(box, room, Math.min(room.width, room.height) * margin, LARGEST));
    },
    pan: {
      onPointerDown(event) {
        if (event.button > 1) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, local(event));
      },
      onPointerMove,
      onPointerUp: release,
      onPointerCancel: release,
      onKeyDown(event) {
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        const by = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (by !== undefined) {
          setWhole(false);
          setView((before) => ({ ...before, x: before.x + by[0]! * PAN_PX, y: before.y + by[1]! * PAN_PX }));
        } else if (event.key === '+' || event.key === '=') zoomBy(STEP);
        else if (event.key === '-') zoomBy(1 / STEP);
        else if (event.key === '0') setWhole(true);
        else return;
        event.preventDefault();
      },
    },
  };
}
