// Probes a model with random rows: the values of its output, and whether answers depend on the other rows.
import type { Tensor } from 'onnxruntime-web/wasm';
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import { words } from '../kernels/random.ts';
import { STREAM_PROBE } from '../kernels/streams.ts';
import type { Binding } from './binding.ts';
import { type AnyRows, type FeedContext, type Feeder, openFeeder } from './feeds.ts';
import { freeWidth } from './free-width.ts';
import type { GraphTensor } from './onnx-graph.ts';
import {
  type Draw,
  probeInputs,
  RANGES,
  type Range,
  randomColumns,
  randomEncoded,
  randomMatrix,
} from './random-rows.ts';
import type { Probe } from './reading.ts';
import { whyAlone, whyPadded } from './row-independence.ts';
import { type Call, rowsOf } from './session.ts';
import { floatsOf, labelsOf } from './tensors.ts';
import { textsBehindColumn } from './texts-behind.ts';

/** Largest number of rows; fewer if they are wide. */
const PROBE_ROWS = 32;
const FEWEST_ROWS = 2;
/** Limit on the numbers per call, unless that leaves fewer than FEWEST_ROWS. */
const PROBE_NUMBERS = 2 ** 22;
/** The same for images, whose models take longer for each number; and a side that is not known. */
const PROBE_PIXELS = 2 ** 20;
const UNKNOWN_SIDE = 64;
/** Largest width to try for a model without a known width. */
const MAX_WIDTHS = 256;

/** The tensors to return: the output and, where they exist, the score before it and the model's label output. */
export interface Wanted {
  readonly output: GraphTensor;
  readonly exact?: string | undefined;
  readonly label?: string | undefined;
}

/** A probe, and whether rows depend on each other. */
export interface Probed extends Probe {
  /** Why rows must run one at a time; absent if they need not. */
  readonly alone?: string;
  /** How answers to rows of text depend on the padding; absent if they do not. */
  readonly padded?: string;
}

/** Runs the model once and returns the named tensors. */
export type Ask = (feed: Feeder, rows: number, tensors: readonly string[]) => Promise<readonly Tensor[]>;

/**
 * Runs the model on random rows: numbers uniform in -3 .. 3, then in a wider range, because logits must leave 0 .. 1;
 * texts from the input's encoder. The probe has no values if the model rejects its texts.
 * @throws DebkdError `teacher` if there is not one answer per row, or answers differ from call to call
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
  let padded: string | undefined;
  for (const bound of [3, 30]) {
    const drawn = await drawRows(call, { rows, bound, source }, (feed) => ask(feed, rows, tensors));
    if (!drawn) {
      const [, columns] = output.shape;
      return { width: typeof columns === 'number' ? columns : 1, values: new Float64Array(0) };
    }
    const { feed, answer: whole, longer } = drawn;
    if (longer) padded ??= whyPadded(whole, longer.answer, { rows, output: output.name, name });
    const one = (row: number) => ask((_from, _to, batch) => feed(row, row + 1, batch), 1, tensors);
    let answers = [whole];
    if (binding.batch === undefined && takesTexts(binding) && whole[0]?.dims[0] !== rows) {
      // operators on texts may drop rows of a batch, but not a single row
      alone = `${whole[0]?.dims[0] ?? 0} answers for ${rows} rows`;
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
    // rows of text that are longer may differ where short ones agree
    if (bound === 3 || binding.takes === 'texts')
      alone ??= await whyAlone({
        whole,
        rows,
        width,
        name,
        batch: binding.batch,
        isExact: binding.takes === 'texts',
        again: () => ask(feed, rows, tensors),
        one,
        shifted: () => ask((_from, _to, batch) => feed(1, rows, batch), rows, tensors),
      });
  }
  const count = found.values.length / width;
  return {
    width,
    values: Float64Array.from(found.values),
    ...(exact !== undefined && { exact: { width: exactWidth, values: Float64Array.from(found.exact) } }),
    ...(found.labels.length === count && { labels: found.labels }),
    ...(alone !== undefined && { alone }),
    ...(padded !== undefined && { padded }),
  };
}

/** @returns the number of rows that fit */
function rowsToAsk(binding: Binding): number {
  if (binding.takes === 'images') {
    const { input, shown } = binding.image;
    const [height, width] = shown.size ?? [input.height ?? UNKNOWN_SIDE, input.width ?? UNKNOWN_SIDE];
    const fits = Math.floor(PROBE_PIXELS / (input.channels * height * width));
    return Math.max(FEWEST_ROWS, Math.min(PROBE_ROWS, fits));
  }
  const width = binding.takes === 'columns' || binding.takes === 'texts' ? 1 : (binding.width ?? 1);
  return Math.max(FEWEST_ROWS, Math.min(PROBE_ROWS, Math.floor(PROBE_NUMBERS / width)));
}

const takesTexts = (binding: Binding): boolean =>
  binding.takes === 'columns' && binding.inputs.some(({ tensor }) => tensor.type === 'string');

/** Rows that were asked, and the answer. */
interface Answer {
  readonly feed: Feeder;
  readonly answer: readonly Tensor[];
}

/** Random rows that the model accepts, and its answer; undefined if it accepts none. */
async function drawRows(
  call: FeedContext,
  draw: Omit<Draw, 'range'>,
  ask: (feed: Feeder) => Promise<readonly Tensor[]>,
): Promise<(Answer & { readonly longer?: Answer }) | undefined> {
  const { binding, graph } = call;
  const attempt = async (drawn: AnyRows, context: FeedContext = call) => {
    const feed = openFeeder(context, drawn);
    return { feed, answer: await ask(feed) };
  };
  const attemptAll = async (make: (range: Range) => Matrix | RawColumns, context: FeedContext = call) => {
    let [first, finite]: (Awaited<ReturnType<typeof attempt>> | undefined)[] = [];
    let failure: unknown;
    for (const range of RANGES) {
      try {
        const found = await attempt(make(range), context);
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
  if (binding.takes === 'images') return attempt(binding.image.probe(draw));
  if (binding.takes === 'texts') {
    const { rows, longer } = binding.text.probe(draw);
    return { ...(await attempt(rows)), ...(longer && { longer: await attempt(longer) }) };
  }
  if (binding.takes === 'columns') {
    const textsFor = (input: string, k: number): readonly string[] => textsOfInput(graph, input, k);
    const drawn = { ...call, binding: { ...binding, inputs: probeInputs(binding.inputs) } };
    return attemptAll((range) => randomColumns(binding.inputs, textsFor, { ...draw, range }), drawn).catch(
      () => undefined,
    );
  }
  if (binding.takes === 'groups') {
    const { inputs, width } = binding;
    return attemptAll((range) => randomEncoded(inputs, width, { ...draw, range }));
  }
  const { input } = binding;
  const known = binding.width ?? freeWidth(graph, input.name);
  if (known !== undefined) return attemptAll((range) => randomMatrix(input, known, { ...draw, range }));
  let last: unknown;
  for (let width = 1; width <= MAX_WIDTHS; width++) {
    try {
      return await attempt(randomMatrix(input, width, { ...draw, range: 'any' }));
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

function allFinite(tensor: Tensor | undefined): boolean {
  return tensor !== undefined && Array.from(floatsOf(tensor).values).every(Number.isFinite);
}

function textsOfInput(graph: Call['graph'], input: string, k: number): readonly string[] {
  const known = textsBehindColumn(graph, input, k);
  return known.length > 0 ? known : graph.texts;
}
