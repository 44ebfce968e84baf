/**
 * The three networks of the MediaPipe face pipeline, from the weights inside `@vladmandic/human`, run by TensorFlow.js on
 * WebAssembly. That library's own wrapper rounds points to whole pixels, leaves z unscaled and mirrors one iris, so the
 * networks are asked directly. Inputs and outputs: https://google.github.io/mediapipe/solutions/models.html#face-detection
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import wasm from '@tensorflow/tfjs-backend-wasm';
import converter from '@tensorflow/tfjs-converter';
import tf from '@tensorflow/tfjs-core';

/** A face box in pixels of the 256-pixel square searched. */
export interface FaceBox {
  centreX: number;
  centreY: number;
  side: number;
  /** Of the line through the eyes. */
  angleRad: number;
  /** 0..1. */
  score: number;
}

export interface FaceNetwork {
  /** `rgb`: 256 × 256 RGB8. */
  boxes(rgb: Uint8Array): FaceBox[];
  /** `rgb`: 192 × 192 RGB8. x, y, z of 468 points in its pixels; score 0..1. */
  mesh(rgb: Uint8Array): { score: number; points: Float32Array };
  /** `rgb`: 64 × 64 RGB8 of one eye, its outer corner to the left. x, y, z of 71 lid points and 5 iris points in its pixels. */
  eye(rgb: Uint8Array): Float32Array;
}

export const BOX_INPUT = 256;
export const MESH_INPUT = 192;
export const EYE_INPUT = 64;

const MIN_BOX_SCORE = 0.3;

const requireHere = createRequire(import.meta.url);

/** Loads runtime and weights from the installed packages: about 0.3 s. Reads the disk only. */
export async function loadFaceNetwork(): Promise<FaceNetwork> {
  const wasmDir = dirname(requireHere.resolve('@tensorflow/tfjs-backend-wasm'));
  wasm.setWasmPaths(`${wasmDir}/`);
  // Threads cost more to start than these small networks take.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js could not start its WebAssembly backend');
  const modelDir = join(dirname(requireHere.resolve('@vladmandic/human')), '..', 'models');
  const [boxModel, meshModel, eyeModel] = await Promise.all([
    loadModel(modelDir, 'blazeface'),
    loadModel(modelDir, 'facemesh'),
    loadModel(modelDir, 'iris'),
  ]);
  const anchors = boxAnchors();

  return {
    boxes(rgb) {
      const [near, far, nearBoxes, farBoxes] = run(boxModel, rgb, BOX_INPUT, 127.5, -1, [
        'Identity',
        'Identity_1',
        'Identity_2',
        'Identity_3',
      ]) as [Float32Array, Float32Array, Float32Array, Float32Array];
      const found: FaceBox[] = [];
      for (let i = 0; i < anchors.length; i++) {
        const late = i - near.length;
        const score = sigmoid(late < 0 ? near[i]! : far[late]!);
        if (score < MIN_BOX_SCORE) continue;
        const values = late < 0 ? nearBoxes.subarray(i * 16) : farBoxes.subarray(late * 16);
        const [ax, ay] = anchors[i]!;
        found.push({
          centreX: values[0]! + ax,
          centreY: values[1]! + ay,
          side: Math.max(values[2]!, values[3]!),
          // Key points: the two eyes first, the one on the picture's left before the other.
          angleRad: Math.atan2(values[7]! - values[5]!, values[6]! - values[4]!),
          score,
        });
      }
      return withoutTwins(found);
    },
    mesh(rgb) {
      const [points, score] = run(meshModel, rgb, MESH_INPUT, 255, 0, ['Identity_2', 'Identity_1']) as [
        Float32Array,
        Float32Array,
      ];
      return { score: Math.max(0, Math.min(1, score[0]!)), points };
    },
    eye(rgb) {
      return run(eyeModel, rgb, EYE_INPUT, 255, 0, ['Identity'])[0]!;
    },
  };
}

async function loadModel(dir: string, name: string): Promise<converter.GraphModel> {
  return await converter.loadGraphModel({
    async load() {
      const model = JSON.parse(await readFile(join(dir, `${name}.json`), 'utf8')) as tf.io.ModelJSON;
      const weights = await readFile(join(dir, `${name}.bin`));
      return await tf.io.getModelArtifactsForJSON(model, async (manifest) => [
        tf.io.getWeightSpecs(manifest),
        weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
      ]);
    },
  });
}

function run(
  model: converter.GraphModel,
  rgb: Uint8Array,
  size: number,
  divisor: number,
  offset: number,
  outputs: string[],
): Float32Array[] {
  const values = new Float32Array(rgb.length);
  for (let i = 0; i < rgb.length; i++) values[i] = rgb[i]! / divisor + offset;
  const results = tf.tidy(() => model.execute(tf.tensor4d(values, [1, size, size, 3]), outputs));
  const tensors = Array.isArray(results) ? results : [results as tf.Tensor];
  return tensors.map((tensor) => {
    const data = tensor.dataSync<'float32'>();
    tensor.dispose();
    return data;
  });
}

/** Centres of the detector's boxes: two a cell on a 16 × 16 grid, then six a cell on 8 × 8. */
function boxAnchors(): [number, number][] {
  const anchors: [number, number][] = [];
  for (const [cells, each] of [
    [16, 2],
    [8, 6],
  ] as const) {
    for (let i = 0; i < cells * cells * each; i++) {
      const cell = Math.floor(i / each);
      const stride = BOX_INPUT / cells;
      anchors.push([((cell % cells) + 0.5) * stride, (Math.floor(cell / cells) + 0.5) * stride]);
    }
  }
  return anchors;
}

function withoutTwins(boxes: FaceBox[]): FaceBox[] {
  const kept: FaceBox[] = [];
  for (const box of boxes.toSorted((a, b) => b.score - a.score)) {
    const twin = kept.some(
      (k) => Math.hypot(k.centreX - box.centreX, k.centreY - box.centreY) < 0.5 * Math.max(k.side, box.side),
    );
    if (!twin) kept.push(box);
  }
  return kept;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
