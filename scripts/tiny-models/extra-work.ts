/** Arithmetic that changes nothing worth hearing: gives a tiny model the running time of a real one, for measuring what is added around it. */
import { floats, type OnnxGraph } from './onnx.ts';

export interface Work {
  width: number;
  layers: number;
}

/** A stack of dense layers over every element of `name`, added back at a billionth of its size. */
export function extraWork(graph: OnnxGraph, name: string, { width, layers }: Work): string {
  let random = 12_345;
  const weights = (rows: number, columns: number): string => {
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < data.length; i++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      data[i] = (random / 0x7fffffff - 0.5) / Math.sqrt(rows);
    }
    return graph.constant(floats([rows, columns], data));
  };
  const column = graph.node('Unsqueeze', [name, graph.constant({ type: 'int64', shape: [1], data: [-1] })]);
  let hidden = graph.node('MatMul', [column, weights(1, width)]);
  for (let i = 0; i < layers; i++) hidden = graph.node('Tanh', [graph.node('MatMul', [hidden, weights(width, width)])]);
  const rest = graph.node('MatMul', [hidden, weights(width, 1)]);
  const flat = graph.node('Squeeze', [rest, graph.constant({ type: 'int64', shape: [1], data: [-1] })]);
  return graph.node('Add', [name, graph.node('Mul', [flat, graph.constant(floats([], [1e-9]))])]);
}
