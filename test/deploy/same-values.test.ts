// Numbers and booleans that a table has written in another way: 1 for 1.0, true for True. Every reader takes the same category.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, test } from 'vitest';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import { openStudent } from '../../src/edge.ts';
import { encode, readTable } from '../../src/index.ts';
import { layout } from '../../src/kernels/layout.ts';
import type { Answer } from '../../src/student/decide.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { debkd } from '../cli/run.ts';
import { describePython, python } from '../python.ts';
import { dice } from '../random.ts';
import { fileText as file } from './open-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-same-values-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const COLUMNS = [
  { name: 'smoker', kind: 'categorical', categories: ['', 'False', 'True'], offset: 0, width: 3 },
  { name: 'flag', kind: 'categorical', categories: ['0.0', '1.0', 'x'], offset: 3, width: 3 },
  { name: 'code', kind: 'categorical', categories: ['1', '1.0', '02', '2', '03', '-4e0'], offset: 6, width: 6 },
  { name: 'upper', kind: 'categorical', categories: ['TRUE', 'FALSE'], offset: 12, width: 2 },
] as const;
const STEPS = { name: 'step', steps: [{ oneHot: { categories: ['1.0', 'False', 'True'] } }], offset: 14, width: 3 };
const MISSING = ['-9', 'na'];
const plain = { clip: 9, missing: MISSING, columns: COLUMNS, encodedWidth: 14 };
const withSteps = parsePreprocessing({ ...plain, columns: [...COLUMNS, STEPS], encodedWidth: 17 }, 'steps');

function studentOf(preprocessing: Student['preprocessing']): Student {
  const d = dice(4);
  const architecture = { hidden: [3] };
  const parameters = Float32Array.from({ length: layout(preprocessing.encodedWidth, architecture).size }, () =>
    d.real(-2, 2),
  );
  const thresholds = [
    ['True', 0.001],
    ['1.0', 0.999],
  ] as const;
  return new Student({
    ...{ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} },
    groupThresholds: { column: 'group', thresholds },
  });
}
const base: RawRecord = { smoker: 'True', flag: '1.0', code: '02', upper: 'TRUE', step: 'True', group: '' };
/** A value, and the text that it is read as; undefined: none. */
const PAIRS: readonly (readonly [string, RawRecord[string], string | undefined])[] = [
  ['smoker', true, 'True'],
  ['smoker', false, 'False'],
  ['smoker', 'true', undefined],
  ['smoker', 1, undefined],
  ['flag', 1, '1.0'],
  ['flag', 0, '0.0'],
  ['flag', -0, '0.0'],
  ['flag', '1', undefined],
  ['flag', true, undefined],
  ['code', 1, '1'],
  ['code', 2, '2'],
  ['code', 3, '03'],
  ['code', -4, '-4e0'],
  ['code', -9, undefined],
  ['upper', true, 'TRUE'],
  ['group', true, 'True'],
  ['group', 1, '1.0'],
];
const STEP_PAIRS = [
  ['step', true, 'True'],
  ['step', 1, '1.0'],
  ['step', '1', undefined],
] as const;

describe.each([
  ['plain', studentOf(plain), PAIRS],
  ['steps', studentOf(withSteps), [...PAIRS, ...STEP_PAIRS]],
] as const)('a student with %s columns', (kind, student, pairs) => {
  const pair = pairs.map(([name, value, same]) => ({
    given: { ...base, [name]: value },
    same: { ...base, [name]: same ?? 'unlisted' },
    unknown: same === undefined ? [name] : [],
  }));

  test('records: in the library, at the edge, in js and wasm', async () => {
    const edge = await openStudent(encodeStudent(student));
    const js = (await import(moduleUrl(file((await toJavaScript(student)).files, 'student.js')))) as typeof edge & {
      predict(record: RawRecord): Answer;
    };
    const exported = await toWasm(student);
    const { openStudent: openWasm } = (await import(moduleUrl(file(exported.files, 'student.js')))) as {
      openStudent(wasm: WebAssembly.Module): typeof js;
    };
    const binary = exported.files.find(({ path }) => path === 'student.wasm')?.bytes as Uint8Array<ArrayBuffer>;
    const wasm = openWasm(await WebAssembly.compile(binary));
    for (const { given, same, unknown } of pair) {
      const shown = JSON.stringify(given);
      const expected = student.predictRecord(same);
      expect(student.predictRecord(given), shown).toEqual(expected);
      expect(student.unknownFields(given), shown).toEqual(unknown);
      expect(student.explain(given), shown).toEqual(student.explain(same));
      expect(edge.predictRecord(given), shown).toEqual(expected);
      for (const one of [js, wasm]) {
        expect(one.predict(given), shown).toEqual(expected);
        expect(one.unknownFields(given), shown).toEqual(unknown);
      }
    }
  });

  describePython('numpy')('in Python', () => {
    test('the same answers and unknown fields', () => {
      const reader = fileURLToPath(new URL('../../src/deploy/shipped/python', import.meta.url));
      const path = join(folder, `${kind}.debkd`);
      writeFileSync(path, encodeStudent(student));
      const found = python(
        `import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(reader)})
import numpy as np
from debkd_student import open_student
student = open_student(${JSON.stringify(path)})
records = json.load(sys.stdin)
typed = [{k: v if isinstance(v, str) or v is None else np.array(v)[()] for k, v in r.items()} for r in records]
assert student.predict_batch(records) == student.predict_batch(typed)
seen = []
student.predict(records[0], lambda name, value: seen.append(name))
assert seen == student.unknown_fields(records[0])
print(json.dumps([[student.predict(r), student.unknown_fields(r)] for r in records]))`,
        JSON.stringify(pair.map(({ given }) => given)),
      );
      expect(JSON.parse(found)).toEqual(pair.map(({ given, unknown }) => [student.predictRecord(given), unknown]));
    });
  });

  test('tables: debkd predict from NDJSON, and NDJSON and Parquet as tables', async () => {
    const place = join(folder, kind);
    mkdirSync(place);
    writeFileSync(join(place, 'student.debkd'), encodeStudent(student));
    const lines = pair.map(({ given }) => JSON.stringify(given));
    const data = join(place, 'rows.ndjson');
    writeFileSync(data, `${lines.join('\n')}\n`);
    const { stdout, stderr } = debkd(['predict', '--student', place, '--data', data, '--keep', 'all']);
    const answers = pair.map(({ given }) => ({ ...given, ...student.predictRecord(given) }));
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(answers.map((answer) => expect.objectContaining(JSON.parse(JSON.stringify(answer)))));
    expect(stderr).toContain('"flag" in 2 of');
    const options = { listed: student.listedTexts(), missing: MISSING };
    const expected = Float64Array.from(answers, ({ probability }) => probability);
    const rows = Uint32Array.from(pair, (_, i) => i);
    const table = await readTable(data, options);
    using stored = await storeTable(data, options);
    for (const one of [table, stored.chunk(0)])
      expect(student.predictProba(encode(one, student.preprocessing, { rows }))).toEqual(expected);
  });
});

test('Parquet: numbers and booleans of the schema, not texts', async () => {
  const student = studentOf(plain);
  const texts = (value: string) => ({ data: [value, value], type: 'STRING' as const });
  const columns = {
    ...{ smoker: { data: [true, false], type: 'BOOLEAN' as const }, flag: { data: [1, 0], type: 'INT32' as const } },
    ...{ code: { data: [3, 2], type: 'DOUBLE' as const }, upper: texts('true'), group: texts('1') },
  };
  const bytes = new Uint8Array(
    parquetWriteBuffer({ columnData: Object.entries(columns).map(([name, one]) => ({ name, ...one })) }),
  );
  const table = await readTable(bytes, { listed: student.listedTexts() });
  const row = (i: number): unknown => table.columns.map(({ texts: list, codes }) => list[codes[i] as number]);
  expect([row(0), row(1)]).toEqual([
    ['True', '1.0', '03', 'true', '1'],
    ['False', '0.0', '2', 'true', '1'],
  ]);
});
