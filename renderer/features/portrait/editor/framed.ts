/** The stage in each shape as the engine lays it out, followed as the framing changes: the shape looked at first. */
import { useEffect, useRef, useState } from 'react';
import type { PlacedSubject } from '../../../../app/contract/portraits.ts';
import type { Avatar } from '../../../../app/document/avatar.ts';
import type { Background } from '../../../../app/document/stage.ts';
import { STAGE_SHAPES, type StageShape, type StageSize } from '../../../../app/media/stage-size.ts';
import { mediaUrl, rpc } from '../../../bridge/index.ts';

const SIZES: Readonly<Record<StageShape, StageSize>> = {
  landscape: { widthPx: 384, heightPx: 216 },
  portrait: { widthPx: 180, heightPx: 320 },
  square: { widthPx: 240, heightPx: 240 },
};
const REST_MS = 60;

interface Framed {
  pictures: Readonly<Partial<Record<StageShape, string>>>;
  /** Null until the first answer. */
  placed: PlacedSubject | null;
  error: unknown;
}

export function useFramed(avatar: Avatar, background: Background, first: StageShape): Framed {
  const [framed, setFramed] = useState<Framed>({ pictures: {}, placed: null, error: null });
  const isFirst = useRef(true);
  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const draw = async (): Promise<void> => {
      try {
        for (const shape of [first, ...STAGE_SHAPES.filter((each) => each !== first)]) {
          const { picture, subject, fillWidth } = await rpc.portraits.framed(
            { avatar: { ...avatar, consent: null }, background, size: SIZES[shape] },
            { signal },
          );
          const image = new Image();
          image.src = mediaUrl(picture);
          await image.decode();
          if (signal.aborted) return;
          setFramed((before) => ({
            pictures: { ...before.pictures, [shape]: picture },
            placed: { subject, fillWidth },
            error: null,
          }));
        }
      } catch (error) {
        if (!signal.aborted) setFramed((before) => ({ ...before, error }));
      }
    };
    const timer = setTimeout(() => void draw(), isFirst.current ? 0 : REST_MS);
    isFirst.current = false;
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [avatar, background, first]);
  return framed;
}
