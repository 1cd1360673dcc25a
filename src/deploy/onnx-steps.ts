// Steps as ONNX nodes. Numbers are float64 [batch, 1], and NaN if missing. From the first list of values on, a column is a
// table: the encoder itself computes the result of each listed value, of a missing one and of an unlisted one. Where the
// student refuses a value, the model's probability is NaN.
import { MISSING } from '../data/missing.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { type Encoding, stepsEncoder } from '../data/steps/encoder.ts';
import { listedValues, oneHotOf, type Step, type StepsColumn } from '../data/steps/step.ts';
import { addNode, addTensor, type Graph, intAttribute, intsAttribute, stringsAttribute, TYPE } from './onnx-model.ts';
import { casesOf } from './onnx-spellings.ts';

/** What ONNX gives a column: the values as numbers or as texts. */
export interface StepsInput {
  readonly preprocessing: Preprocessing;
  /** Name of the tensor: numbers, or strings [batch, 1]. */
  readonly input: string;
  readonly type: 'number' | 'text';
  /** Prefix of the nodes' names. */
  readonly prefix: string;
}

/** Adds a column with steps; returns the name of its encoded columns, float32 [batch, width]. */
export function addSteps(graph: Graph, column: StepsColumn, options: StepsInput): string {
  const build = builder(graph, options.prefix);
  const { steps } = column;
  const list = steps.findIndex(isList);
  if (options.type === 'text') {
    const slot = textSlot(build, steps, options);
    return fromTable(build, column, tableOf(column, options.preprocessing, textsOf(steps)), slot);
  }
  const numeric = list < 0 ? steps : steps.slice(0, list);
  const x = numeric.reduce((at, step) => addStep(build, step, at), options.input);
  if (list < 0) return toFloat(build, clipped(build, x, options.preprocessing.clip));
  const rest = { ...column, steps: steps.slice(list) };
  const keys = numbersOf(rest.steps);
  // values before the list were checked for missing ones: none of the texts is a spelling of one
  const preprocessing = { ...options.preprocessing, missing: [] };
  return fromTable(build, rest, tableOf(rest, preprocessing, keys.map(String)), numberSlot(build, keys, x));
}

/** Whether a step compares with a list. */
export function isList(step: Step): boolean {
  return 'map' in step || 'ordinal' in step || 'oneHot' in step;
}

interface Builder {
  readonly node: (operator: string, inputs: readonly string[], attributes?: readonly Uint8Array[]) => string;
  readonly doubles: (values: readonly number[], dims?: readonly number[]) => string;
  readonly integers: (values: readonly number[], dims?: readonly number[]) => string;
  readonly floats: (values: readonly number[], dims?: readonly number[]) => string;
}

function builder(graph: Graph, prefix: string): Builder {
  let count = 0;
  const next = (name: string): string => `${prefix}${count++}_${name}`;
  return {
    node: (operator, inputs, attributes) =>
      addNode(graph, operator, { inputs, output: next(operator), ...(attributes && { attributes }) }),
    doubles: (values, dims = []) => addTensor(graph, next('double'), dims, Float64Array.from(values)),
    integers: (values, dims = []) => addTensor(graph, next('integer'), dims, [...values]),
    floats: (values, dims = []) => addTensor(graph, next('float'), dims, Float32Array.from(values)),
  };
}

function addStep({ node, doubles }: Builder, step: Step, x: string): string {
  const one = (): string => doubles([1]);
  const linear = (centre: number, scale: number): string =>
    node('Div', [node('Sub', [x, doubles([centre])]), doubles([scale])]);
  if ('impute' in step) return node('Where', [node('IsNaN', [x]), doubles([step.value as number]), x]);
  if ('standardise' in step) return linear(step.standardise.mean, step.standardise.std);
  if ('robust' in step) return linear(step.robust.centre, step.robust.scale);
  if ('minMax' in step) {
    const { min, max, range } = step.minMax;
    const share = linear(min, max - min);
    return node('Add', [node('Mul', [share, doubles([range[1] - range[0]])]), doubles([range[0]])]);
  }
  if ('log1p' in step) return node('Log', [node('Add', [x, one()])]);
  if ('symlog' in step) return node('Mul', [node('Sign', [x]), node('Log', [node('Add', [node('Abs', [x]), one()])])]);
  if ('yeoJohnson' in step) return yeoJohnson({ node, doubles }, step.yeoJohnson.lambda, x);
  if ('clip' in step) {
    const [low, high] = step.clip;
    const above = low === null ? x : limit({ node, doubles }, 'Less', x, low);
    return high === null ? above : limit({ node, doubles }, 'Greater', above, high);
  }
  if ('bin' in step) {
    const inner = step.bin.edges.slice(1, -1);
    if (inner.length === 0) return node('Where', [node('IsNaN', [x]), x, doubles([0])]);
    const above = node('Cast', [node('GreaterOrEqual', [x, doubles(inner, [inner.length])])], [toType(TYPE.float64)]);
    const index = node('MatMul', [
      above,
      doubles(
        inner.map(() => 1),
        [inner.length, 1],
      ),
    ]);
    return node('Where', [node('IsNaN', [x]), x, index]);
  }
  return node('Cast', [node('IsNaN', [x])], [toType(TYPE.float64)]); // missing
}

function yeoJohnson({ node, doubles }: Pick<Builder, 'node' | 'doubles'>, lambda: number, x: string): string {
  const grown = node('Add', [node('Abs', [x]), doubles([1])]);
  const power = (of: number): string =>
    of === 0
      ? node('Log', [grown])
      : node('Div', [node('Sub', [node('Pow', [grown, doubles([of])]), doubles([1])]), doubles([of])]);
  const above = node('GreaterOrEqual', [x, doubles([0])]);
  return node('Where', [above, power(lambda), node('Neg', [power(2 - lambda)])]);
}

/** Replaces numbers on one side of a limit; NaN stays, which Clip does not promise. */
function limit({ node, doubles }: Pick<Builder, 'node' | 'doubles'>, side: string, x: string, value: number): string {
  const constant = doubles([value]);
  return node('Where', [node(side, [x, constant]), constant, x]);
}

function clipped(build: Builder, x: string, clip: number): string {
  return limit(build, 'Greater', limit(build, 'Less', x, -clip), clip);
}

const toType = (type: number): Uint8Array => intAttribute('to', type);

function toFloat({ node }: Builder, x: string): string {
  return node('Cast', [x], [toType(TYPE.float32)]);
}

/** The results of the listed values, then of a missing one, then of an unlisted one. */
function tableOf(column: StepsColumn, preprocessing: Preprocessing, keys: readonly string[]): Encoding[] {
  const encode = stepsEncoder(column, preprocessing);
  // a number or a text that no list has
  let unlisted = '1e300';
  while (keys.includes(unlisted)) unlisted += '0';
  return [...keys, '', unlisted].map(encode);
}

function textsOf(steps: readonly Step[]): string[] {
  return listedValues(steps).flatMap((value) => (value === null ? [] : [String(value)]));
}

function numbersOf(steps: readonly Step[]): number[] {
  return listedValues(steps).flatMap((value) => (typeof value === 'number' ? [value] : []));
}

/** The index of a text in the table, int64 [batch, 1]. */
function textSlot({ node }: Builder, steps: readonly Step[], { input, preprocessing }: StepsInput): string {
  const keys = textsOf(steps);
  const slots = new Map(keys.map((text, k) => [text, k]));
  for (const text of ['', ...(preprocessing.missing ?? MISSING).flatMap(casesOf)])
    if (!slots.has(text)) slots.set(text, keys.length);
  return node(
    'LabelEncoder',
    [input],
    [
      intAttribute('default_int64', keys.length + 1),
      stringsAttribute('keys_strings', [...slots.keys()]),
      intsAttribute('values_int64s', [...slots.values()]),
    ],
  );
}

/** The index of a number in the table, int64 [batch, 1]. */
function numberSlot({ node, doubles }: Builder, keys: readonly number[], x: string): string {
  const n = keys.length;
  // the sum of (slot - n - 1) over the listed values that equal x, which is one at most, plus n + 1
  const equal = node('Cast', [node('Equal', [x, doubles(keys, [n])])], [toType(TYPE.float64)]);
  const weights = doubles(
    keys.map((_, k) => k - n - 1),
    [n, 1],
  );
  const slot = node('Add', [node('MatMul', [equal, weights]), doubles([n + 1])]);
  return node('Cast', [node('Where', [node('IsNaN', [x]), doubles([n]), slot])], [toType(TYPE.int64)]);
}

/** The results of a table by slot, float32 [batch, width]. */
function fromTable(
  { node, integers, floats }: Builder,
  column: Pick<StepsColumn, 'steps' | 'width'>,
  table: readonly Encoding[],
  slot: string,
): string {
  if (!oneHotOf(column)) {
    const values = table.map(({ value, problem }) => (problem ? Number.NaN : value));
    return node('Gather', [floats(values, [values.length]), slot]);
  }
  // OneHot gives all zeros for an index beyond the last place
  const places = table.map(({ value }) => (value < 0 ? column.width : value));
  const place = node('Gather', [integers(places, [places.length]), slot]);
  const hot = node('OneHot', [place, integers([column.width]), floats([0, 1], [2])], [intAttribute('axis', -1)]);
  const group = node('Squeeze', [hot, integers([1], [1])]);
  if (table.every(({ problem }) => !problem)) return group;
  const refused = table.map(({ problem }) => (problem ? Number.NaN : 0));
  return node('Add', [group, node('Gather', [floats(refused, [refused.length]), slot])]);
}
