/** The microphone: opened, metered, recorded as PCM. Whoever opens it closes it. */
import captureUrl from './capture-worklet.ts?worker&url';
import { type Recorded, recordedOf, toInt16 } from './wav-blob.ts';

export type MicrophoneFault = 'denied' | 'absent' | 'busy' | 'insecure' | 'lost';

export class MicrophoneError extends Error {
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault, cause?: unknown) {
    super(`The microphone cannot be used: ${fault}`, { cause });
    this.name = 'MicrophoneError';
    this.fault = fault;
  }
}

export interface Microphone {
  /** The device in use; its name is known only once it may be used. */
  readonly deviceId: string;
  readonly sampleRate: number;
  start(onPiece: (piece: Int16Array<ArrayBuffer>) => void): void;
  /** What has been said since `start`; null where that is nothing. */
  stop(): Recorded | null;
  close(): void;
}

export interface MicrophoneOptions {
  /** null: whichever the system prefers. */
  deviceId: string | null;
  /** Let the browser take away noise and even out the level. */
  cleaned: boolean;
  onSamples: (samples: Float32Array) => void;
  /** It was pulled out, or taken away. */
  onLost: () => void;
}

const FAULTS: Readonly<Record<string, MicrophoneFault>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** @throws MicrophoneError */
export async function openMicrophone({ deviceId, cleaned, onSamples, onLost }: MicrophoneOptions): Promise<Microphone> {
  // Browsers hide it on pages that others could have changed on the way.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new MicrophoneError('insecure');
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({
      audio: {
        ...(deviceId !== null && { deviceId: { exact: deviceId } }),
        channelCount: 1,
        echoCancellation: cleaned,
        noiseSuppression: cleaned,
        autoGainControl: cleaned,
      },
    });
  } catch (error) {
    throw new MicrophoneError((error instanceof DOMException && FAULTS[error.name]) || 'busy', error);
  }
  const context = new AudioContext({ latencyHint: 'interactive' });
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  try {
    await context.audioWorklet.addModule(captureUrl);
    await context.resume();
  } catch (error) {
    close();
    throw new MicrophoneError('busy', error);
  }
  const [track] = stream.getAudioTracks();
  track?.addEventListener('ended', () => !closed && onLost());
  const capture = new AudioWorkletNode(context, 'shenghua-capture', { numberOfOutputs: 0 });
  let pieces: Int16Array<ArrayBuffer>[] | null = null;
  let hand: (piece: Int16Array<ArrayBuffer>) => void = () => {};
  capture.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    if (closed) return;
    if (pieces !== null) {
      const piece = toInt16(data);
      pieces.push(piece);
      hand(piece);
    }
    onSamples(data);
  };
  context.createMediaStreamSource(stream).connect(capture);
  return {
    deviceId: track?.getSettings().deviceId ?? '',
    sampleRate: context.sampleRate,
    start(onPiece) {
      pieces = [];
      hand = onPiece;
    },
    stop() {
      const said = pieces ?? [];
      pieces = null;
      return said.length === 0 ? null : recordedOf(said, context.sampleRate);
    },
    close,
  };
}

/** Those that may be chosen; their names are empty until one may be used. */
export async function listMicrophones(): Promise<MediaDeviceInfo[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  return ((await devices?.enumerateDevices()) ?? []).filter(
    ({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '',
  );
}
