// Teachers of text in the shared folder: token ids and margins equal the stored ones, and an answer depends on no other row.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodeColumn } from '../../src/data/chunks.ts';
import { readCsv } from '../../src/data/csv.ts';
import { type RawColumns, rawColumns } from '../../src/data/raw-columns.ts';
import { textColumns } from '../../src/data/text-columns.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { assembleRow } from '../../src/teacher/token-layout.ts';
import { openTokenizer } from '../../src/teacher/tokenizer.ts';
import { describeShared, shared, sharedFloats, sharedJson } from '../shared.ts';

interface Entry {
  readonly id: string;
  readonly dataset: string;
  readonly convention: string;
  readonly maxLength: number;
  readonly inputs: readonly { readonly name: string }[];
}
interface Reference {
  readonly texts: readonly string[];
  readonly input_ids: readonly (readonly number[])[];
  readonly margin: readonly number[];
}

/** Rows of each data set. */
const ROWS = 160;

describeShared('text teachers of ../shared', () => {
  const { teachers } = sharedJson<{ teachers: readonly Entry[] }>('text/teachers/teachers.json');
  const tables = new Map<string, ReturnType<typeof readCsv>>();
  const table = (name: string): ReturnType<typeof readCsv> => {
    const read = tables.get(name) ?? readCsv(shared(`text/data/${name}/data.csv.gz`), { target: 'label' });
    tables.set(name, read);
    return read;
  };
  const load = ({ id, dataset }: Entry): Promise<Teacher> =>
    loadTeacher(shared(`text/teachers/${id}.onnx`), { tokenizer: shared(`text/tokenizers/${dataset}/tokenizer.json`) });

  // the quantised form of a teacher has no reference of its own
  test.each(teachers.filter(({ id }) => !id.endsWith('int8')))('$id: reference ids and margins', async (entry) => {
    const { id, dataset, maxLength } = entry;
    const { texts, input_ids: stored, margin } = sharedJson<Reference>(`text/teachers/${id}.reference.json`);
    const json: unknown = JSON.parse(readFileSync(shared(`text/tokenizers/${dataset}/tokenizer.json`), 'utf8'));
    const tokenizer = await openTokenizer(json, undefined, dataset);
    const ids = texts.map((text) => [
      ...assembleRow(tokenizer.layout, [tokenizer.idsOf(text, maxLength).ids], maxLength, false).ids,
    ]);
    expect(ids).toEqual(stored);
    using teacher = await load(entry);
    expect(teacher.text).toMatchObject({ kind: 'WordPiece', maxLength });
    const column = encodeColumn(
      'text',
      texts.map((text) => [text]),
      0,
    );
    const rows: RawColumns = {
      name: id,
      rows: texts.length,
      rowNumbers: Uint32Array.from(texts.keys()),
      columns: [column],
    };
    const { margins } = await teacher.margins(rows);
    margin.forEach((stated, i) => {
      expect(Math.abs((margins[i] as number) - stated)).toBeLessThan(1e-4);
    });
  });

  test.each(teachers)('$id: margins of the data set, in any batches', async (entry) => {
    const { id, dataset, convention } = entry;
    const data = await table(dataset);
    expect(textColumns(data)).toEqual(['text']);
    const step = Math.floor(data.rows / ROWS);
    const rows = Uint32Array.from({ length: ROWS }, (_, i) => i * step + 3);
    const logits = sharedFloats(`text/teachers/${id}.logits.f32`);
    using teacher = await load(entry);
    expect(teacher.convention).toBe(convention === 'logit' ? 'logit' : 'logits');
    const isQuantised = id.endsWith('int8');
    expect(teacher.notes.some((note) => note.includes('one row at a time'))).toBe(isQuantised);
    const inputs = rawColumns(data, rows);
    const { margins } = await teacher.margins(inputs);
    const errors = Array.from(rows, (row, i) => Math.abs((margins[i] as number) - (logits[row] as number)));
    expect(Math.max(...errors)).toBeLessThan(isQuantised ? 0.6 : 1e-4);
    const few = rawColumns(data, rows.slice(0, 12).reverse());
    const again = await teacher.margins(few, { batchSize: 5 });
    expect(again.margins.reverse()).toEqual(margins.subarray(0, 12));
  });
});
