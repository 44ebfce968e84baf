/**
 * Networks with the signature of Wav2Lip: mel [n, 1, 80, 16] and picture [n, 6, S, S] (lower half black, then the whole; BGR, 0..1)
 * in, picture [n, 3, S, S] out.
 */
import { type Dimension, floats, int64s, OnnxGraph } from './onnx.ts';

interface Wav2LipShape {
  sizePx?: number;
  /** A number where a file fixes it. */
  batch?: Dimension;
  /** As the community's files have them. */
  names?: { mel: string; picture: string; drawn: string };
  /** Which half of the picture's channels comes first; the masked one as Wav2Lip was trained. */
  maskedFirst?: boolean;
}

const NAMES = { mel: 'mel_spectrogram', picture: 'video_frames', drawn: 'predicted_frames' };

/**
 * The architecture of Wav2Lip-96 (github.com/Rudrabha/Wav2Lip models/wav2lip.py, batch normalisation folded in): 36.3 million
 * parameters, here drawn by lot from `seed`. For measuring speed; what it draws is noise. 145 MB.
 */
export function randomWav2Lip(seed: number): Uint8Array {
  const graph = new OnnxGraph('wav2lip');
  const random = deviates(seed);
  const weights = (shape: readonly number[], inputs: number): string => {
    // Scaled so that neither sums nor gradients of such depth run away: He et al. 2015.
    const scale = Math.sqrt(2 / inputs);
    const count = shape.reduce((a, b) => a * b, 1);
    return graph.constant(floats(shape, random(count, scale)));
  };
  const bias = (count: number): string => graph.constant(floats([count], new Float32Array(count)));
  const conv = (x: string, [from, to]: Pair, kernel: number, stride: Pair, pad: number, residual = false): string => {
    const attributes = { kernel_shape: [kernel, kernel], strides: stride, pads: [pad, pad, pad, pad] };
    const inputs = from * kernel * kernel * (residual ? 4 : 1);
    const sum = graph.node('Conv', [x, weights([to, from, kernel, kernel], inputs), bias(to)], attributes);
    return graph.node('Relu', [residual ? graph.node('Add', [sum, x]) : sum]);
  };
  const same = (x: string, channels: number, times: number): string => {
    let out = x;
    for (let i = 0; i < times; i++) out = conv(out, [channels, channels], 3, [1, 1], 1, true);
    return out;
  };
  const grow = (x: string, [from, to]: Pair, first: boolean): string => {
    const attributes = first
      ? { kernel_shape: [3, 3], strides: [1, 1], pads: [0, 0, 0, 0] }
      : { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] };
    const inputs = [x, weights([from, to, 3, 3], (from * 9) / (first ? 9 : 4)), bias(to)];
    return graph.node('Relu', [graph.node('ConvTranspose', inputs, attributes)]);
  };

  let sound = graph.input(NAMES.mel, 'float', ['n', 1, 80, 16]);
  sound = same(conv(sound, [1, 32], 3, [1, 1], 1), 32, 2);
  sound = same(conv(sound, [32, 64], 3, [3, 1], 1), 64, 2);
  sound = same(conv(sound, [64, 128], 3, [3, 3], 1), 128, 2);
  sound = same(conv(sound, [128, 256], 3, [3, 2], 1), 256, 1);
  sound = conv(conv(sound, [256, 512], 3, [1, 1], 0), [512, 512], 1, [1, 1], 0);

  const seen = [conv(graph.input(NAMES.picture, 'float', ['n', 6, 96, 96]), [6, 16], 7, [1, 1], 3)];
  for (const [channels, times] of [
    [[16, 32], 2],
    [[32, 64], 3],
    [[64, 128], 2],
    [[128, 256], 2],
    [[256, 512], 1],
  ] as const)
    seen.push(same(conv(seen.at(-1)!, channels, 3, [2, 2], 1), channels[1], times));
  seen.push(conv(conv(seen.at(-1)!, [512, 512], 3, [1, 1], 0), [512, 512], 1, [1, 1], 0));

  const join = (x: string): string => graph.node('Concat', [x, seen.pop()!], { axis: 1 });
  let drawn = join(conv(sound, [512, 512], 1, [1, 1], 0));
  for (const [i, [channels, times]] of (
    [
      [[1024, 512], 1],
      [[1024, 512], 2],
      [[768, 384], 2],
      [[512, 256], 2],
      [[320, 128], 2],
      [[160, 64], 2],
    ] as const
  ).entries())
    drawn = join(same(grow(drawn, channels, i === 0), channels[1], times));
  drawn = conv(drawn, [80, 32], 3, [1, 1], 1);
  drawn = graph.node('Conv', [drawn, weights([3, 32, 1, 1], 32), bias(3)], { kernel_shape: [1, 1] });
  graph.node('Sigmoid', [drawn], {}, NAMES.drawn);
  graph.output(NAMES.drawn, 'float', ['n', 3, 96, 96]);
  return graph.model();
}

/** What the analytic network makes of a window: its mouth's opening 0..1 is the mean of these columns, from −4 to 4. */
export const HEARD_COLUMNS = [0, 3] as const;
/** Colour of its open mouth, B, G, R. */
export const MOUTH_BGR = [0.75, 0.15, 0.3] as const;
/** Its mouth: an ellipse, in shares of the picture; the height belongs to an opening of 1. */
export const MOUTH_SHAPE = { x: 0.5, y: 0.72, halfWidth: 0.15, halfHeight: 0.09 } as const;

/**
 * A network that can be reckoned: above, the picture it was given masked; below, the picture it was given whole, with a mouth
 * in it whose opening is the mean mel energy of the window's first columns.
 */
export function analyticWav2Lip({
  sizePx = 96,
  batch = 'n',
  names = NAMES,
  maskedFirst = true,
}: Wav2LipShape = {}): Uint8Array {
  const graph = new OnnxGraph('analytic-wav2lip');
  const mel = graph.input(names.mel, 'float', [batch, 1, 80, 16]);
  const picture = graph.input(names.picture, 'float', [batch, 6, sizePx, sizePx]);
  const plane = (value: (x: number, y: number) => number): string =>
    graph.constant(
      floats(
        [1, 1, sizePx, sizePx],
        Float32Array.from({ length: sizePx * sizePx }, (_, i) => value(i % sizePx, Math.floor(i / sizePx))),
      ),
    );
  const scalar = (value: number): string => graph.constant(floats([1], [value]));
  const part = (x: string, axis: number, [from, to]: Pair): string =>
    graph.node('Slice', [x, ...[[from], [to], [axis]].map((each) => graph.constant(int64s([1], each)))]);
  const energy = graph.node('ReduceMean', [part(mel, 3, [HEARD_COLUMNS[0], HEARD_COLUMNS[1] + 1])], {
    axes: [1, 2, 3],
    keepdims: 1,
  });
  const opening = graph.node('Mul', [graph.node('Add', [energy, scalar(4)]), scalar(1 / 8)]);
  const { x: centreX, y: centreY, halfWidth, halfHeight } = MOUTH_SHAPE;
  // How high the mouth reaches at each place, and how far off its middle line that is: in pixels, so that its edge is soft.
  const reach = plane((x) => {
    const across = ((x + 0.5) / sizePx - centreX) / halfWidth;
    return Math.abs(across) >= 1 ? 0 : Math.sqrt(1 - across * across) * halfHeight * sizePx;
  });
  const off = plane((x, y) =>
    Math.abs((x + 0.5) / sizePx - centreX) >= halfWidth ? sizePx : Math.abs(y + 0.5 - centreY * sizePx),
  );
  const edge = graph.node('Sub', [graph.node('Mul', [opening, reach]), off]);
  const inside = graph.node('Clip', [graph.node('Add', [edge, scalar(0.5)]), scalarOf(graph, 0), scalarOf(graph, 1)]);
  const lower = plane((_, y) => (y * 2 >= sizePx ? 1 : 0));
  const upper = plane((_, y) => (y * 2 >= sizePx ? 0 : 1));
  const skin = graph.node('Add', [
    graph.node('Mul', [part(picture, 1, maskedFirst ? [0, 3] : [3, 6]), upper]),
    graph.node('Mul', [part(picture, 1, maskedFirst ? [3, 6] : [0, 3]), lower]),
  ]);
  const colour = graph.constant(floats([1, 3, 1, 1], MOUTH_BGR));
  const shown = graph.node('Mul', [graph.node('Sub', [colour, skin]), inside]);
  graph.node('Add', [skin, shown], {}, names.drawn);
  graph.output(names.drawn, 'float', [batch, 3, sizePx, sizePx]);
  return graph.model();
}

type Pair = readonly [number, number];

const scalarOf = (graph: OnnxGraph, value: number): string => graph.constant(floats([], [value]));

/** Deviates of that spread round 0, the same for a seed on every machine: xorshift. */
function deviates(seed: number): (count: number, spread: number) => Float32Array {
  let state = seed | 0 || 1;
  return (count, spread) => {
    // Of evenly spread numbers a twelfth of the squared width is the variance.
    const scale = (spread * Math.sqrt(12)) / 4_294_967_296;
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      out[i] = state * scale;
    }
    return out;
  };
}
