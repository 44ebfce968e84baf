declare module '@echogarden/espeak-ng-emscripten' {
  interface EspeakEvent {
    type: 'word' | 'sentence' | 'mark' | 'play' | 'end' | 'msg_terminated' | 'phoneme' | 'samplerate';
    /** Code points from the start of the text, counted from 1. */
    text_position: number;
    word_length: number;
    /** Milliseconds. */
    audio_position: number;
    id?: string | number;
  }
  interface EspeakEngine {
    /** 0 when the voice was found. */
    set_voice(name: string): number;
    set_rate(wordsPerMinute: number): void;
    set_pitch(pitch: number): void;
    set_range(range: number): void;
    set_volume(volume: number): void;
    list_voices(): { name: string; identifier: string; languages: { priority: number; name: string }[] }[];
    /** A pointer to the phoneme mnemonics, NUL-terminated UTF-8; `useIpa` 0 for mnemonics. */
    text_to_phonemes(text: string, useIpa: 0 | 1): { ptr: number };
    /** Returning true from the callback stops the synthesis. PCM is 16-bit at 22,050 Hz. */
    synthesize(text: string, callback: (pcm: Int16Array<ArrayBuffer>, events: EspeakEvent[]) => unknown): void;
  }
  interface EspeakModule {
    HEAPU8: Uint8Array;
    eSpeakNGWorker: new () => EspeakEngine;
  }

  export type { EspeakEngine, EspeakEvent, EspeakModule };
  export default function load(options?: object): Promise<EspeakModule>;
}
