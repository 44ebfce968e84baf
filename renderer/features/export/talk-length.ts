/** How long the open project speaks, and what in its script would stop an export. */
import { useEffect, useState } from 'react';
import type { Project } from '../../../app/document/project.ts';
import { rpc } from '../../bridge/index.ts';

export interface TalkFacts {
  /** null until it is known. */
  durationMs: number | null;
  /** Lines with mistakes in them. */
  faultyLines: readonly string[];
}

export const hasSomethingToSay = ({ script }: Project): boolean =>
  script.recording !== null || script.lines.some(({ text }) => text.trim() !== '');

export function useTalkFacts(project: Project): TalkFacts {
  const [facts, setFacts] = useState<TalkFacts>({ durationMs: null, faultyLines: [] });
  useEffect(() => {
    const life = new AbortController();
    read(project, life.signal).then(
      (found) => {
        if (!life.signal.aborted) setFacts(found);
      },
      // An export tells what is wrong; without a length there is only no estimate.
      () => {},
    );
    return () => life.abort();
  }, [project]);
  return facts;
}

async function read({ script, voice, emotions }: Project, signal: AbortSignal): Promise<TalkFacts> {
  const { recording, dictionary } = script;
  const lines = script.lines.filter(({ text }) => text.trim() !== '');
  const faults = rpc.script.check({ lines: lines.map(({ id, text }) => ({ id, text })), emotions }, { signal });
  const length =
    recording === null
      ? rpc.script.estimate({ lines, voice, dictionary, emotions }, { signal }).then((estimates) => {
          const byId = new Map(estimates.map(({ lineId, durationMs }) => [lineId, durationMs]));
          return lines.reduce((sum, { id, pauseAfterMs }) => sum + (byId.get(id) ?? 0) + pauseAfterMs, 0);
        })
      : rpc.voices.examineRecording({ asset: recording }, { signal }).then(({ durationMs }) => durationMs);
  const [durationMs, found] = await Promise.all([length, faults]);
  return { durationMs, faultyLines: [...new Set(found.map(({ lineId }) => lineId))] };
}
