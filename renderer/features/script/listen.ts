/**
 * Hearing one line at once: its sound is played while it is still being spoken. An audio element waits until it has buffered
 * enough of a stream; here the first piece sounds when it comes.
 */
import { createStore } from 'zustand/vanilla';
import { mediaUrl, rpc } from '../../bridge/index.ts';
import { previewControls } from '../../state/preview-store.ts';
import { projectStore } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { leaveSound, takeSound } from '../../state/sounding.ts';
import { tellLength } from './durations.ts';
import { lineOf } from './lines-index.ts';
import { createWavReader } from './wav-stream.ts';

export interface Listening {
  lineId: string | null;
  /** `starting`: asked for, nothing heard yet. */
  phase: 'silent' | 'starting' | 'playing';
}
export const listenStore = createStore<Listening>(() => ({ lineId: null, phase: 'silent' }));
const SILENT: Listening = { lineId: null, phase: 'silent' };

/** Enough for the sound card; more would only be heard as delay. */
const LEAD_S = 0.02;
let context: AudioContext | null = null;
let stopNow: (() => void) | null = null;

export function stopListening(): void {
  stopNow?.();
  stopNow = null;
  listenStore.setState(SILENT);
}

/** Plays the line, or stops it where it is being played. The time to the first sound is the measure `script.first-sound`. */
export async function toggleListening(lineId: string): Promise<void> {
  const same = listenStore.getState().lineId === lineId;
  stopListening();
  if (same) return;
  previewControls()?.pause();
  const { id: projectId } = projectStore().getState();
  if (projectId === null) return;
  const asked = performance.now();
  const abort = new AbortController();
  const sources = new Set<AudioBufferSourceNode>();
  const stop = (): void => {
    abort.abort(new Error('stopped'));
    for (const source of sources) source.stop();
  };
  stopNow = stop;
  takeSound(stopListening);
  listenStore.setState({ lineId, phase: 'starting' });
  context ??= new AudioContext({ latencyHint: 'interactive' });
  try {
    const resumed = context.resume();
    // What is heard is what has been typed up to now.
    await projectStore().flush();
    abort.signal.throwIfAborted();
    const { path } = await rpc.script.listen(
      { source: { kind: 'project', projectId, lineId } },
      { signal: abort.signal },
    );
    const response = await fetch(mediaUrl(path), { signal: abort.signal });
    if (!response.ok || response.body === null) throw new Error(`${path}: ${response.status}`);
    await resumed;
    await play(response.body, context, sources, () => {
      if (abort.signal.aborted) return;
      performance.measure('script.first-sound', { start: asked, end: performance.now() });
      listenStore.setState({ lineId, phase: 'playing' });
    });
    if (abort.signal.aborted) return;
    if (listenStore.getState().phase === 'starting') await explainSilence(projectId, lineId);
  } catch (error) {
    if (abort.signal.aborted) return;
    showErrorToast(error);
  } finally {
    if (stopNow === stop) {
      stopNow = null;
      leaveSound(stopListening);
      listenStore.setState(SILENT);
      void learnLength(projectId, lineId);
    }
  }
}

/** Resolves when the last piece has been heard. */
async function play(
  body: ReadableStream<Uint8Array>,
  context: AudioContext,
  sources: Set<AudioBufferSourceNode>,
  onFirst: () => void,
): Promise<void> {
  const read = createWavReader();
  const stream = body.getReader();
  let nextAt = 0;
  let heard: Promise<void> = Promise.resolve();
  for (let { done, value } = await stream.read(); !done; { done, value } = await stream.read()) {
    const come = read(value!);
    if (come === null || come.samples.length === 0) continue;
    const buffer = context.createBuffer(1, come.samples.length, come.sampleRate);
    buffer.copyToChannel(come.samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    if (nextAt === 0) onFirst();
    nextAt = Math.max(nextAt, context.currentTime + LEAD_S);
    source.start(nextAt);
    nextAt += buffer.duration;
    sources.add(source);
    heard = new Promise((resolve) => {
      source.onended = () => {
        sources.delete(source);
        resolve();
      };
    });
  }
  await heard;
}

/** A line that gave no sound has a reason, which speaking it as a whole tells. */
async function explainSilence(projectId: string, lineId: string): Promise<void> {
  await rpc.script.speakLine({ source: { kind: 'project', projectId, lineId } });
}

async function learnLength(projectId: string, lineId: string): Promise<void> {
  const document = projectStore().getState().document;
  const line = document === null ? undefined : lineOf(document, lineId);
  if (document === null || line === undefined) return;
  const { voice, emotions } = document;
  const { dictionary } = document.script;
  const known = await rpc.script.estimate({ lines: [line], voice, dictionary, emotions }).catch(() => []);
  if (projectStore().getState().id === projectId && known[0]?.measured) tellLength(line, known[0].durationMs);
}
