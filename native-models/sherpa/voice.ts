/** Speaking: one request after the other, each sentence told as soon as it is made. */
import sherpa, { type OfflineTts } from 'sherpa-onnx-node';
import type { ModelIo, ServedModel } from '../kit/serve.ts';
import { voiceConfig } from './families.ts';
import { freeNow } from './free-now.ts';
import { orAborted } from './or-aborted.ts';
import type { SherpaSettings, SpeakWork, VoiceInfo } from './protocol.ts';

type VoiceSettings = Extract<SherpaSettings, { kind: 'voice' }>;

export async function openVoice({ voice, threads }: VoiceSettings): Promise<{ model: ServedModel; info: VoiceInfo }> {
  // Beside this thread, so that the process is heard of meanwhile.
  const loaded = await sherpa.OfflineTts.createAsync(voiceConfig(voice, threads));
  const info: VoiceInfo = { speakers: Math.max(1, loaded.numSpeakers), sampleRate: loaded.sampleRate };
  let tts: OfflineTts | null = loaded;
  /** What reads the text keeps its state in globals. */
  let last: Promise<unknown> = Promise.resolve();

  const speak = async ({ text, speaker, speed }: SpeakWork, { emit, signal }: ModelIo): Promise<null> => {
    signal.throwIfAborted();
    const own = tts!;
    let told = 0;
    const { samples } = await own.generateAsync({
      ...{ text, sid: speaker, speed, enableExternalBuffer: false },
      onProgress({ samples: sentence }) {
        if (signal.aborted) return 0;
        told += sentence.length;
        emit(sentence);
        return 1;
      },
    });
    signal.throwIfAborted();
    // What was not told as it was made.
    if (samples.length > told) emit(samples.subarray(told));
    return null;
  };

  const model: ServedModel = {
    run(work, io) {
      const mine = last.then(() => speak(work as SpeakWork, io));
      last = mine.catch(() => undefined);
      // A sentence that is being made cannot be stopped; nobody waits for it.
      return orAborted(mine, io.signal);
    },
    async dispose() {
      await last;
      tts = null;
      freeNow();
    },
  };
  return { model, info };
}
