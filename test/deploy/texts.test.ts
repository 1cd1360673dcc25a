// Students of texts in every export, against the student, and against Python (test/golden/text.py).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { hasherOf } from '../../src/data/hash-texts.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing, storedPreprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import { readSplit, split } from '../../src/data/split.ts';
import type { TextColumn } from '../../src/data/text-column.ts';
import { toEdge } from '../../src/deploy/edge/project.ts';
import type { Exported } from '../../src/deploy/exported.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { toSafetensors } from '../../src/deploy/safetensors.ts';
import {
  packCodes,
  packDigits,
  packNumbers,
  unpackCodes,
  unpackDigits,
  unpackNumbers,
} from '../../src/deploy/shipped/packed-numbers.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import { openStudent } from '../../src/edge.ts';
import { distillation } from '../../src/loss/distillation.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import { fit as fitStudent } from '../../src/student/fit.ts';
import { packLayers } from '../../src/student/pack-layers.ts';
import { labelSelection } from '../../src/student/selection.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { describePython, python, pythonFile } from '../python.ts';
import { dice } from '../random.ts';
import { describeShared, shared, sharedFloats } from '../shared.ts';
import { mixedPreprocessing, randomTextStudent, textColumn } from '../text-students.ts';

interface Golden {
  readonly words: [number, number];
  readonly characters: [number, number];
  readonly idf: boolean;
  readonly texts: readonly { readonly text: string; readonly buckets: readonly number[]; readonly margin: number }[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/text.json', import.meta.url), 'utf8')) as Golden[];
const FORMS = ['float32', 'float16', 'int8'] as const;
const SHAPES: Architecture[] = [
  { hidden: [] },
  { hidden: [5] },
  { hidden: [8, 8], activation: 'gelu', residual: true },
  { hidden: [6], activation: 'tanh' },
];
// every shape and form, and every second one with weights by rarity
const cases = SHAPES.flatMap((shape, i) => FORMS.map((form, k) => ({ shape, form, weighted: (i + k) % 2 === 0 })));
const source = ({ files }: Exported, path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
interface Shipped {
  predictBatch(records: readonly object[]): { probability: number; label: number }[];
  unknownFields(record: object): string[];
  about: { inputs: readonly { name: string; type: string }[] };
}

function madeStudent({ shape, form, weighted }: (typeof cases)[number]): Student {
  const student = randomTextStudent(mixedPreprocessing(weighted), shape, 11);
  return form === 'float32' ? student : quantize(student, form, { force: true });
}

describe.each(cases)('$shape in $form, weights by rarity: $weighted', (given) => {
  const student = madeStudent(given);
  const records = syntheticRecords(student);
  const expected = records.map((record) => student.predictRecord(record));

  test('JavaScript, wasm, safetensors and debkd/edge predict the same bits', async () => {
    const [js, wasm] = [await toJavaScript(student), await toWasm(student)];
    const all = [js, wasm, await toSafetensors(student)];
    expect(all.map(({ largestDifference }) => largestDifference)).toEqual([0, 0, 0]);
    const shipped = (await import(moduleUrl(source(js, 'student.js')))) as Shipped;
    expect(shipped.predictBatch(records)).toEqual(expected);
    expect(shipped.about.inputs).toEqual([
      { name: 'age', type: 'number' },
      { name: 'comment', type: 'text' },
      { name: 'colour', type: 'category', categories: ['', 'red', 'blue'] },
    ]);
    const loader = (await import(moduleUrl(source(wasm, 'student.js')))) as {
      openStudent(module: WebAssembly.Module): Shipped;
    };
    const opened = loader.openStudent(new WebAssembly.Module(wasm.files[0]?.bytes as Uint8Array<ArrayBuffer>));
    expect(opened.predictBatch(records)).toEqual(expected);
    const edge = await openStudent(encodeStudent(student));
    expect(records.map((record) => edge.predictRecord(record))).toEqual(expected);
  });

  test('the rows of a table predict the same bits as their records', async () => {
    const lines = records.map((record) => JSON.stringify(record)).join('\n');
    const table = await readTable(new TextEncoder().encode(lines));
    expect([...student.predictProba(encode(table, student.preprocessing))]).toEqual(
      expected.map(({ probability }) => probability),
    );
  });
});

test.each(cases.slice(0, 4))('ONNX of $shape in $form, weights by rarity: $weighted', async (given) => {
  const exported = await toOnnx(madeStudent(given));
  expect(exported.files.map(({ path }) => path)).toEqual(['student.onnx', 'student-raw.onnx']);
  expect(exported.largestDifference).toBeLessThan(1e-5);
  expect(exported.notes?.[0]).toContain('float32 [batch, 1024]');
});

test('a project takes bodies that fit texts, and its README and sample have a text', async () => {
  const exported = await toEdge(madeStudent({ shape: { hidden: [] }, form: 'int8', weighted: false }), 'node');
  expect(exported.largestDifference).toBe(0);
  expect(source(exported, 'test/sample.js')).toContain('The new train');
  expect(source(exported, 'README.md')).toContain('| comment | text |');
  expect(source(exported, 'src/student.d.ts')).toContain('readonly "comment": string | null;');
  expect(source(exported, 'src/config.js')).toContain('maxBytes: 1048576');
});

test('steps beside texts: the same bits', async () => {
  const { columns, ...rest } = mixedPreprocessing(true);
  const steps = {
    name: 'age',
    kind: 'steps',
    steps: [{ impute: 'constant', value: 40 }, { standardise: { mean: 40, std: 10 } }],
  };
  const value = {
    ...rest,
    columns: columns.map((column) => (column.name === 'age' ? { ...steps, offset: 0, width: 1 } : column)),
  };
  const student = randomTextStudent(parsePreprocessing(value, 'p'), { hidden: [4] }, 3);
  for (const form of FORMS) {
    const one = form === 'float32' ? student : quantize(student, form, { force: true });
    expect((await toJavaScript(one)).largestDifference).toBe(0);
    expect((await toWasm(one)).largestDifference).toBe(0);
    expect((await toOnnx(one)).largestDifference).toBeLessThan(1e-5);
  }
});

test('student files keep text columns, and damaged ones are refused', () => {
  const student = madeStudent({ shape: { hidden: [5] }, form: 'float32', weighted: true });
  const back = decodeStudent(encodeStudent(student));
  expect(back.preprocessing).toEqual(student.preprocessing);
  expect(back.predictRecord({ age: 3, comment: 'A good film', colour: null })).toEqual(
    student.predictRecord({ age: 3, comment: 'A good film', colour: null }),
  );
  const stored = storedPreprocessing(student.preprocessing) as { columns: object[] };
  const changed = (change: object): unknown => ({
    ...stored,
    columns: stored.columns.map((column, i) => (i === 1 ? { ...column, ...change } : column)),
  });
  for (const [change, message] of [
    [{ buckets: 1000 }, /column "comment": buckets is 1000, expected a power of two from 1024 to 262144/],
    [{ words: [2, 1] }, /words is \[2,1\], expected \[least, most\], from 0 to 8/],
    [{ characters: [3, 9] }, /characters is \[3,9\]/],
    [{ seen: 'AA==' }, /seen has the wrong form, expected base64 of 128 bytes/],
    [{ width: 3 }, /width is 3, expected 877, the buckets that were seen/],
    [{ idf: { rows: 0, levels: '' } }, /idf has the wrong form, expected \{ rows, levels: 877 base-32 digits \}/],
  ] as const)
    expect(() => parsePreprocessing(changed(change), 'p')).toThrow(message);
});

test('unknown fields: a text with n-grams of which none is known, and no other', async () => {
  // of 1024 buckets, only that of the word "a" has a column
  const words = golden.find((one) => one.words[1] === 1) as Golden;
  const [bucket = 0] = words.texts.find(({ text }) => text.startsWith('A good'))?.buckets ?? [];
  const bits = new Uint8Array(128);
  bits[bucket >> 3] = 1 << (bucket & 7);
  const column: TextColumn = {
    ...textColumn({ words: [1, 1], characters: [0, 0] }),
    seen: btoa(String.fromCharCode(...bits)),
    width: 1,
  };
  const preprocessing = { clip: 10, columns: [column], encodedWidth: 1 };
  const student = randomTextStudent(preprocessing, { hidden: [] }, 1);
  const shipped = (await import(moduleUrl(source(await toJavaScript(student), 'student.js')))) as Shipped;
  for (const [text, unknown] of [
    ['a', []],
    ['A b', []],
    ['b', ['text']],
    ['', []],
    [null, []],
    [' \n', []],
  ] as const) {
    expect(student.unknownFields({ text }), String(text)).toEqual(unknown);
    expect(shipped.unknownFields({ text }), String(text)).toEqual(unknown);
  }
});

test.each(golden)('Python: words $words, characters $characters, weights by rarity $idf', async (g) => {
  const column = textColumn({ words: g.words, characters: g.characters, weighted: g.idf });
  const parameters = Float32Array.from({ length: column.width + 1 }, (_, k) =>
    k < column.width ? (((37 * k) % 101) - 50) / 64 : 0.25,
  );
  const preprocessing = { clip: 10, columns: [column], encodedWidth: column.width };
  const student = new Student({
    architecture: { hidden: [] },
    parameters,
    preprocessing,
    threshold: 0.5,
    provenance: {},
  });
  for (const { text, buckets, margin } of g.texts) {
    expect([...hasherOf(column).buckets(text)], text).toEqual(buckets);
    expect(student.explain({ text }).margin, text).toBeCloseTo(margin, 5);
  }
});

describePython('sklearn')('Python gives the golden margins again', () => {
  test('text.py', () => {
    expect(JSON.parse(pythonFile('test/golden/text.py', []))).toEqual(golden);
  });

  test('the function of docs/other-runtimes.md gives the buckets', () => {
    const docs = readFileSync(new URL('../../docs/other-runtimes.md', import.meta.url), 'utf8');
    const code = /```python\n(import unicodedata[\s\S]*?)```/.exec(docs)?.[1] ?? '';
    const cases = golden.flatMap(({ words, characters, texts }) =>
      texts.map(({ text, buckets }) => ({ text, buckets, column: { words, characters, buckets: 1024 } })),
    );
    const odd = ['İstanbul ΟΔΥΣΣΕΥΣ ǅ', 'a\u0085b\u2028c', 'ﬁ ½ 𝔘𐐀'].map((text) => ({ text, column: textColumn() }));
    const program = `${code}\nimport json, sys\nprint(json.dumps([np.flatnonzero(hashed(c['text'], c['column'])).tolist() for c in json.load(sys.stdin)]))`;
    const found = JSON.parse(python(program, JSON.stringify([...cases, ...odd]))) as number[][];
    const sorted = (buckets: Iterable<number>): number[] => [...buckets].sort((a, b) => a - b);
    expect(found.slice(0, cases.length)).toEqual(cases.map(({ buckets }) => sorted(buckets)));
    expect(found.slice(cases.length)).toEqual(odd.map(({ text, column }) => sorted(hasherOf(column).buckets(text))));
  });
});

test('packed numbers, codes and digits come back', () => {
  const numbers = Array.from({ length: 1081 }, (_, n) => n);
  expect(unpackNumbers(packNumbers(numbers))).toEqual(numbers);
  expect(packNumbers(numbers)).toMatch(/^[ -~]+$/);
  expect(packNumbers(numbers)).not.toMatch(/["'\\<]/);
  const codes = Int8Array.from({ length: 255 }, (_, i) => i - 127);
  expect(unpackCodes(packCodes(codes))).toEqual([...codes]);
  const digits = Array.from({ length: 1024 }, (_, i) => `${(i >> 5).toString(32)}${(i & 31).toString(32)}`).join('');
  expect(unpackDigits(packDigits(digits), digits.length)).toBe(digits);
  expect(unpackDigits(packDigits('3v1'), 3)).toBe('3v1');
});

test('size: int8 weights take about the bytes of their entropy, and the code that reads texts 7.9 kB', async () => {
  const column = textColumn({ buckets: 2 ** 14 });
  const preprocessing = { clip: 10, columns: [column], encodedWidth: column.width };
  const { parameters, ...rest } = randomTextStudent(preprocessing, { hidden: [] }, 5);
  const d = dice(6);
  // bell-shaped, as trained weights are
  const bell = parameters.map(() => Array.from({ length: 12 }, () => d.real(-1, 1)).reduce((sum, x) => sum + x, 0));
  const student = quantize(new Student({ ...rest, parameters: bell }), 'int8', { force: true });
  const text = source(await toJavaScript(student), 'student.js');
  const codes = packLayers(student)[0]?.weights as Int8Array;
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  const entropy = [...counts.values()].reduce((bits, n) => bits - n * Math.log2(n / codes.length), 0) / 8;
  expect(gzipSync(text, { level: 9 }).length - 1.02 * entropy).toBeLessThan(7900);
});

describeShared('a student of real headlines', () => {
  test('int8: at most 22 kB compressed, and .0003 of log-loss', async () => {
    const path = (name: string): string => fileURLToPath(shared(`text/${name}`));
    const table = await readTable(path('data/clickbait/data.csv.gz'), { target: 'label', drop: ['women'] });
    const parts = split(table, { by: await readSplit(path('data/clickbait/split-transfer.csv.gz')) });
    const { train, validation, test: held } = await encodeParts(table, parts, undefined);
    const logits = sharedFloats('text/teachers/clickbait-bert.logits.f32');
    const targets = { margins: Float64Array.from(parts.train, (row) => logits[row] as number) };
    const loss = distillation({ temperature: 1, alpha: 1 });
    const student = await fitStudent({ hidden: [] }, train, targets, loss, {
      seed: 1,
      validation: labelSelection(validation),
    });
    const small = quantize(student, 'int8', { data: held });
    const [before = 0, after = 1] = small.quantization?.loss.logLoss ?? [];
    expect(Math.abs(after - before)).toBeLessThan(0.0003);
    const exported = await toJavaScript(small);
    expect(gzipSync(exported.files[0]?.bytes as Uint8Array, { level: 9 }).length).toBeLessThan(22_000);
  });
});
