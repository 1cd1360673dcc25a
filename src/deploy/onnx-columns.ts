// A student's preprocessing as ONNX nodes: one input for each raw column, encoded rows as output.
import { MISSING } from '../data/missing.ts';
import { type CategoricalColumn, type NumericColumn, type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { placesOf } from '../data/text-column.ts';
import { type ModelInput, modelInputs, PREFIX } from './onnx-inputs.ts';
import { addNode, addTensor, type Graph, intAttribute, intsAttribute, stringsAttribute, TYPE } from './onnx-model.ts';
import { casesOf } from './onnx-spellings.ts';
import { addSteps } from './onnx-steps.ts';
import { addText } from './onnx-text.ts';

/** The rows that the graph computes from raw columns. */
export interface GraphRows {
  /** Their name, float32 [batch, columns]. */
  readonly name: string;
  /** The encoded column of each of their columns, -1 for a bucket without one; absent if they are the encoded rows. */
  readonly places?: readonly number[];
}

/** Adds the encoding of all columns. */
export function addColumns(graph: Graph, preprocessing: Preprocessing): GraphRows {
  const { columns, encodedWidth } = preprocessing;
  const inputs = modelInputs(preprocessing);
  const byColumn = new Map(inputs.map((input) => [input.column, input]));
  const names = columns.map(({ name }) => byColumn.get(name)?.name);
  const blocks: string[] = [];
  const places: number[] = [];
  const numeric = columns.flatMap((column, i) => (column.kind === 'numeric' ? [{ column, i }] : []));
  if (numeric.length > 0) {
    const all = addNode(graph, 'Concat', {
      inputs: numeric.map(({ i }) => names[i] as string),
      output: `${PREFIX}numbers`,
      attributes: [intAttribute('axis', 1)],
    });
    const standardised = addNumbers(
      graph,
      all,
      numeric.map(({ column }) => column),
      preprocessing,
    );
    blocks.push(standardised);
    places.push(...numeric.map(({ column }) => column.offset));
  }
  const spellings = preprocessing.missing ?? MISSING;
  columns.forEach((column, i) => {
    if (column.kind !== 'categorical') return;
    blocks.push(addCategories(graph, column, { input: names[i] as string, spellings, prefix: `${PREFIX}${i}/` }));
    places.push(...Array.from({ length: column.width }, (_, k) => column.offset + k));
  });
  const doubles = new Map<string, string>();
  columns.forEach((column, i) => {
    if (column.kind !== 'steps') return;
    const model = byColumn.get(column.name) as ModelInput;
    const { name } = model;
    const type = model.type === 'number' ? 'number' : 'text';
    if (type === 'number' && !doubles.has(name)) doubles.set(name, addDouble(graph, model, i, spellings));
    const input = doubles.get(name) ?? name;
    blocks.push(addSteps(graph, column, { preprocessing, input, type, prefix: `${PREFIX}${i}/` }));
    places.push(...Array.from({ length: column.width }, (_, k) => column.offset + k));
  });
  columns.forEach((column, i) => {
    if (column.kind !== 'text') return;
    blocks.push(addText(graph, column, names[i] as string, `${PREFIX}${i}/`));
    for (const place of placesOf(column)) places.push(place < 0 ? -1 : column.offset + place);
  });
  const whole = addNode(graph, 'Concat', {
    inputs: blocks,
    output: `${PREFIX}blocks`,
    attributes: [intAttribute('axis', 1)],
  });
  if (columns.some(({ kind }) => kind === 'text')) return { name: whole, places };
  if (places.every((place, k) => place === k)) return { name: whole };
  const from = new Array<number>(encodedWidth).fill(0);
  places.forEach((place, k) => {
    from[place] = k;
  });
  const order = addTensor(graph, `${PREFIX}order`, [encodedWidth], from);
  const name = addNode(graph, 'Gather', {
    inputs: [whole, order],
    output: `${PREFIX}encoded`,
    attributes: [intAttribute('axis', 1)],
  });
  return { name };
}

/** Numbers as float64 [batch, 1], NaN if missing or a number that means missing. */
function addDouble(graph: Graph, { name: from, double }: ModelInput, i: number, spellings: readonly string[]): string {
  const prefix = `${PREFIX}${i}/input`;
  let value = double
    ? from
    : addNode(graph, 'Cast', {
        inputs: [from],
        output: `${prefix}_double`,
        attributes: [intAttribute('to', TYPE.float64)],
      });
  spellings
    .map(parseNumber)
    .filter(Number.isFinite)
    .forEach((number, k) => {
      // in the type of the input
      const spelling = double ? Float64Array.of(number) : Float32Array.of(number);
      const spelt = addTensor(graph, `${prefix}_spelling${k}`, [], spelling);
      const none = addTensor(graph, `${prefix}_none${k}`, [], Float64Array.of(Number.NaN));
      const equal = addNode(graph, 'Equal', { inputs: [from, spelt], output: `${prefix}_equal${k}` });
      value = addNode(graph, 'Where', { inputs: [equal, none, value], output: `${prefix}_known${k}` });
    });
  return value;
}

/** (transform(x) - mean) / std in float64, clipped to [-clip, clip]; 0 if x is NaN or a number that means missing. */
function addNumbers(
  graph: Graph,
  from: string,
  columns: readonly NumericColumn[],
  { clip, missing: spellings = MISSING }: Preprocessing,
): string {
  const n = columns.length;
  const at = (name: string): string => `${PREFIX}${name}`;
  const doubles = (name: string, values: readonly number[], dims: readonly number[] = [n]): string =>
    addTensor(graph, at(name), dims, Float64Array.from(values));
  let missing = addNode(graph, 'IsNaN', { inputs: [from], output: at('missing') });
  // numbers that mean missing, such as -999
  const numbers = spellings.map(parseNumber).filter(Number.isFinite);
  numbers.forEach((number, i) => {
    const spelt = addTensor(graph, at(`spelling${i}`), [], Float32Array.of(number));
    const equal = addNode(graph, 'Equal', { inputs: [from, spelt], output: at(`equal${i}`) });
    missing = addNode(graph, 'Or', { inputs: [missing, equal], output: at(`missing${i}`) });
  });
  let value = addNode(graph, 'Cast', {
    inputs: [from],
    output: at('double'),
    attributes: [intAttribute('to', TYPE.float64)],
  });
  if (columns.some(({ transform }) => transform === 'symlog')) {
    // sign(x) log(1 + |x|) in the columns with symlog. The node Where selects x or symlog(x): a weighted sum of both
    // would round twice.
    const one = doubles('one', [1], []);
    const size = addNode(graph, 'Add', {
      inputs: [addNode(graph, 'Abs', { inputs: [value], output: at('size') }), one],
      output: at('grown'),
    });
    const log = addNode(graph, 'Log', { inputs: [size], output: at('log') });
    // `slog1p` is an earlier name of symlog: changing it would change the bytes of exported models
    const signed = addNode(graph, 'Mul', {
      inputs: [addNode(graph, 'Sign', { inputs: [value], output: at('sign') }), log],
      output: at('slog1p'),
    });
    const kinds = doubles(
      'kinds',
      columns.map(({ transform }) => (transform === 'symlog' ? 1 : 0)),
    );
    const has = addNode(graph, 'Cast', {
      inputs: [kinds],
      output: at('has'),
      attributes: [intAttribute('to', TYPE.bool)],
    });
    value = addNode(graph, 'Where', { inputs: [has, signed, value], output: at('transformed') });
  }
  const means = doubles(
    'mean',
    columns.map(({ mean }) => mean),
  );
  const deviations = doubles(
    'std',
    columns.map(({ std }) => std),
  );
  const centred = addNode(graph, 'Sub', { inputs: [value, means], output: at('centred') });
  const scaled = addNode(graph, 'Div', { inputs: [centred, deviations], output: at('scaled') });
  const limits = [doubles('least', [-clip], []), doubles('most', [clip], [])];
  const limited = addNode(graph, 'Clip', { inputs: [scaled, ...limits], output: at('limited') });
  const known = addNode(graph, 'Where', { inputs: [missing, doubles('zero', [0], []), limited], output: at('known') });
  return addNode(graph, 'Cast', {
    inputs: [known],
    output: at('standardised'),
    attributes: [intAttribute('to', TYPE.float32)],
  });
}

interface CategoriesOptions {
  readonly input: string;
  /** Texts that mean missing. */
  readonly spellings: readonly string[];
  /** Prefix of the nodes' names. */
  readonly prefix: string;
}

/** One-hot encoding; all zeros for an unknown category. */
function addCategories(
  graph: Graph,
  { categories, width }: CategoricalColumn,
  { input, spellings, prefix }: CategoriesOptions,
): string {
  const places = new Map(categories.map((text, k) => [text, k]));
  const none = places.get('');
  if (none !== undefined) {
    for (const text of spellings.flatMap(casesOf)) if (!places.has(text)) places.set(text, none);
  }
  const keys = [
    stringsAttribute('keys_strings', [...places.keys()]),
    intsAttribute('values_int64s', [...places.values()]),
  ];
  // OneHot gives all zeros for an index beyond the last category
  const index = addNode(graph, 'LabelEncoder', {
    inputs: [input],
    output: `${prefix}index`,
    attributes: [intAttribute('default_int64', width), ...keys],
  });
  const depth = addTensor(graph, `${prefix}depth`, [], [width]);
  const values = addTensor(graph, `${prefix}values`, [2], Float32Array.of(0, 1));
  const hot = addNode(graph, 'OneHot', {
    inputs: [index, depth, values],
    output: `${prefix}hot`,
    attributes: [intAttribute('axis', -1)],
  });
  const axis = addTensor(graph, `${prefix}axis`, [1], [1]);
  return addNode(graph, 'Squeeze', { inputs: [hot, axis], output: `${prefix}columns` });
}
