/**
 * Speaking a line instead of typing it. Sentences become part of the document when they are final, all of one dictation as one step of
 * undo; until then they are shown behind the line's text.
 */
import { createStore } from 'zustand/vanilla';
import { DICTATION_SAMPLE_RATE } from '../../../../app/contract/dictation.ts';
import { asInt16, createToRate } from '../../../../app/media/to-rate.ts';
import { escapeScriptText } from '../../../../app/speech/script/escape.ts';
import { rpc } from '../../../bridge/index.ts';
import { language } from '../../../state/language.ts';
import { previewControls } from '../../../state/preview-store.ts';
import { openDocument, sealEdit } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { showToast } from '../../../state/toasts.ts';
import { type Microphone, MicrophoneError, openMicrophone } from '../../voice/record/microphone.ts';
import { microphoneWords } from '../../voice/record/microphone-words.ts';
import { changeText } from '../line-edits.ts';
import { lineOf } from '../lines-index.ts';
import { stopListening } from '../listen.ts';
import { listeningRequest } from './listening.ts';

export interface Dictating {
  lineId: string | null;
  /** `ending`: the microphone is off, and the last words are still on their way. */
  phase: 'off' | 'opening' | 'listening' | 'ending';
  /** Of the sentence that is being said. */
  partial: string;
}
const OFF: Dictating = { lineId: null, phase: 'off', partial: '' };
export const dictateStore = createStore<Dictating>(() => OFF);

/** 100 ms. */
const PIECE = DICTATION_SAMPLE_RATE / 10;

let finishNow: (() => void) | null = null;

/** Begins to listen for this line, or ends it where it is listened to. */
export async function toggleDictation(lineId: string): Promise<void> {
  const same = dictateStore.getState().lineId === lineId;
  if (finishNow !== null) {
    finishNow();
    if (same) return;
  }
  if (dictateStore.getState().phase !== 'off') return;
  const document = openDocument();
  const line = document && lineOf(document, lineId);
  if (!document || !line) return;
  stopListening();
  previewControls()?.pause();
  dictateStore.setState({ lineId, phase: 'opening', partial: '' });
  const abort = new AbortController();
  const sender = new SoundSender();
  let microphone: Microphone | null = null;
  const finish = (): void => {
    microphone?.close();
    finishNow = null;
    dictateStore.setState({ phase: 'ending' });
    sender.finish();
  };
  finishNow = () => {
    // Nothing was said yet, and nobody waits for anything.
    if (microphone === null) abort.abort(new Error('stopped'));
    finish();
  };
  const mergeKey = `script.dictate:${lineId}:${crypto.randomUUID()}`;
  try {
    microphone = await openMicrophone({
      ...{ deviceId: null, cleaned: true, onSamples: (samples) => sender.add(samples) },
      onLost: () => {
        tellFault('lost');
        finishNow?.();
      },
    });
    sender.rate = microphone.sampleRate;
    if (abort.signal.aborted) return;
    const voiceId = line.voiceId ?? document.voice.voiceId;
    const events = await rpc.dictation.listen(listeningRequest(voiceId), { signal: abort.signal });
    for await (const event of events) {
      if (event.type === 'ready') {
        sender.open(event.session, (error) => {
          showErrorToast(error);
          abort.abort(error);
        });
        if (dictateStore.getState().phase === 'opening') dictateStore.setState({ phase: 'listening' });
      } else if (event.type === 'partial') dictateStore.setState({ partial: event.text });
      else {
        dictateStore.setState({ partial: '' });
        addSaid(lineId, event.text, mergeKey);
      }
    }
  } catch (error) {
    if (abort.signal.aborted) return;
    if (error instanceof MicrophoneError) tellFault(error.fault);
    else showErrorToast(error);
  } finally {
    microphone?.close();
    finishNow = null;
    abort.abort(new Error('over'));
    sealEdit();
    dictateStore.setState(OFF);
  }
}

function tellFault(fault: MicrophoneError['fault']): void {
  const { t } = language();
  const { message, hint } = microphoneWords(fault);
  showToast({ tone: 'error', message: t.any(message), hint: t.any(hint) });
}

/** Words of scripts with blanks between them get one. */
export const joint = (before: string, after: string): string =>
  /[\p{Script=Latin}\p{Nd}.,;:!?]$/u.test(before) && /^[\p{Script=Latin}\p{Nd}]/u.test(after) ? ' ' : '';

function addSaid(lineId: string, said: string, mergeKey: string): void {
  const document = openDocument();
  const line = document && lineOf(document, lineId);
  if (!line) return;
  const words = escapeScriptText(said.trim());
  const text = line.text.trimEnd();
  changeText('script.stepDictate', lineId, text + joint(text, words) + words, mergeKey);
}

/** The microphone's sound, in pieces of the studio's rate, one after the other; what is said before the studio listens waits. */
class SoundSender {
  rate = 48_000;
  #toRate: ReturnType<typeof createToRate> | null = null;
  #samples: Int16Array<ArrayBuffer>[] = [];
  #length = 0;
  #pieces: string[] = [];
  #sent = 0;
  #session: string | null = null;
  #onFault: (error: unknown) => void = () => {};
  #finished = false;
  #sending = false;

  add(samples: Float32Array): void {
    if (this.#finished) return;
    this.#toRate ??= createToRate(this.rate, DICTATION_SAMPLE_RATE);
    this.#take(asInt16(this.#toRate.push(samples)), false);
  }

  open(session: string, onFault: (error: unknown) => void): void {
    this.#session = session;
    this.#onFault = onFault;
    void this.#send();
  }

  finish(): void {
    if (this.#finished) return;
    if (this.#toRate !== null) this.#take(asInt16(this.#toRate.end()), true);
    this.#finished = true;
    void this.#send();
  }

  #take(samples: Int16Array<ArrayBuffer>, all: boolean): void {
    this.#samples.push(samples);
    this.#length += samples.length;
    if (this.#length < PIECE && !all) return;
    if (this.#length > 0) this.#pieces.push(base64Of(this.#samples, this.#length));
    this.#samples = [];
    this.#length = 0;
    void this.#send();
  }

  async #send(): Promise<void> {
    const session = this.#session;
    if (session === null || this.#sending) return;
    this.#sending = true;
    try {
      for (let pcm = this.#pieces.shift(); pcm !== undefined; pcm = this.#pieces.shift())
        await rpc.dictation.sound({ session, index: this.#sent++, pcm });
      if (this.#finished) await rpc.dictation.finish({ session, pieces: this.#sent });
    } catch (error) {
      this.#pieces = [];
      this.#onFault(error);
    } finally {
      this.#sending = false;
    }
    if (this.#pieces.length > 0) void this.#send();
  }
}

function base64Of(parts: readonly Int16Array[], length: number): string {
  const bytes = new DataView(new ArrayBuffer(length * 2));
  let at = 0;
  for (const part of parts)
    for (const sample of part) {
      bytes.setInt16(at, sample, true);
      at += 2;
    }
  let text = '';
  for (let i = 0; i < bytes.byteLength; i++) text += String.fromCharCode(bytes.getUint8(i));
  return btoa(text);
}
