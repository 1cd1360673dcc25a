// Names that are special in JavaScript objects, HTML or CSV work from the table to the exported student.
import { expect, test } from 'vitest';
import { countMissing } from '../src/data/count-missing.ts';
import { readCsv } from '../src/data/csv.ts';
import { type Dataset, encode } from '../src/data/dataset.ts';
import { fitPreprocessing } from '../src/data/fit-preprocessing.ts';
import { parsePreprocessing } from '../src/data/preprocessing.ts';
import { split } from '../src/data/split.ts';
import { toJavaScript } from '../src/deploy/javascript.ts';
import { toOnnx } from '../src/deploy/onnx.ts';
import { distill } from '../src/distill.ts';
import { hardLabels } from '../src/loss/distillation.ts';
import { htmlReport } from '../src/report/html.ts';
import { resultOf } from '../src/report/make-result.ts';
import { fit as fitStudent } from '../src/student/fit.ts';
import { encodeStudent } from '../src/student/student-bytes.ts';
import { decodeStudent } from '../src/student/student-file.ts';
import { loadTeacher } from '../src/teacher/onnx.ts';
import { dice } from './random.ts';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '',
  'ünï "q"',
  'a,b',
  'line\nbreak',
  '<script>alert(1)</script>',
  'label ',
];
const CATEGORIES = ['__proto__', 'constructor', 'hasOwnProperty', 'é, "ñ"', 'x\ny', '</script>', ' ', ''];

function csv(rows: number): string {
  const d = dice(12);
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const lines = Array.from({ length: rows }, () => {
    const y = d.below(2);
    const fields = NAMES.map((_, j) =>
      j % 2 ? quote(CATEGORIES[d.below(CATEGORIES.length)] as string) : String(d.real(-1, 1) + y),
    );
    return [...fields, d.below(4) === 0 ? '' : y].join(',');
  });
  return [[...NAMES, 'label'].map(quote).join(','), ...lines].join('\n');
}

test('in table, teacher, labels, student, file, report and exports', async () => {
  const table = await readCsv(new TextEncoder().encode(csv(800)), { target: 'label' });
  expect(table.columns.map((c) => c.name)).toEqual(NAMES);
  const parts = split(table);
  const fitted = fitPreprocessing(table, { rows: parts.train });
  const preprocessing = parsePreprocessing(JSON.parse(JSON.stringify(fitted)), 'p.json');
  expect(preprocessing).toEqual(fitted);
  const of = (rows: Uint32Array): Dataset => encode(table, preprocessing, { rows });
  const train = of(parts.train);
  expect(train.labels.filter((y) => y < 0).length).toBeGreaterThan(50);

  const first = await fitStudent({ hidden: [6] }, train, { margins: new Float64Array(train.rows) }, hardLabels(), {
    seed: 1,
    epochs: 20,
  });
  using teacher = await loadTeacher((await toOnnx(first)).files[0]?.bytes as Uint8Array, { preprocessing });
  const run = await distill({
    teacher,
    train,
    validation: of(parts.validation),
    student: { hidden: [5] },
    seed: 2,
    epochs: 10,
  });
  expect(run.changes.groups.every((g) => NAMES.includes(g.column))).toBe(true);

  const student = decodeStudent(encodeStudent(run.student));
  const all = encode(table, preprocessing);
  const batch = student.predictProba(all);
  const { files } = await toJavaScript(student);
  const shipped = await import(`data:text/javascript,${encodeURIComponent(new TextDecoder().decode(files[0]?.bytes))}`);
  for (let row = 0; row < table.rows; row += 13) {
    const record = Object.fromEntries(table.columns.map((c) => [c.name, c.texts[c.codes[row] as number] as string]));
    expect(student.predictRecord(record).probability).toBe(batch[row]);
    expect(shipped.predict(JSON.parse(JSON.stringify(record))).probability).toBe(batch[row]);
  }

  const result = resultOf({
    ...{ run, teacher, file: Uint8Array.of(1), data: { train, validation: train, test: train } },
    ...{ missing: countMissing(table), files: [] },
  });
  expect(await htmlReport(result)).not.toMatch(/<script/);
  expect(({} as Record<string, unknown>)['0']).toBeUndefined();
});

test('a duplicate column name is refused, also a special one', async () => {
  const text = '__proto__,__proto__,label\n1,2,0\n1,2,1\n';
  await expect(readCsv(new TextEncoder().encode(text), { target: 'label' })).rejects.toThrow(
    /column "__proto__" appears twice/,
  );
});
