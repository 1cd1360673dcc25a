// Rows for tests of monitoring: a table of numbers and categories, and a student that was not trained.
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import type { AnyTable, Table } from '../../src/data/table.ts';
import type { Statistics } from '../../src/monitor/histogram.ts';
import { collectStatistics } from '../../src/monitor/statistics.ts';
import { Student } from '../../src/student/student.ts';
import { studentLayout } from '../../src/student/student-layout.ts';
import { dice } from '../random.ts';

/** How rows are drawn. */
export interface Draw {
  readonly rows: number;
  readonly seed: number;
  /** Added to age. */
  readonly shift?: number;
  /** Chance that income is missing. */
  readonly missing?: number;
  /** Chance of a job that is new. */
  readonly astronauts?: number;
}

const JOBS = ['nurse', 'teacher', 'clerk', 'clerk', 'clerk', 'driver', 'driver'];

/** A table as CSV: age, income, children (whole numbers from 0 to 3), job and label. */
export function rowsOf({ rows, seed, shift = 0, missing = 0, astronauts = 0 }: Draw): string {
  const { real, below } = dice(seed);
  const normal = (): number => Array.from({ length: 12 }, () => real(0, 1)).reduce((sum, x) => sum + x, -6);
  const lines = Array.from({ length: rows }, () => {
    const age = 40 + 10 * (normal() + shift);
    const income = real(0, 1) < missing ? '' : (1000 * (1 + real(0, 1) ** 3)).toFixed(2);
    const job = real(0, 1) < astronauts ? 'astronaut' : JOBS[below(JOBS.length)];
    return `${age.toFixed(1)},${income},${below(4)},${job},${age + 20 * normal() > 40 ? 1 : 0}`;
  });
  return `age,income,children,job,label\n${lines.join('\n')}\n`;
}

export async function tableOf(draw: Draw): Promise<Table> {
  return readCsv(new TextEncoder().encode(rowsOf(draw)), { target: 'label' });
}

/** A student of a table: logistic, with weights that differ. */
export function studentOf(table: AnyTable, train: Uint32Array): Student {
  const preprocessing = fitPreprocessing(table, { rows: train });
  const architecture = { hidden: [] };
  const { size } = studentLayout(preprocessing, architecture);
  const parameters = Float32Array.from({ length: size }, (_, i) => Math.fround(0.5 - (i % 3) / 4));
  return new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

/** The rows of a table in memory: three of four for training, the others for validation. */
export function partsOf({ rows }: { readonly rows: number }): { train: Uint32Array; validation: Uint32Array } {
  const all = Uint32Array.from({ length: rows }, (_, i) => i);
  return { train: all.filter((i) => i % 4 !== 3), validation: all.filter((i) => i % 4 === 3) };
}

/** The student of a table and its statistics. */
export function referenceOf(table: Table): { student: Student; statistics: Statistics } {
  const split = partsOf(table);
  const student = studentOf(table, split.train);
  const encoded = (rows: Uint32Array) => encode(table, student.preprocessing, { rows });
  const parts = { train: encoded(split.train), validation: encoded(split.validation) };
  return { student, statistics: collectStatistics({ student, table, split, ...parts }) };
}
