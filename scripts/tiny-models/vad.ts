/** A voice detector with the interface of Silero VAD 4 that judges by loudness: speech is what is louder than −40 dB, and 150 ms after it. */
import { floats, int64s, OnnxGraph } from './onnx.ts';

const QUIET = Math.log(1e-4);
const STEEPNESS = 4;
/** What is left of it after a window of 32 ms. */
const FADING = 0.87;

export function tinyVad(): Uint8Array {
  const graph = new OnnxGraph('vad');
  const sound = graph.input('input', 'float', [1, 'samples']);
  graph.input('sr', 'int64', [1]);
  const h = graph.input('h', 'float', [2, 1, 64]);
  const c = graph.input('c', 'float', [2, 1, 64]);
  const scalar = (value: number): string => graph.constant(floats([1, 1], [value]));
  const power = graph.node('ReduceMean', [graph.node('Mul', [sound, sound])], { axes: [1], keepdims: 1 });
  const loudness = graph.node('Log', [graph.node('Add', [power, scalar(1e-7)])]);
  const above = graph.node('Mul', [graph.node('Sub', [loudness, scalar(QUIET)]), scalar(STEEPNESS)]);
  const now = graph.node('Sigmoid', [above]);
  const before = graph.node('ReduceMax', [h], { axes: [0, 2], keepdims: 0 });
  const fading = graph.node('Mul', [
    graph.node('Reshape', [before, graph.constant(int64s([2], [1, 1]))]),
    scalar(FADING),
  ]);
  const speech = graph.node('Max', [now, fading], {}, 'output');
  graph.node('Expand', [speech, graph.constant(int64s([3], [2, 1, 64]))], {}, 'hn');
  graph.node('Identity', [c], {}, 'cn');
  graph.output('output', 'float', [1, 1]);
  graph.output('hn', 'float', [2, 1, 64]);
  graph.output('cn', 'float', [2, 1, 64]);
  return graph.model();
}
