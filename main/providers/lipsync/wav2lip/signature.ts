/** Which of a file's tensors is which, and whether it is a model of the Wav2Lip family at all. */
import { StudioError } from '../../../../app/errors/index.ts';
import type { OnnxInfo, OnnxSlot } from '../../../../native-models/onnx/protocol.ts';
import { MEL_WINDOW, MELS } from './mel.ts';

export interface Signature {
  mel: string;
  picture: string;
  drawn: string;
  sizePx: number;
  /** Frames at once: the most, or where `fixed` always. */
  batch: number;
  fixed: boolean;
}

/** More at once delay the first and gain nothing. */
const MOST_AT_ONCE = 4;

/** @throws StudioError lips.model-* */
export function readSignature({ inputs, outputs }: OnnxInfo, model: string): Signature {
  const shaped = (slots: readonly OnnxSlot[], ...shape: (number | null)[]): OnnxSlot | undefined =>
    slots.find(
      (slot) =>
        slot.shape.length === shape.length + 1 &&
        shape.every((wanted, i) => wanted === null || slot.shape[i + 1] === wanted),
    );
  const ofUltralight = shaped(inputs, 16, 32, 32) ?? shaped(inputs, 128, 16, 32);
  if (ofUltralight && shaped(inputs, 6, 160, 160)) throw new StudioError('lips.model-ultralight', { model });
  const mel = shaped(inputs, 1, MELS, MEL_WINDOW);
  const picture = shaped(inputs, 6, null, null);
  const drawn = shaped(outputs, 3, null, null);
  const slots = [mel, picture, drawn];
  if (!mel || !picture || !drawn || inputs.length !== 2 || slots.some((slot) => slot?.type !== 'float32')) {
    const told = ({ name, type, shape }: OnnxSlot): string => `${name} ${type} [${shape.join(', ')}]`;
    const found = `${inputs.map(told).join(', ')} → ${outputs.map(told).join(', ')}`;
    throw new StudioError('lips.model-not-wav2lip', { model, found });
  }
  const [, , height, width] = picture.shape;
  if (!isFixed(height) || !isFixed(width) || height !== width) throw new StudioError('lips.model-size-open', { model });
  const fixed = [mel, picture].map(({ shape }) => shape[0]).find(isFixed);
  if (fixed !== undefined && fixed > MOST_AT_ONCE) throw new StudioError('lips.model-batch', { model, batch: fixed });
  return {
    ...{ mel: mel.name, picture: picture.name, drawn: drawn.name, sizePx: height },
    batch: fixed ?? MOST_AT_ONCE,
    fixed: fixed !== undefined,
  };
}

const isFixed = (size: number | string | undefined): size is number => typeof size === 'number' && size > 0;
