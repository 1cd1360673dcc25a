// Teachers of text: answers of a tiny model to known texts, batches, lengths, columns, caches and hidden layers.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openPackedTeacher, packTeacher } from '../../src/cluster/packed-teacher.ts';
import { encodeColumn } from '../../src/data/chunks.ts';
import type { RawColumns } from '../../src/data/raw-columns.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { goldenTokens, OF_SECOND, type TinyText, tinyText, tokenValue } from '../tiny-text.ts';

const { texts, pairs, kinds } = goldenTokens;
const { tokenizer, ids, cut } = kinds.word_piece;
const TOKENS = 256;
const folder = mkdtempSync(join(tmpdir(), 'debkd-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Raw rows of named columns. */
function rowsOf(columns: Readonly<Record<string, readonly string[]>>): RawColumns {
  const names = Object.keys(columns);
  const rows = (columns[names[0] as string] as readonly string[]).map((_, i) =>
    names.map((name) => columns[name]?.[i] as string),
  );
  return {
    name: 'rows.csv',
    rows: rows.length,
    rowNumbers: Uint32Array.from(rows, (_, i) => i),
    columns: names.map((name, j) => encodeColumn(name, rows, j)),
  };
}
const load = (model: Partial<TinyText> = {}, options: TeacherOptions = {}) =>
  loadTeacher(tinyText({ tokens: TOKENS, ...model }), { tokenizer, text: ['text'], ...options });
const sum = (row: readonly number[]): number => row.reduce((total, id) => total + tokenValue(id), 0);

test('margins are those of the golden ids, in the order of the rows', async () => {
  using teacher = await load();
  const { margins, texts: counts } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(ids.map(sum));
  const empty = ids.filter((row) => row.length === 2).length;
  expect(empty).toBeGreaterThan(1);
  expect(counts).toEqual({ cut: 0, empty });
  expect(teacher.takes).toBe('columns');
  expect(teacher.inputs).toEqual(['text']);
  expect(teacher.notes).toEqual([]);
});

test.each([
  ['int32 inputs', { type: 6 }],
  ['a fixed length', { sequence: 64 }],
  ['a fixed number of rows', { batch: 4 }],
  ['one row of a fixed length', { batch: 1, sequence: 48 }],
  ['two values per row', { outputs: 2 }],
  ['token types', { types: true }],
  ['positions', { positions: 64 }],
] satisfies [string, Partial<TinyText>][])('a model with %s gives the same margins', async (_, model) => {
  using teacher = await load(model);
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(ids.map(sum));
});

test('without a mask, rows are filled up with the padding token to the next multiple of 16', async () => {
  using teacher = await load({ mask: false });
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  const padded = ids.map((row) => [...row, ...Array(Math.ceil(row.length / 16) * 16 - row.length).fill(0)]);
  expect([...margins]).toEqual(padded.map(sum));
  expect(teacher.notes).toEqual([
    expect.stringMatching(/its answers depend on the padding of a row .* next multiple of 16 tokens/),
  ]);
});

test('without a mask and a padding token, rows are not filled up', async () => {
  const { tokenizer: bytes, ids: own } = kinds.byte_level;
  const { added_tokens, model, ...rest } = bytes as { added_tokens: { content: string }[]; model: { vocab: object } };
  const vocab = Object.fromEntries(Object.entries(model.vocab).filter(([token]) => token !== '<pad>'));
  const without = {
    ...rest,
    model: { ...model, vocab },
    added_tokens: added_tokens.filter(({ content }) => content !== '<pad>'),
  };
  using teacher = await loadTeacher(tinyText({ tokens: 420, mask: false }), { tokenizer: without, text: ['text'] });
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(own.map(sum));
  expect(teacher.notes).toEqual([]);
});

test('texts longer than maxLength are cut and counted', async () => {
  using teacher = await load({}, { maxLength: 12 });
  expect(teacher.text?.maxLength).toBe(12);
  const { margins, texts: counts } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(cut.map(sum));
  expect(counts?.cut).toBe(ids.filter((row) => row.length > 12).length);
  expect(counts?.cut).toBeGreaterThan(2);
});

test('pairs of texts are cut longest first, with token types', async () => {
  using teacher = await load({ types: true }, { text: ['question', 'answer'], maxLength: 12 });
  const columns = { answer: pairs.map(([, b]) => b), question: pairs.map(([a]) => a) };
  const { margins } = await teacher.margins(rowsOf(columns));
  const expected = kinds.word_piece.pairs.map(
    ({ ids: row, types }) => sum(row) + OF_SECOND * types.filter((t) => t === 1).length,
  );
  expect([...margins]).toEqual(expected);
  expect(teacher.inputs).toEqual(['question', 'answer']);
});

describe('the longest row', () => {
  const lengths = { truncation: { max_length: 40, strategy: 'LongestFirst', stride: 0, direction: 'Right' } };
  test.each([
    ['512 without a statement', {}, {}, 512],
    ['the positions of the model', { positions: 100 }, {}, 100],
    ['a fixed length', { sequence: 32 }, {}, 32],
    ['tokenizer_config.json', {}, { tokenizerConfig: { model_max_length: 77 } }, 77],
    [
      'tokenizer.json before tokenizer_config.json',
      {},
      { tokenizer: { ...tokenizer, ...lengths }, tokenizerConfig: { model_max_length: 77 } },
      40,
    ],
    ['no absurd length', {}, { tokenizerConfig: { model_max_length: 1e30 } }, 512],
    ['config.json', {}, { config: { max_position_embeddings: 200 } }, 200],
    [
      'config.json of RoBERTa',
      {},
      { config: { max_position_embeddings: 202, model_type: 'roberta', pad_token_id: 1 } },
      200,
    ],
    ['at most the positions', { positions: 30 }, { tokenizerConfig: { model_max_length: 77 } }, 30],
    ['as stated', { positions: 30 }, { maxLength: 20, tokenizerConfig: { model_max_length: 77 } }, 20],
  ] satisfies [string, Partial<TinyText>, TeacherOptions, number][])('%s', async (_, model, options, expected) => {
    using teacher = await load(model, options);
    expect(teacher.text?.maxLength).toBe(expected);
  });
});

test('texts are cut and filled up at their start where the tokenizer says so', async () => {
  const config = { truncation_side: 'left', padding_side: 'left' };
  using teacher = await load({}, { maxLength: 12, tokenizerConfig: config });
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  const expected = ids.map((row) => (row.length > 12 ? [row[0] as number, ...row.slice(row.length - 11)] : row));
  expect([...margins]).toEqual(expected.map(sum));
});

test('an answer depends on no other row, bit by bit, in any batches', async () => {
  using teacher = await load();
  const many = Array.from({ length: 300 }, (_, i) => texts.slice(i % 5, (i % 5) + 1 + (i % 7)).join(' ') + i);
  const whole = await teacher.margins(rowsOf({ text: many }));
  for (const batchSize of [1, 5, 1000]) {
    const { margins } = await teacher.margins(rowsOf({ text: many }), { batchSize });
    expect(margins).toEqual(whole.margins);
  }
  const backwards = await teacher.margins(rowsOf({ text: many.toReversed() }));
  expect(backwards.margins.toReversed()).toEqual(whole.margins);
});

test('a model whose answers depend on the batch runs one row at a time, with a note', async () => {
  using teacher = await load({ mixes: true });
  expect(teacher.notes).toEqual([
    expect.stringMatching(/its answers depend on the other rows of a batch .* one row at a time/),
  ]);
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(ids.map((row) => 2 * sum(row)));
});

test('progress counts rows', async () => {
  using teacher = await load();
  const seen: number[] = [];
  await teacher.margins(rowsOf({ text: texts }), { onProgress: ({ done, total }) => seen.push(done, total ?? 0) });
  expect(seen.at(-2)).toBe(texts.length);
  expect(new Set(seen.filter((_, i) => i % 2 === 1))).toEqual(new Set([texts.length]));
});

describe('the column of text', () => {
  const columns = {
    id: texts.map((_, i) => `${i}`),
    group: texts.map((_, i) => (i % 2 ? 'yes' : 'no')),
    body: texts.map((text, i) => `${text} and row ${i}`),
  };

  test('is the only one of running text, and the answers do not depend on the other columns', async () => {
    using open = await loadTeacher(tinyText({ tokens: TOKENS }), { tokenizer });
    expect(open.text?.columns).toBeUndefined();
    using stated = await load({}, { text: ['body'] });
    const { margins } = await stated.margins(rowsOf(columns));
    expect((await open.margins(rowsOf(columns))).margins).toEqual(margins);
    using assigned = open.forTable(rowsOf(columns));
    expect(assigned.inputs).toEqual(['body']);
    expect(assigned.text?.columns).toEqual(['body']);
    expect(assigned.notes).toEqual([expect.stringContaining('"body"')]);
    expect(assigned.forTable(rowsOf(columns))).toBe(assigned);
  });

  test('is the only one that the cache depends on', async () => {
    using teacher = await load({}, { text: ['body'], maxLength: 12 });
    const entries = new Map<string, Uint8Array>();
    const cache: LabelCache = {
      get: async (key) => entries.get(key),
      put: async (key, bytes) => void entries.set(key, bytes),
    };
    const first = await softLabels(teacher, { teacherInputs: rowsOf(columns) }, { cache });
    expect(first.cached).toBe(0);
    expect(first.texts?.cut).toBeGreaterThan(0);
    const regrouped = { ...columns, group: texts.map(() => 'no') };
    const again = await softLabels(teacher, { teacherInputs: rowsOf(regrouped) }, { cache });
    expect(again).toEqual({ ...first, cached: texts.length });
    for (const options of [
      { maxLength: 11 },
      { tokenizerConfig: { padding_side: 'left' } },
      { tokenizer: { ...tokenizer, version: '2' } },
    ]) {
      using other = await load({}, { text: ['body'], maxLength: 12, ...options });
      expect(other.identity).not.toBe(teacher.identity);
    }
  });
});

test('a hidden layer with values for each token is their mean over the tokens of the row', async () => {
  using teacher = await load();
  const data = rowsOf({ text: texts });
  const { width, values } = await teacher.features(data, 'words');
  expect(width).toBe(2);
  ids.forEach((row, i) => {
    expect(values[2 * i]).toBe(Math.fround(sum(row) / row.length));
    expect(values[2 * i + 1]).toBe(1 / 64);
  });
  expect(teacher.hiddenLayer()).toEqual({ layer: 'pooled' });
  const pooled = await hiddenFeatures(teacher, { teacherInputs: data } as Parameters<typeof hiddenFeatures>[1]);
  expect(Array.from(pooled.values).filter((_, i) => i % 2 === 0)).toEqual(ids.map(sum));
});

test('trace shows the ids of each row without padding', async () => {
  using teacher = await load({ types: true });
  const { inputs, output } = await teacher.trace(rowsOf({ text: texts.slice(0, 4) }));
  expect(inputs.map(({ name }) => name)).toEqual(['input_ids', 'attention_mask', 'token_type_ids']);
  expect(inputs[0]?.values).toEqual(ids.slice(0, 4));
  expect(output).toEqual(ids.slice(0, 4).map((row) => [sum(row)]));
});

test("a folder of Hugging Face's layout is read as a whole", async () => {
  const model = join(folder, 'hub');
  mkdirSync(join(model, 'onnx'), { recursive: true });
  writeFileSync(join(model, 'onnx', 'model.onnx'), tinyText({ tokens: TOKENS, outputs: 2 }));
  writeFileSync(join(model, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(model, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 50 }));
  writeFileSync(join(model, 'config.json'), JSON.stringify({ id2label: { 0: 'fine', 1: 'rude' } }));
  for (const [path, options] of [
    [model, {}],
    [join(model, 'onnx', 'model.onnx'), {}],
    [join(model, 'onnx', 'model.onnx'), { tokenizer: model }],
    [join(model, 'onnx', 'model.onnx'), { tokenizer: join(model, 'tokenizer.json') }],
  ] satisfies [string, TeacherOptions][]) {
    using teacher = await loadTeacher(path, options);
    expect(teacher.text?.maxLength).toBe(50);
    expect([...(await teacher.margins(rowsOf({ text: texts }))).margins]).toEqual(ids.map(sum));
    if (path === model) expect(teacher.reading.className).toBe('rude');
  }
  const packed = await openPackedTeacher(await packTeacher(model, { text: ['text'] }));
  using teacher = await loadTeacher(model, { text: ['text'] });
  expect(packed.identity).toBe(teacher.identity);
  packed[Symbol.dispose]();
});

test.each(Object.keys(kinds) as (keyof typeof kinds)[])('a tokenizer of kind %s', async (kind) => {
  const own = kinds[kind];
  using teacher = await loadTeacher(tinyText({ tokens: 420 }), { tokenizer: own.tokenizer, text: ['text'] });
  const { margins } = await teacher.margins(rowsOf({ text: texts }));
  expect([...margins]).toEqual(own.ids.map(sum));
});
