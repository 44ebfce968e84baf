/**
 * The thread eSpeak NG lives in. Requests are answered one after another; synthesis is stopped from outside through
 * `cancelledUpTo`. A fault inside the engine ends the thread: its memory can no longer be trusted.
 */
import { parentPort, workerData } from 'node:worker_threads';
import load, { type EspeakEngine, type EspeakEvent, type EspeakModule } from '@echogarden/espeak-ng-emscripten';
import { type EngineText, engineText } from './engine-text.ts';
import type { PhoneEvent } from './phones.ts';
import type {
  ClauseJob,
  ClauseSound,
  EngineReply,
  EngineRequest,
  EngineThreadData,
  EngineVoice,
  Mark,
} from './protocol.ts';

const port = parentPort!;
const cancelledUpTo = new Int32Array((workerData as EngineThreadData).cancelledUpTo);
/** Leaves head room: at 100 the engine's Mandarin is clipped by its own limiter. */
const ENGINE_VOLUME = 55;
const READINGS_KEPT = 4000;

// The engine seeds the noise of breathy voices from the clock: here the same noise every time. This thread is its alone.
const clock = Date.now;
Date.now = () => 0;
const module: EspeakModule = await load();
const engine: EspeakEngine = await new module.eSpeakNGWorker();
Date.now = clock;
/** The binding keeps its buffer for strings outside the engine's memory: made large enough once (the engine stops at the NUL), it never moves again. */
const LONGEST_TEXT_BYTES = 32_768;
engine.set_voice('en-us');
for (let i = 0; i < 3; i++) engine.text_to_phonemes(`a\0${'b'.repeat(LONGEST_TEXT_BYTES)}`, 0);
/**
 * The engine carries its flutter and phase from one text to the next: the same words would sound and be timed a little
 * differently each time. Every clause therefore begins from the memory as it was here (17 MB, 3 ms).
 */
const pristine = module.HEAPU8.slice();
const readings = new Map<string, string>();

function reset(voice: string): void {
  module.HEAPU8.set(pristine);
  module.HEAPU8.fill(0, pristine.length);
  if (engine.set_voice(voice) !== 0) throw new Error(`no voice ${voice}`);
}

function readMandarin(text: string): string {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const { ptr } = engine.text_to_phonemes(text, 0);
  let end = ptr;
  while (module.HEAPU8[end] !== 0) end += 1;
  const reading = new TextDecoder().decode(module.HEAPU8.slice(ptr, end));
  if (readings.size >= READINGS_KEPT) readings.clear();
  readings.set(text, reading);
  return reading;
}

function listVoices(): EngineVoice[] {
  return engine.list_voices().map(({ name, identifier, languages }) => ({
    name,
    identifier,
    languages: languages.map((language) => language.name),
  }));
}

/** Null when it was cancelled on the way. */
function speak(job: ClauseJob, id: number): ClauseSound | null {
  reset(job.voice);
  engine.set_rate(job.rate);
  engine.set_pitch(job.pitch);
  engine.set_range(job.range);
  engine.set_volume(ENGINE_VOLUME);
  const spoken = engineText(job, readMandarin);
  if (Buffer.byteLength(spoken.text) >= LONGEST_TEXT_BYTES) throw new Error('a clause is too long');
  const chunks: Int16Array<ArrayBuffer>[] = [];
  const events: EspeakEvent[] = [];
  let stopped = false;
  engine.synthesize(spoken.text, (pcm, news) => {
    chunks.push(pcm);
    for (const event of news) events.push(event);
    stopped = Atomics.load(cancelledUpTo, 0) >= id;
    return stopped;
  });
  if (stopped) return null;
  const pcm = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    pcm.set(chunk, at);
    at += chunk.length;
    chunk.buffer.transfer(0); // given back now, not when the collector comes
  }
  return { pcm, ...timings(events, spoken) };
}

function timings(events: readonly EspeakEvent[], spoken: EngineText): { phones: PhoneEvent[]; marks: Mark[] } {
  const phones: PhoneEvent[] = [];
  const marks: Mark[] = [];
  /** Inside a word said by mnemonics: its first character, and the sounds still to come of the character reached. */
  let word: { first: number; counts: number[]; reached: number; left: number } | null = null;
  for (const event of events) {
    if (event.type === 'word') {
      const index = spoken.characterAt[event.text_position - 1] ?? -1;
      const counts = spoken.sounds.get(index);
      word = counts ? { first: index, counts, reached: -1, left: 0 } : null;
      if (!word && index >= 0 && marks.at(-1)?.index !== index) marks.push({ index, atMs: event.audio_position });
    } else if (event.type === 'phoneme' && typeof event.id === 'string') {
      const isSound = event.id !== '' && !event.id.startsWith('(');
      if (word && isSound) {
        while (word.left === 0 && word.reached + 1 < word.counts.length) {
          word.reached += 1;
          word.left = word.counts[word.reached]!;
          if (word.left > 0) marks.push({ index: word.first + word.reached, atMs: event.audio_position });
        }
        word.left = Math.max(0, word.left - 1);
      }
      phones.push({ id: event.id, atMs: event.audio_position });
    }
  }
  return { phones, marks };
}

port.on('message', (request: EngineRequest) => {
  const { id } = request;
  const reply = (message: EngineReply, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  try {
    if (Atomics.load(cancelledUpTo, 0) >= id) reply({ id, type: 'cancelled' });
    else if (request.type === 'voices') reply({ id, type: 'voices', voices: listVoices() });
    else {
      const sound = speak(request.job, id);
      if (sound) reply({ id, type: 'clause', sound }, [sound.pcm.buffer as ArrayBuffer]);
      else reply({ id, type: 'cancelled' });
    }
  } catch (error) {
    reply({ id, type: 'failed', detail: error instanceof Error ? error.message : String(error) });
    setImmediate(() => process.exit(1));
  }
});
