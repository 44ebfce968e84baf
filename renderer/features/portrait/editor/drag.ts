/** A grip of the editor under the pointer, from press to release; each layer says what the way of the hand does. */
import { type PointerEvent, useRef } from 'react';
import type { Point } from '../model/face-points.ts';
import type { Viewport } from './viewport.ts';

export interface DragHandlers {
  onPointerDown: (event: PointerEvent<Element>) => void;
  onPointerMove: (event: PointerEvent<Element>) => void;
  onPointerUp: (event: PointerEvent<Element>) => void;
  onPointerCancel: (event: PointerEvent<Element>) => void;
}

export interface Dragging<T> {
  /** What the hand does to what was there at its beginning: `apply` gives what is there with the hand at `to`, all in the picture's pixels. */
  grip(start: () => T | null, apply: (start: T, to: Point, from: Point) => T): DragHandlers;
  /** Takes it back; false while nothing is dragged. */
  giveUp(): boolean;
}

interface DragOptions<T> {
  viewport: Viewport;
  onDraft: (draft: T) => void;
  /** Let go after a move. */
  onCommit: (last: T) => void;
  /** Given up, by Escape or by the system. */
  onGiveUp: () => void;
}

interface Drag<T> {
  pointerId: number;
  from: Point;
  start: T;
  last: T | null;
}

export function useDrag<T>({ viewport, onDraft, onCommit, onGiveUp }: DragOptions<T>): Dragging<T> {
  const drag = useRef<Drag<T> | null>(null);
  const ofThis = (event: PointerEvent<Element>): Drag<T> | null => {
    if (drag.current?.pointerId !== event.pointerId) return null;
    event.stopPropagation();
    return drag.current;
  };
  const giveUp = (): boolean => {
    if (drag.current === null) return false;
    drag.current = null;
    onGiveUp();
    return true;
  };
  return {
    giveUp,
    grip: (begin, apply) => ({
      onPointerDown(event) {
        const start = event.button === 0 ? begin() : null;
        if (start === null) return;
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { pointerId: event.pointerId, from: viewport.toPicture(event), start, last: null };
      },
      onPointerMove(event) {
        const now = ofThis(event);
        if (now === null) return;
        now.last = apply(now.start, viewport.toPicture(event), now.from);
        onDraft(now.last);
      },
      onPointerUp(event) {
        const now = ofThis(event);
        drag.current = now === null ? drag.current : null;
        if (now !== null && now.last !== null) onCommit(now.last);
      },
      onPointerCancel(event) {
        if (ofThis(event) !== null) giveUp();
      },
    }),
  };
}

const ARROWS: Readonly<Record<string, Point>> = {
  ...{ ArrowLeft: { x: -1, y: 0 }, ArrowRight: { x: 1, y: 0 } },
  ...{ ArrowUp: { x: 0, y: -1 }, ArrowDown: { x: 0, y: 1 } },
};
/** One step in the direction of an arrow key; null for any other. */
export const arrowOf = (key: string): Point | null => ARROWS[key] ?? null;

export const between = (to: Point, from: Point): Point => ({ x: to.x - from.x, y: to.y - from.y });
