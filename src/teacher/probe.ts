// First calls with random rows: what an output's numbers look like, and whether each row's answer is its own.
import type { Tensor } from 'onnxruntime-web/wasm';
import { denseMatrix, type Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_PROBE } from '../kernels/streams.ts';
import type { Binding } from './binding.ts';
import { type Feeder, openFeeder } from './feeds.ts';
import { freeWidth } from './free-width.ts';
import type { GraphTensor } from './onnx-graph.ts';
import type { Probe } from './reading.ts';
import { type Call, rowsOf } from './session.ts';
import { floatsOf, labelsOf } from './tensors.ts';
import { textsBehind } from './texts-behind.ts';

/** Rows that are asked, fewer where they are wide. */
const PROBE_ROWS = 32;
const FEWEST_ROWS = 2;
/** Numbers that are asked at a time, where that leaves the fewest rows. */
const PROBE_NUMBERS = 2 ** 22;
/** Rows that are asked again by themselves. */
const ASKED_ALONE = 4;
/** Numbers of columns that are tried where a model takes any. */
const MAX_WIDTHS = 256;

/** What is asked for: the output, and where there are some the tensor before it and the model's own label. */
export interface Wanted {
  readonly output: GraphTensor;
  readonly exact?: string | undefined;
  readonly label?: string | undefined;
}

/** A probe, and what was noticed on the way. */
export interface Probed extends Probe {
  /** Whether rows must be asked one at a time, and why. */
  readonly alone?: string;
}

/** One call of the model: tensors by name. */
export type Ask = (feed: Feeder, rows: number, tensors: readonly string[]) => Promise<readonly Tensor[]>;

/**
 * What the model answers to random rows: numbers uniform in -3 .. 3 and then wider, so that a logit leaves 0 .. 1;
 * texts from the input's own encoder. A model of texts may refuse them: then the probe has no values.
 * @throws DebkdError `teacher` where answers are not one a row, or are not the same twice
 */
export async function probeOutput(call: Omit<Call, 'width'>, wanted: Wanted, ask: Ask): Promise<Probed> {
  const { binding, name } = call;
  const { output, exact, label } = wanted;
  const tensors = [output.name, ...(exact === undefined ? [] : [exact]), ...(label === undefined ? [] : [label])];
  const rows = binding.batch ?? rowsToAsk(binding);
  const source = words(1, STREAM_PROBE, 0);
  const found = { values: [] as number[], exact: [] as number[], labels: [] as string[] };
  let [width, exactWidth] = [1, 1];
  let alone: string | undefined;
  for (const bound of [3, 30]) {
    const drawn = await drawRows(call, rows, bound, source, (feed) => ask(feed, rows, tensors));
    if (!drawn) {
      const [, columns] = output.shape;
      return { width: typeof columns === 'number' ? columns : 1, values: new Float64Array(0) };
    }
    const { feed, answer: whole } = drawn;
    const one = (row: number) => ask((_from, _to, batch) => feed(row, row + 1, batch), 1, tensors);
    let answers = [whole];
    if (binding.batch === undefined && takesTexts(binding) && whole[0]?.dims[0] !== rows) {
      // operators on texts may drop rows of a batch: alone they cannot
      alone = `${whole[0]?.dims[0] ?? 0} answers came for ${rows} rows`;
      answers = [];
      for (let row = 0; row < rows; row++) answers.push(await one(row));
    }
    for (const answer of answers) {
      const asked = rows / answers.length;
      const values = rowsOf(answer[0] as Tensor, asked, output.name, name);
      width = values.length / asked;
      for (let i = 0; i < values.length; i++) found.values.push(values[i] as number);
      if (exact !== undefined) {
        const before = rowsOf(answer[1] as Tensor, asked, exact, name);
        exactWidth = before.length / asked;
        for (let i = 0; i < before.length; i++) found.exact.push(before[i] as number);
      }
      if (label !== undefined) found.labels.push(...(labelsOf(answer.at(-1) as Tensor) ?? []));
    }
    if (bound === 3)
      alone ??= await asksApart(
        { whole, rows, width, name, batch: binding.batch },
        () => ask(feed, rows, tensors),
        one,
        () => ask((_from, _to, batch) => feed(1, rows, batch), rows, tensors),
      );
  }
  const count = found.values.length / width;
  return {
    ...{ width, values: Float64Array.from(found.values) },
    ...(exact !== undefined && { exact: { width: exactWidth, values: Float64Array.from(found.exact) } }),
    ...(found.labels.length === count && { labels: found.labels }),
    ...(alone !== undefined && { alone }),
  };
}

/** @returns as many rows as there is room for */
function rowsToAsk(binding: Binding): number {
  const width = binding.takes === 'matrix' ? (binding.width ?? 1) : 1;
  return Math.max(FEWEST_ROWS, Math.min(PROBE_ROWS, Math.floor(PROBE_NUMBERS / width)));
}

const takesTexts = (binding: Binding): boolean =>
  binding.takes === 'columns' && binding.inputs.some(({ type }) => type === 'string');

/** Random numbers as a model may need them: of both signs; not negative, for logarithms; or from 0 to 1, for places in small lists. */
const DRAWS = ['any', 'positive', 'small'] as const;
type Draw = (typeof DRAWS)[number];

/** Random rows that the model takes, and its answer; undefined where it takes none of ours. */
async function drawRows(
  { ort, binding, graph, name }: Omit<Call, 'width'>,
  rows: number,
  bound: number,
  source: Iterator<number>,
  ask: (feed: Feeder) => Promise<readonly Tensor[]>,
): Promise<{ feed: Feeder; answer: readonly Tensor[] } | undefined> {
  const attempt = async (drawn: Matrix | RawColumns) => {
    const feed = openFeeder(ort, binding, graph, drawn, name);
    return { feed, answer: await ask(feed) };
  };
  const attemptAll = async (make: (draw: Draw) => Matrix | RawColumns) => {
    let [first, finite]: (Awaited<ReturnType<typeof attempt>> | undefined)[] = [];
    let failure: unknown;
    for (const draw of DRAWS) {
      try {
        const found = await attempt(make(draw));
        first ??= found;
        if (allFinite(found.answer[0])) {
          finite = found;
          break;
        }
      } catch (error) {
        failure ??= error;
      }
    }
    const found = finite ?? first;
    if (!found) throw failure;
    return found;
  };
  if (binding.takes === 'columns') {
    const make = (draw: Draw) =>
      randomColumns(binding.inputs, (input) => textsOfInput(graph, input), rows, bound, source, draw);
    return attemptAll(make).catch(() => undefined);
  }
  const { input } = binding;
  const known = binding.width ?? freeWidth(graph, input.name);
  if (known !== undefined) return attemptAll((draw) => randomMatrix(input, known, rows, bound, source, draw));
  let last: unknown;
  for (let width = 1; width <= MAX_WIDTHS; width++) {
    try {
      return await attempt(randomMatrix(input, width, rows, bound, source, 'any'));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function allFinite(tensor: Tensor | undefined): boolean {
  return tensor !== undefined && Array.from(floatsOf(tensor).values).every(Number.isFinite);
}

function textsOfInput(graph: Call['graph'], input: string): readonly string[] {
  const own = textsBehind(graph, input);
  return own.length > 0 ? own : graph.texts;
}

/** Why rows must be asked one at a time; undefined where a batch gives each the answer that it gets alone. */
async function asksApart(
  seen: {
    readonly whole: readonly Tensor[];
    readonly rows: number;
    readonly width: number;
    readonly name: string;
    readonly batch: number | undefined;
  },
  again: () => Promise<readonly Tensor[]>,
  one: (row: number) => Promise<readonly Tensor[]>,
  shifted: () => Promise<readonly Tensor[]>,
): Promise<string | undefined> {
  const { whole, rows, width, name, batch } = seen;
  const first = numbers(whole[0] as Tensor, rows, name);
  const second = numbers((await again())[0] as Tensor, rows, name);
  const changed = first.findIndex(
    (value, i) => value !== second[i] && !(Number.isNaN(value) && Number.isNaN(second[i])),
  );
  if (changed >= 0) {
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: it gave ${first[changed]} and then ${second[changed]} for the same row, so that it draws random numbers; export it in evaluation mode, without dropout or sampling`,
    );
  }
  if (batch !== undefined) {
    if (batch > 1) refuseMixing(numbers((await shifted())[0] as Tensor, rows, name), first, rows, width, name);
    return undefined;
  }
  for (let row = 0; row < Math.min(ASKED_ALONE, rows); row++) {
    const alone = numbers((await one(row))[0] as Tensor, 1, name);
    for (let k = 0; k < width; k++) {
      const [a, b] = [alone[k] as number, first[row * width + k] as number];
      if (!alike(a, b)) return `a row gets ${a} alone and ${b} among ${rows} others`;
    }
  }
  return undefined;
}

/** Whether two answers to the same row are the same, up to the order of sums; no number is like no number. */
function alike(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * (1 + Math.abs(b)) || a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** @param shifted answers to the same rows but the first, each one place earlier @throws DebkdError `teacher` */
function refuseMixing(
  shifted: readonly number[],
  first: readonly number[],
  rows: number,
  width: number,
  name: string,
): void {
  for (let i = 0; i < (rows - 1) * width; i++) {
    const [a, b] = [shifted[i] as number, first[i + width] as number];
    if (alike(a, b)) continue;
    throw new DebkdError(
      'teacher',
      `teacher ${quote(name, 200)}: a row gets ${b} or ${a}, by the other rows of its batch of ${rows}; export it so that each row has its own answer, and with a free number of rows`,
    );
  }
}

const numbers = (tensor: Tensor, rows: number, name: string): number[] =>
  Array.from(rowsOf(tensor, rows, 'score', name));

function drawNumber(source: Iterator<number>, bound: number, type: string, draw: Draw): number {
  const any = (source.next().value / 2 ** 31 - 1) * bound;
  const x = draw === 'any' ? any : draw === 'positive' ? Math.abs(any) : Math.abs(any) / bound;
  if (type === 'bool') return x > 0 ? 1 : 0;
  if (type.startsWith('uint')) return Math.round(Math.abs(x));
  return type.startsWith('int') ? Math.round(x) : x;
}

/** Random numbers that are drawn for one call; a prime, so that rows that repeat them differ. */
const MAX_DRAWN = 262_139;

function randomMatrix(
  input: GraphTensor,
  width: number,
  rows: number,
  bound: number,
  source: Iterator<number>,
  draw: Draw,
): Matrix {
  const size = rows * width;
  const drawn = Float32Array.from({ length: Math.min(size, MAX_DRAWN) }, () =>
    drawNumber(source, bound, input.type, draw),
  );
  if (size <= MAX_DRAWN) return denseMatrix(drawn, width);
  // numbers enough to fill wide rows, each from another place
  const values = new Float32Array(size);
  for (let at = 0; at < size; at += MAX_DRAWN) values.set(drawn.subarray(0, size - at), at);
  return denseMatrix(values, width);
}

function randomColumns(
  inputs: readonly GraphTensor[],
  textsFor: (input: string) => readonly string[],
  rows: number,
  bound: number,
  source: Iterator<number>,
  draw: Draw,
): RawColumns {
  const codes = Uint32Array.from({ length: rows }, (_, i) => i);
  const columns = inputs.map(({ name, type }) => {
    const pool = type === 'string' ? textsFor(name) : [];
    const one = (): string =>
      type === 'string'
        ? (pool[below(source, Math.max(1, pool.length))] ?? '')
        : String(drawNumber(source, bound, type, draw));
    return { name, codes, texts: Array.from(codes, one) };
  });
  return { name: 'probe', rows, columns, rowNumbers: codes };
}
