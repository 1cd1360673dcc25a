// A first call with random rows, to see what an output's numbers look like.
import { denseMatrix, type Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_PROBE } from '../kernels/streams.ts';
import type { Binding } from './binding.ts';
import { type Feeder, openFeeder } from './feeds.ts';
import type { GraphTensor } from './onnx-graph.ts';
import type { Probe } from './output-convention.ts';
import type { Call } from './session.ts';
import type { Floats } from './tensors.ts';

const PROBE_ROWS = 32;

/**
 * What the output holds for random rows: numbers uniform in -3 .. 3 and then wider, so that a logit leaves 0 .. 1;
 * texts from the model's own. A model of texts may refuse them: then the probe has no values.
 */
export async function probeOutput(
  { ort, binding, graph, name }: Pick<Call, 'ort' | 'binding' | 'graph' | 'name'>,
  output: GraphTensor,
  run: (feed: Feeder, rows: number) => Promise<Floats>,
): Promise<Probe> {
  const source = words(1, STREAM_PROBE, 0);
  const rows = binding.batch ?? PROBE_ROWS;
  const all: number[] = [];
  let outputs = 1;
  for (const bound of [3, 30]) {
    const drawn =
      binding.takes === 'matrix'
        ? randomMatrix(binding, rows, bound, source)
        : randomColumns(binding.inputs, graph.texts, rows, bound, source);
    const answer = await run(openFeeder(ort, binding, graph, drawn, name), rows).catch((error: unknown) => {
      if (binding.takes === 'columns') return undefined;
      throw error;
    });
    if (!answer) {
      const [, columns = 1] = output.shape;
      return { width: typeof columns === 'number' ? columns : 1, values: new Float64Array(0) };
    }
    outputs = answer.dims.reduce((a, b) => a * b, 1) / rows;
    for (let i = 0; i < answer.values.length; i++) all.push(answer.values[i] as number);
  }
  return { width: outputs, values: Float64Array.from(all) };
}

function drawNumber(source: Iterator<number>, bound: number, type: string): number {
  const x = (source.next().value / 2 ** 31 - 1) * bound;
  return type.startsWith('int') ? Math.round(x) : x;
}

function randomMatrix(
  { input, width }: Extract<Binding, { takes: 'matrix' }>,
  rows: number,
  bound: number,
  source: Iterator<number>,
): Matrix {
  return denseMatrix(
    Float32Array.from({ length: rows * width }, () => drawNumber(source, bound, input.type)),
    width,
  );
}

function randomColumns(
  inputs: readonly GraphTensor[],
  pool: readonly string[],
  rows: number,
  bound: number,
  source: Iterator<number>,
): RawColumns {
  const codes = Uint32Array.from({ length: rows }, (_, i) => i);
  const columns = inputs.map(({ name, type }) => {
    const draw = (): string =>
      type === 'string'
        ? (pool[below(source, Math.max(1, pool.length))] ?? '')
        : String(drawNumber(source, bound, type));
    return { name, codes, texts: Array.from(codes, draw) };
  });
  return { name: 'probe', rows, columns, places: codes };
}
