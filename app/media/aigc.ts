/**
 * The implicit mark of AI-made media: one JSON object with seven keys, carried in the file's metadata.
 * Source: China, Measures for Labelling AI-Generated Synthetic Content (2025-09-01) and GB 45438-2025, annex on metadata.
 * Values are ASCII without `"` and `\`, so that the object survives every container's own quoting.
 */

export interface AigcLabel {
  /** '1' is AI-made, '2' may be, '3' is suspected to be. What this studio makes is always '1'. */
  readonly Label: '1' | '2' | '3';
  readonly ContentProducer: string;
  /** Unique to this content. */
  readonly ProduceID: string;
  readonly ReservedCode1: string;
  readonly ContentPropagator: string;
  readonly PropagateID: string;
  readonly ReservedCode2: string;
}

export interface AigcFields {
  contentProducer: string;
  produceId: string;
  reservedCode1?: string;
  /** Left empty for the platform to fill on first making. */
  contentPropagator?: string;
  propagateId?: string;
  reservedCode2?: string;
}

/** The metadata key (MP4 `moov.udta.meta`, Matroska tag) and RIFF chunk id of the label. */
export const AIGC_KEY = 'AIGC';
/** XMP namespace of the label in picture formats, prefix TC260. */
export const AIGC_XMP_NAMESPACE = 'http://www.tc260.org.cn/ns/AIGC/1.0/';

const MAX_VALUE_LENGTH = 256;

/**
 * A value as the standard allows it: printable ASCII, no quotation mark, no backslash, at most 256 characters.
 * Letters outside ASCII keep their base letter where they have one (é → e) and become `_` where they have none.
 */
export function aigcValue(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["\\]/gu, '_')
    .trim()
    .slice(0, MAX_VALUE_LENGTH);
}

/** @throws RangeError when the producer or the id is empty once made ASCII: a label without them marks nothing. */
export function aigcLabel(fields: AigcFields): AigcLabel {
  const contentProducer = aigcValue(fields.contentProducer);
  const produceId = aigcValue(fields.produceId);
  if (contentProducer === '' || /^_+$/.test(contentProducer)) {
    throw new RangeError(`ContentProducer has no ASCII letters: ${JSON.stringify(fields.contentProducer)}`);
  }
  if (produceId === '' || produceId !== fields.produceId) {
    throw new RangeError(`ProduceID must be plain ASCII to stay unique: ${JSON.stringify(fields.produceId)}`);
  }
  return {
    Label: '1',
    ContentProducer: contentProducer,
    ProduceID: produceId,
    ReservedCode1: aigcValue(fields.reservedCode1 ?? ''),
    ContentPropagator: aigcValue(fields.contentPropagator ?? ''),
    PropagateID: aigcValue(fields.propagateId ?? ''),
    ReservedCode2: aigcValue(fields.reservedCode2 ?? ''),
  };
}

/** The bytes to embed: compact JSON, keys in the standard's order. */
export const aigcJson = (label: AigcLabel): string => JSON.stringify(label);
