/** What the studio sees in a portrait, asked once and kept while the studio's answer holds. */
import { useCallback, useEffect, useState } from 'react';
import type { ExaminedFace, ExaminedPortrait } from '../../../app/contract/portraits.ts';
import type { PortraitSource } from '../../../app/document/avatar.ts';
import { rpc } from '../../bridge/index.ts';

const KEPT = 12;
const kept = new Map<string, Promise<ExaminedPortrait>>();

const keyOf = (portrait: PortraitSource, faceIndex: number | null): string =>
  `${portrait.kind === 'sample' ? portrait.id : portrait.asset.sha256} ${faceIndex}`;

export function examine(
  portrait: PortraitSource,
  faceIndex: number | null,
  signal?: AbortSignal,
): Promise<ExaminedPortrait> {
  const key = keyOf(portrait, faceIndex);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const asked = rpc.portraits.examine({ portrait, faceIndex }, signal === undefined ? {} : { signal });
  kept.set(key, asked);
  asked.catch(() => kept.delete(key));
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return asked;
}

export type Examination =
  | { state: 'looking' }
  | { state: 'seen'; portrait: ExaminedPortrait; face: ExaminedFace | null }
  | { state: 'failed'; error: unknown; retry: () => void };

export function useExamination(portrait: PortraitSource, faceIndex: number | null): Examination {
  const key = keyOf(portrait, faceIndex);
  const [answer, setAnswer] = useState<{ key: string; seen: ExaminedPortrait | null; error: unknown } | null>(null);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked; a round asks again.
  useEffect(() => {
    let wanted = true;
    examine(portrait, faceIndex).then(
      (seen) => wanted && setAnswer({ key, seen, error: null }),
      (error: unknown) => wanted && setAnswer({ key, seen: null, error }),
    );
    return () => {
      wanted = false;
    };
  }, [key, round]);
  const retry = useCallback(() => {
    setAnswer(null);
    setRound((before) => before + 1);
  }, []);
  if (answer === null || answer.key !== key) return { state: 'looking' };
  if (answer.seen === null) return { state: 'failed', error: answer.error, retry };
  const { seen } = answer;
  return { state: 'seen', portrait: seen, face: seen.chosen === null ? null : (seen.faces[seen.chosen] ?? null) };
}
