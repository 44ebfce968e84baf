/** What is asked of an ONNX model, and what it answers; `../kit/protocol.ts` carries it. */

/** Execution providers of ONNX Runtime, by its own names. */
export const ONNX_PROVIDERS = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;
export type OnnxProvider = (typeof ONNX_PROVIDERS)[number];

export interface OnnxLoad {
  path: string;
  provider: OnnxProvider;
}

export interface OnnxSlot {
  name: string;
  /** As ONNX Runtime names it: float32, float16, int64 … */
  type: string;
  /** A word, or −1, where the size is the caller's choice. */
  shape: (number | string)[];
}

export interface OnnxInfo {
  inputs: OnnxSlot[];
  outputs: OnnxSlot[];
  /** ONNX Runtime's own version. */
  version: string;
  /** What this build can try on this system; whether it works is found out by loading. */
  providers: OnnxProvider[];
}

export interface OnnxTensor {
  shape: number[];
  data: Float32Array;
}

export type OnnxWork =
  /** Keeps a tensor of one item in the process, so that it need not travel with every request. */
  | { type: 'keep'; name: string; tensor: OnnxTensor }
  | { type: 'forget'; name: string }
  /** `output` comes back as it is, or, of values 0..1, as bytes: value × 255, rounded. */
  | { type: 'run'; feeds: Record<string, OnnxFeed>; output: string; as: 'floats' | 'bytes' };

/** A tensor, or one kept, as often as the batch is large. */
export type OnnxFeed = OnnxTensor | { kept: string; times: number };

export interface OnnxResult {
  shape: number[];
  data: Float32Array | Uint8Array;
  /** What the network itself took. */
  runMs: number;
}

/** Begins the detail of a fault when a kept tensor is missing, as after a restart: keep it again. */
export const NOT_KEPT = 'not kept: ';
/** Is the detail of a fault when a network gives values that are no numbers. */
export const NOT_NUMBERS = 'the network gave values that are no numbers';
