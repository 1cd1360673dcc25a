// A student's preprocessing as ONNX nodes: one input a raw column, encoded rows out.
import { MISSING } from '../data/missing.ts';
import { type CategoricalColumn, type NumericColumn, type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { addNode, addTensor, type Graph, integer, integers, TYPE, tensorInfo, texts } from './onnx-model.ts';

/** Before every name inside the graph, so that none is a column's. */
export const INSIDE = 'debkd/';
/** Spellings of more letters get no variants of case but lower, upper and capitalised. */
const MAX_LETTERS = 6;

/** The input of each column, in the preprocessing's order. */
export function inputNames({ columns }: Preprocessing): string[] {
  const taken = ['', '__proto__', 'probability', 'label'];
  return columns.map(({ name }, i) => {
    // ONNX has no empty names and none that UTF-8 or C cannot write, outputs have two of them, and a runtime may take `__proto__` for the
    // prototype of its feeds
    const free = !taken.includes(name) && !name.startsWith(INSIDE) && !/\p{Cs}|\0/u.test(name);
    let chosen = free ? name : `column_${i}`;
    while (!free && columns.some((column) => column.name === chosen)) chosen = `_${chosen}`;
    return chosen;
  });
}

/** The model's inputs: float32 for numbers, NaN where missing; text for categories. [batch, 1] each. */
export function columnInputs(preprocessing: Preprocessing): Uint8Array[] {
  const names = inputNames(preprocessing);
  return preprocessing.columns.map((column, i) =>
    column.kind === 'numeric'
      ? tensorInfo(names[i] as string, TYPE.float32, 1, 'a number; NaN where it is missing')
      : tensorInfo(names[i] as string, TYPE.text, 1, 'a category as text; empty where it is missing'),
  );
}

/** Adds the encoding of all columns; returns the name of the encoded rows, float32 [batch, F]. */
export function addColumns(graph: Graph, preprocessing: Preprocessing): string {
  const { columns, encodedWidth } = preprocessing;
  const names = inputNames(preprocessing);
  const blocks: string[] = [];
  const places: number[] = [];
  const numeric = columns.flatMap((column, i) => (column.kind === 'numeric' ? [{ column, i }] : []));
  if (numeric.length > 0) {
    const inputs = numeric.map(({ i }) => names[i] as string);
    const all = addNode(graph, 'Concat', inputs, `${INSIDE}numbers`, [integer('axis', 1)]);
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
    blocks.push(addCategories(graph, names[i] as string, column, spellings, `${INSIDE}${i}/`));
    places.push(...Array.from({ length: column.width }, (_, k) => column.offset + k));
  });
  const whole = addNode(graph, 'Concat', blocks, `${INSIDE}blocks`, [integer('axis', 1)]);
  if (places.every((place, k) => place === k)) return whole;
  const from = new Array<number>(encodedWidth).fill(0);
  places.forEach((place, k) => {
    from[place] = k;
  });
  const order = addTensor(graph, `${INSIDE}order`, [encodedWidth], from);
  return addNode(graph, 'Gather', [whole, order], `${INSIDE}encoded`, [integer('axis', 1)]);
}

/** (transform(x) - mean) / std in float64, limited to +-clip, 0 where x is NaN or stands for a missing value. */
function addNumbers(
  graph: Graph,
  from: string,
  columns: readonly NumericColumn[],
  { clip, missing: spellings = MISSING }: Preprocessing,
): string {
  const n = columns.length;
  const at = (name: string): string => `${INSIDE}${name}`;
  const doubles = (name: string, values: readonly number[], dims: readonly number[] = [n]): string =>
    addTensor(graph, at(name), dims, Float64Array.from(values));
  let missing = addNode(graph, 'IsNaN', [from], at('missing'));
  // a number may stand for a missing value, such as -999
  const numbers = spellings.map(parseNumber).filter(Number.isFinite);
  numbers.forEach((number, i) => {
    const spelt = addTensor(graph, at(`spelling${i}`), [], Float32Array.of(number));
    const equal = addNode(graph, 'Equal', [from, spelt], at(`equal${i}`));
    missing = addNode(graph, 'Or', [missing, equal], at(`missing${i}`));
  });
  let value = addNode(graph, 'Cast', [from], at('double'), [integer('to', TYPE.float64)]);
  if (columns.some(({ transform }) => transform === 'symlog')) {
    // sign(x) log(1 + |x|) where a column has it: x + has (symlog(x) - x) would round twice, so both are made and one chosen
    const one = doubles('one', [1], []);
    const size = addNode(graph, 'Add', [addNode(graph, 'Abs', [value], at('size')), one], at('grown'));
    const log = addNode(graph, 'Log', [size], at('log'));
    // the tensor keeps its first name, so that exported models keep their bytes
    const signed = addNode(graph, 'Mul', [addNode(graph, 'Sign', [value], at('sign')), log], at('slog1p'));
    const kinds = doubles(
      'kinds',
      columns.map(({ transform }) => (transform === 'symlog' ? 1 : 0)),
    );
    const has = addNode(graph, 'Cast', [kinds], at('has'), [integer('to', TYPE.bool)]);
    value = addNode(graph, 'Where', [has, signed, value], at('transformed'));
  }
  const means = doubles(
    'mean',
    columns.map(({ mean }) => mean),
  );
  const deviations = doubles(
    'std',
    columns.map(({ std }) => std),
  );
  const centred = addNode(graph, 'Sub', [value, means], at('centred'));
  const scaled = addNode(graph, 'Div', [centred, deviations], at('scaled'));
  const limits = [doubles('least', [-clip], []), doubles('most', [clip], [])];
  const limited = addNode(graph, 'Clip', [scaled, ...limits], at('limited'));
  const known = addNode(graph, 'Where', [missing, doubles('zero', [0], []), limited], at('known'));
  return addNode(graph, 'Cast', [known], at('standardised'), [integer('to', TYPE.float32)]);
}

/** One-hot: 1 at the category equal to the text, nothing for an unlisted one. */
function addCategories(
  graph: Graph,
  from: string,
  { categories, width }: CategoricalColumn,
  spellings: readonly string[],
  at: string,
): string {
  const places = new Map(categories.map((text, k) => [text, k]));
  const none = places.get('');
  if (none !== undefined) {
    for (const text of spellings.flatMap(casesOf)) if (!places.has(text)) places.set(text, none);
  }
  const keys = [texts('keys_strings', [...places.keys()]), integers('values_int64s', [...places.values()])];
  // an index beyond the last category is one-hot of nothing
  const index = addNode(graph, 'LabelEncoder', [from], `${at}index`, [integer('default_int64', width), ...keys]);
  const depth = addTensor(graph, `${at}depth`, [], [width]);
  const values = addTensor(graph, `${at}values`, [2], Float32Array.of(0, 1));
  const hot = addNode(graph, 'OneHot', [index, depth, values], `${at}hot`, [integer('axis', -1)]);
  const axis = addTensor(graph, `${at}axis`, [1], [1]);
  return addNode(graph, 'Squeeze', [hot, axis], `${at}columns`);
}

/** A spelling in every case; a long one as it is, lower, upper and capitalised. */
function casesOf(spelling: string): string[] {
  const given = spelling.trim();
  const [lower, upper] = [given.toLowerCase(), given.toUpperCase()];
  if ([...lower].filter((c) => c !== c.toUpperCase()).length > MAX_LETTERS) {
    return [given, lower, upper, lower.slice(0, 1).toUpperCase() + lower.slice(1)];
  }
  const all = [...lower].reduce<string[]>(
    (heads, c) => heads.flatMap((head) => [...new Set([c, c.toUpperCase()])].map((form) => head + form)),
    [''],
  );
  return [given, ...all];
}
