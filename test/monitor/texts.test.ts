// Monitoring of texts, dates and missing cells: how many words, how many known n-grams, which part of a date.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import type { Table } from '../../src/data/table.ts';
import { wordsOf } from '../../src/data/text/words.ts';
import { monitor } from '../../src/monitor/monitor.ts';
import { collectStatistics } from '../../src/monitor/statistics.ts';
import { Student } from '../../src/student/student.ts';
import { studentLayout } from '../../src/student/student-layout.ts';
import { dice } from '../random.ts';
import { partsOf } from './rows.ts';

const ENGLISH =
  'the film was good bad long short actor story music and but very quite never always loved hated it we'.split(' ');
const GERMAN = 'der Film war gut schlecht lang kurz Schauspieler Geschichte Musik und aber sehr nie immer'.split(' ');

/** Texts of some words each, one of ten empty. */
async function texts(rows: number, seed: number, words: readonly string[], length: number): Promise<Table> {
  const { below } = dice(seed);
  const lines = Array.from({ length: rows }, () => {
    const count = below(10) === 0 ? 0 : length + below(10);
    return `${Array.from({ length: count }, () => words[below(words.length)]).join(' ')},${below(90)}`;
  });
  return readCsv(new TextEncoder().encode(`review,stars\n${lines.join('\n')}\n`));
}

function studentFor(
  table: Table,
  preprocessing = fitPreprocessing(table, { rows: partsOf(table).train, text: ['review'] }),
): Student {
  const architecture = { hidden: [] };
  const { size } = studentLayout(preprocessing, architecture);
  const parameters = Float32Array.from({ length: size }, (_, i) => Math.fround(((i * 7) % 5) / 10 - 0.2));
  return new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

function statisticsOf(student: Student, table: Table) {
  const split = partsOf(table);
  const encoded = (rows: Uint32Array) => encode(table, student.preprocessing, { rows });
  return collectStatistics({
    student,
    table,
    split,
    train: encoded(split.train),
    validation: encoded(split.validation),
  });
}

test('texts: words and known n-grams', async () => {
  const table = await texts(2000, 1, ENGLISH, 5);
  const student = studentFor(table);
  const reference = statisticsOf(student, table);
  const [words, known] = reference.columns;
  expect([words?.kind, known?.kind]).toEqual(['words', 'known n-grams']);
  // empty texts are missing, of the training rows and of the validation rows
  const { train } = partsOf(table);
  const column = table.columns[0]!;
  const lengths = Array.from(train, (row) => wordsOf(column.texts[column.codes[row]!]!).length);
  expect(words?.missing).toBe(lengths.filter((n) => n === 0).length);
  expect(words?.counts[0]).toBe(lengths.filter((n) => n > 0 && n < words!.edges![0]!).length);
  expect(JSON.stringify(reference)).not.toContain('actor');
  const same = await monitor(student, await texts(1000, 2, ENGLISH, 5), { reference });
  expect(same.verdict).toBe('No shift seen in 2 columns and the margins.');
  const german = await monitor(student, await texts(1000, 3, GERMAN, 5), { reference });
  const shifted = german.columns.filter((one) => one.shifted).map(({ kind }) => kind);
  expect(shifted).toEqual(['known n-grams']);
  expect(german.verdict).toMatch(/^1 of 2 columns has shifted: review \(known n-grams\) \(PSI /);
  const long = await monitor(student, await texts(1000, 4, ENGLISH, 12), { reference });
  expect(long.columns.find(({ kind }) => kind === 'words')?.shifted).toBe(true);
});

test('dates have an entry for each part that the student reads', async () => {
  const { below } = dice(5);
  const days =
    (from: number) =>
    (_: unknown): string => {
      const day = new Date(Date.UTC(2024, 0, from + below(300))).toISOString().slice(0, 10);
      return below(20) === 0 ? '' : day;
    };
  const tableFrom = (from: number, rows: number) =>
    readCsv(
      new TextEncoder().encode(
        `day,x\n${Array.from({ length: rows }, days(from))
          .map((day) => `${day},${below(9)}`)
          .join('\n')}\n`,
      ),
    );
  const preprocessing = parsePreprocessing(
    {
      clip: 10,
      F: 3,
      columns: [
        { name: 'day', steps: [{ date: 'month' }, { impute: 'constant', value: 6 }], offset: 0, width: 1 },
        { name: 'day', steps: [{ date: 'year' }, { impute: 'constant', value: 2024 }], offset: 1, width: 1 },
        { name: 'x', kind: 'numeric', transform: 'none', mean: 4, std: 2, offset: 2, width: 1 },
      ],
    },
    'dates',
  );
  const table = await tableFrom(1, 1000);
  const student = studentFor(table, preprocessing);
  const reference = statisticsOf(student, table);
  expect(reference.columns.map(({ kind, part }) => [kind, part])).toEqual([
    ['date', 'month'],
    ['date', 'year'],
    ['number', undefined],
  ]);
  const later = await monitor(student, await tableFrom(200, 1000), { reference });
  expect(later.columns.map(({ shifted }) => shifted)).toEqual([true, true, false]);
  expect(later.verdict).toMatch(/^1 of 2 columns has shifted: day \((month|year)\) \(PSI .*, day \((month|year)\)/);
});
