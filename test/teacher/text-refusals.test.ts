// Teachers of text: every wrong file, column and length gets one clear error.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { encodeColumn } from '../../src/data/chunks.ts';
import type { RawColumns } from '../../src/data/raw-columns.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { tinyOnnx } from '../tiny-onnx.ts';
import { goldenTokens, type TinyText, tinyText } from '../tiny-text.ts';

const { tokenizer } = goldenTokens.kinds.word_piece;
const { model } = tokenizer as { model: Record<string, unknown> };
const folder = mkdtempSync(join(tmpdir(), 'debkd-text-refusals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const load = (tiny: Partial<TinyText>, options: TeacherOptions) =>
  loadTeacher(tinyText({ tokens: 256, ...tiny }), options).then((teacher) => teacher[Symbol.dispose]());

const PICTURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0);
const withModel = (changes: object): TeacherOptions => ({
  tokenizer: { ...tokenizer, model: { ...model, ...changes } },
});

test.each([
  [
    'no tokenizer',
    {},
    {},
    /it reads text as tokens, and no tokenizer is given; give the tokenizer.json .*tokenizer: FILE/,
  ],
  ['a picture', {}, { tokenizer: PICTURE }, /tokenizer "bytes": this is a picture, expected tokenizer.json/],
  [
    'other bytes',
    {},
    { tokenizer: Uint8Array.of(0x81, 0xfe, 0, 1) },
    /the bytes are not text, expected tokenizer.json/,
  ],
  ['no JSON', {}, { tokenizer: new TextEncoder().encode('{') }, /not JSON .* expected tokenizer.json/],
  ['a list', {}, { tokenizer: new TextEncoder().encode('[1]') }, /not a JSON object/],
  ['JSON of something else', {}, { tokenizer: { a: 1 } }, /it has no "model", expected the tokenizer.json/],
  ['an empty vocabulary', {}, withModel({ vocab: {} }), /its model has no vocabulary/],
  ['a vocabulary of texts', {}, withModel({ vocab: { a: 'b' } }), /its model has no vocabulary/],
  ['an unknown kind of model', {}, withModel({ type: 'Other', vocab: [['a', 0]], unk_id: 9 }), /unsupported kind/],
  [
    'an unknown normalizer',
    {},
    { tokenizer: { ...tokenizer, normalizer: { type: 'Nmt' } } },
    /unsupported kind \(Unknown Normalizer type: Nmt\)/,
  ],
  [
    'an unknown pre-tokenizer',
    {},
    { tokenizer: { ...tokenizer, pre_tokenizer: { type: 'UnicodeScripts' } } },
    /unsupported kind \(.*UnicodeScripts\)/,
  ],
  [
    'an unknown post-processor',
    {},
    { tokenizer: { ...tokenizer, post_processor: { type: 'Other' } } },
    /unsupported kind \(post-processor "Other"\)/,
  ],
  [
    'a malformed template',
    {},
    {
      tokenizer: {
        ...tokenizer,
        post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: 'x' } }] },
      },
    },
    /unsupported kind \(post-processor/,
  ],
  [
    'a pattern of nothing',
    {},
    { tokenizer: { ...tokenizer, pre_tokenizer: { type: 'Split', behavior: 'Isolated' } } },
    /Split without a pattern/,
  ],
  [
    'an added token without an id',
    {},
    { tokenizer: { ...tokenizer, added_tokens: [{ content: 'a' }] } },
    /an added token has no "content" or no "id"/,
  ],
  [
    'a tokenizer of more tokens',
    { tokens: 100 },
    { tokenizer },
    /has ids up to 209, and the model knows 100 tokens, expected the tokenizer that the model was trained with/,
  ],
  [
    'a length beyond the positions',
    { positions: 20 },
    { tokenizer, maxLength: 21 },
    /maximum length: 21, expected at most 20/,
  ],
  [
    'a length beyond the fixed one',
    { sequence: 20 },
    { tokenizer, maxLength: 21 },
    /maximum length: 21, expected at most 20/,
  ],
  ['a length without room', {}, { tokenizer, maxLength: 2 }, /maximum length: 2, expected at least 3/],
  ['a broken length', {}, { tokenizer, maxLength: 7.5 }, /maximum length: 7.5, expected a whole number/],
  [
    'three columns',
    {},
    { tokenizer, text: ['a', 'b', 'c'] },
    /columns of text: "a", "b", "c", expected one column, or two/,
  ],
  ['no column', {}, { tokenizer, text: [] }, /columns of text: none/],
  ['one column twice', {}, { tokenizer, text: ['a', 'a'] }, /columns of text: "a", "a"/],
  [
    'columns by input',
    {},
    { tokenizer, inputs: { input_ids: ['a'] } },
    /expected no columns by input; leave out inputs, or name the column of text/,
  ],
  [
    'a preprocessing',
    {},
    {
      tokenizer,
      preprocessing: {
        encodedWidth: 1,
        clip: 10,
        columns: [{ kind: 'numeric', name: 'a', transform: 'none', mean: 0, std: 1, offset: 0, width: 1 }],
      } as never,
    },
    /expected no preprocessing/,
  ],
  ['an unknown input', { other: 'bbox' }, { tokenizer }, /input "bbox" among .* is not known in a teacher of text/],
  ['a decoder', { other: 'decoder_input_ids' }, { tokenizer }, /it has a decoder \(input "decoder_input_ids"\)/],
] satisfies [string, Partial<TinyText>, TeacherOptions, RegExp][])(
  '%s is refused',
  async (_, tiny, options, message) => {
    await expect(load(tiny, options)).rejects.toThrow(message);
  },
);

test('a missing tokenizer says where it was looked for', async () => {
  const path = file('alone.onnx', tinyText({ tokens: 256 }));
  await expect(loadTeacher(path)).rejects.toThrow(/no tokenizer.json in ".*debkd-text-refusals-/);
  await expect(loadTeacher(path, { tokenizer: folder })).rejects.toThrow(/this folder holds no tokenizer.json/);
  await expect(loadTeacher(path, { tokenizer: join(folder, 'none.json') })).rejects.toThrow(/there is no such file/);
});

test.each([{ tokenizer }, { maxLength: 9 }])(
  'a model of numbers refuses %o, and ignores columns of text',
  async (options) => {
    await expect(loadTeacher(tinyOnnx(), options)).rejects.toThrow(
      /its inputs take no tokens \("input"\), expected input_ids/,
    );
    (await loadTeacher(tinyOnnx(), { text: ['a'] }))[Symbol.dispose]();
  },
);

function rowsOf(columns: Readonly<Record<string, readonly string[]>>): RawColumns {
  const names = Object.keys(columns);
  const rows = (columns[names[0] as string] as readonly string[]).map((_, i) =>
    names.map((name) => columns[name]?.[i] as string),
  );
  return {
    name: 'rows.csv',
    rows: rows.length,
    rowNumbers: Uint32Array.from(rows.keys()),
    columns: names.map((name, j) => encodeColumn(name, rows, j)),
  };
}

describe('rows', () => {
  const sentences = ['one two', 'three four', 'five six'];
  test.each([
    [
      'a column that is missing',
      ['text'],
      { texts: sentences },
      /data "rows.csv": no column "text", which should hold the texts \(did you mean "texts"\?\); name the column of text/,
    ],
    [
      'a column of numbers',
      ['age'],
      { age: ['1', '2', '3'] },
      /column "age": its values are numbers, such as "1", expected texts/,
    ],
    [
      'several columns of text',
      undefined,
      { a: sentences, b: sentences },
      /2 columns hold texts \("a", "b"\), and teacher .* takes one; name the column of text/,
    ],
    [
      'no column of text',
      undefined,
      { a: ['x', 'y', 'x'], b: ['1', '2', '3'] },
      /no column clearly holds texts, which teacher .* takes, expected one of "a", "b"/,
    ],
    ['numbers in the only column', undefined, { a: ['1', '2', '3'] }, /column "a": its values are numbers/],
  ] satisfies [string, string[] | undefined, Record<string, string[]>, RegExp][])(
    '%s',
    async (_, text, columns, message) => {
      using teacher = await loadTeacher(tinyText({ tokens: 256 }), { tokenizer, ...(text && { text }) });
      await expect(teacher.margins(rowsOf(columns))).rejects.toThrow(message);
      expect(() => teacher.forTable(rowsOf(columns))).toThrow(message);
    },
  );

  test('encoded rows are refused', async () => {
    using teacher = await loadTeacher(tinyText({ tokens: 256 }), { tokenizer });
    const matrix = { rows: 1, fields: 1, width: 1, fieldColumns: Int32Array.of(0), data: Int32Array.of(0) };
    await expect(teacher.margins(matrix)).rejects.toThrow(
      /it takes texts, but the rows are encoded; encode them with teacher: 'raw'/,
    );
  });

  test('an added token beyond the embedding is refused where a text has it', async () => {
    const added = [...(tokenizer['added_tokens'] as object[]), { id: 300, content: '[NEW]', special: true }];
    using teacher = await loadTeacher(tinyText({ tokens: 256 }), {
      tokenizer: { ...tokenizer, added_tokens: added },
      text: ['a'],
    });
    await expect(teacher.margins(rowsOf({ a: ['the lamp', 'a [NEW] lamp'] }))).rejects.toThrow(
      /column "a": tokenizer .* gives id 300 for "a \[NEW\] lamp", and the model knows 256 tokens/,
    );
    expect((await teacher.margins(rowsOf({ a: ['the lamp'] }))).margins).toHaveLength(1);
  });

  test('a tokenizer without a token for unknown words is refused where a text has one', async () => {
    const options = withModel({ unk_token: '[NONE]' });
    await expect(
      loadTeacher(tinyText({ tokens: 256 }), options).then((teacher) => teacher.margins(rowsOf({ a: ['Ωmega'] }))),
    ).rejects.toThrow(/it has no token for unknown words/);
  });
});

describe('notes', () => {
  test.each([
    [
      'an approximated part',
      { tokenizer: { ...tokenizer, normalizer: { type: 'Precompiled', precompiled_charsmap: '' } } },
      /approximated \(normalizer Precompiled, by NFKC\)/,
    ],
    [
      'a contradiction',
      { tokenizerConfig: { do_lower_case: false } },
      /do_lower_case false, and tokenizer.json true; tokenizer.json is followed/,
    ],
  ] satisfies [string, TeacherOptions, RegExp][])('%s', async (_, options, message) => {
    using teacher = await loadTeacher(tinyText({ tokens: 256 }), { tokenizer, ...options });
    expect(teacher.notes).toEqual([expect.stringMatching(message)]);
  });

  test('a much smaller vocabulary', async () => {
    using teacher = await loadTeacher(tinyText({ tokens: 5000 }), { tokenizer });
    expect(teacher.notes).toEqual([expect.stringMatching(/it knows 5000 tokens, its tokenizer only 210/)]);
  });
});
