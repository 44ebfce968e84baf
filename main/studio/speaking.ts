/** Lines being spoken now: whoever asks for the same line shares the work, and may hear it while it is made. */
import type { UtterancePlan } from '../../app/speech/plan.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import type { SpeakOptions, SpeechStage } from '../engine/stages/speech.ts';

export interface Speaking {
  key: string;
  /** All its sound so far and to come, PCM s16le; ends with the line, throws what ended it. */
  sound(): AsyncGenerator<Int16Array>;
  finished: Promise<Utterance>;
}

interface Job {
  pieces: Int16Array[];
  /** Woken whenever there is more, or the end. */
  waiting: Set<() => void>;
  finished: Promise<Utterance>;
  ended: boolean;
  users: number;
  stop: AbortController;
}

export interface SpeakingLines {
  /** Work goes on until the line is spoken or all who asked for it have aborted. */
  speak(plan: UtterancePlan, options: SpeakOptions, signal: AbortSignal): Speaking;
  /** Stops everything. */
  dispose(): void;
}

export function createSpeakingLines(stage: SpeechStage): SpeakingLines {
  const jobs = new Map<string, Job>();

  const begin = (name: string, plan: UtterancePlan, options: SpeakOptions): Job => {
    const stop = new AbortController();
    const pieces: Int16Array[] = [];
    const waiting = new Set<() => void>();
    const wake = (): void => {
      for (const each of [...waiting]) each();
    };
    const finished = stage.speak(plan, options, stop.signal, (pcm) => {
      pieces.push(pcm);
      wake();
    });
    const job: Job = { pieces, waiting, finished, ended: false, users: 0, stop };
    const end = (): void => {
      job.ended = true;
      if (jobs.get(name) === job) jobs.delete(name);
      wake();
    };
    finished.then(end, end);
    jobs.set(name, job);
    return job;
  };

  async function* soundOf(job: Job): AsyncGenerator<Int16Array> {
    for (let next = 0; ; ) {
      if (next < job.pieces.length) {
        yield job.pieces[next]!;
        next += 1;
        continue;
      }
      if (job.ended) break;
      await new Promise<void>((resolve) => {
        const woken = (): void => {
          job.waiting.delete(woken);
          resolve();
        };
        job.waiting.add(woken);
      });
    }
    await job.finished;
  }

  return {
    speak(plan, options, signal) {
      signal.throwIfAborted();
      const key = stage.keyOf(plan, options);
      // Moods are no part of the key, but of what comes out.
      const name = key + JSON.stringify(plan.parts.filter(({ kind }) => kind === 'emotion'));
      const known = jobs.get(name);
      const job = known && !known.stop.signal.aborted ? known : begin(name, plan, options);
      job.users += 1;
      const finished = new Promise<Utterance>((resolve, reject) => {
        const onAbort = (): void => {
          job.users -= 1;
          if (job.users === 0) job.stop.abort(signal.reason);
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        job.finished.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      });
      // Whoever only listens does not wait for the end.
      finished.catch(() => undefined);
      const { lineId, pauseAfterMs } = options;
      return { key, sound: () => soundOf(job), finished: finished.then((said) => ({ ...said, lineId, pauseAfterMs })) };
    },
    dispose() {
      for (const { stop } of jobs.values()) stop.abort(new Error('the studio was closed'));
    },
  };
}
