// Goes on from the student of a run with a few corrected records.
import { buildTable } from '../../data/build-table.ts';
import { type Dataset, encode, selectRows } from '../../data/dataset.ts';
import { allRows } from '../../data/row-source.ts';
import { countsIn } from '../../data/row-weights.ts';
import { sampleRows } from '../../data/split.ts';
import { distill } from '../../distill.ts';
import type { ProgressOptions } from '../../io/progress.ts';
import { evaluate } from '../../metrics/evaluation.ts';
import type { Student } from '../../student/student.ts';
import type { Correction, Retrained } from '../messages.ts';
import type { Finished } from './run.ts';

/** Training rows that keep their answers. */
const REPLAYED = 1000;

/** The corrected records as rows. */
async function rowsOf({ names, student }: Finished, corrections: readonly Correction[]): Promise<Dataset> {
  async function* chunks(): AsyncGenerator<readonly (readonly string[])[]> {
    yield corrections.map(({ record }) => names.map((name) => record[name] ?? ''));
  }
  const table = await buildTable({ name: 'corrections', header: names, chunks: chunks() }, {});
  const { target } = student;
  return {
    ...encode(table, student.preprocessing),
    labels: Int8Array.from(corrections, ({ label }) => label),
    ...(target && { target }),
  };
}

/**
 * The new student, and what changed. The corrections are all wrong answers, so nothing is learnt from them about the bias of the other rows;
 * training rows of the run keep their answers.
 */
export async function retrain(
  run: Finished,
  corrections: readonly Correction[],
  watch: ProgressOptions,
): Promise<{ student: Student; retrained: Retrained }> {
  const started = performance.now();
  const { student: from } = run;
  const { data } = await run.live();
  const rows = await rowsOf(run, corrections);
  const replay = selectRows(data.train, sampleRows(allRows(data.train), Math.min(REPLAYED, data.train.rows), 1));
  const made = await distill({ from, replay, train: rows, validation: rows, debias: 'none', seed: 1, ...watch });
  // the few corrections say nothing about the threshold
  const student = made.student.with({ threshold: from.threshold, groupThresholds: from.groupThresholds });
  const column = from.groupThresholds?.column;
  const groups =
    column === undefined ? undefined : corrections.map(({ record }) => `${column}=${record[column] ?? ''}`);
  const seconds = (performance.now() - started) / 1000;
  const answersOf = (one: Student) => {
    const called = one.predict(rows, groups);
    return Array.from(one.predictProba(rows), (probability, i) => ({
      probability,
      right: called[i] === rows.labels[i],
    }));
  };
  const [before, after] = [answersOf(from), answersOf(student)];
  const { test } = data;
  const measure = async (one: Student) => {
    const { weights, labels } = test;
    const { metrics } = await evaluate(one.predictProba(test), labels, { threshold: one.threshold, weights, ...watch });
    return { auc: metrics.auc.value, logLoss: metrics.logLoss.value };
  };
  const isMeasured = [...test.labels.keys()].some(countsIn(test));
  return {
    student,
    retrained: {
      changed: made.from?.step !== 0,
      answers: before.map((one, i) => ({ before: one, after: after[i] as typeof one })),
      ...(isMeasured && { test: { before: await measure(from), after: await measure(student) } }),
      seconds,
    },
  };
}
