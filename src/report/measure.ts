// A distillation with teacher and student measured on the test rows: what result.json holds.
import type { Baselines } from '../compare/baselines.ts';
import type { MissingCount } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import type { RowFilter } from '../data/row-filter.ts';
import type { Distilled } from '../distill.ts';
import type { LabelCache } from '../io/cache.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { sha256 } from '../io/sha256.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { evaluate } from '../metrics/evaluation.ts';
import { type GroupBias, groupBias } from '../metrics/group-bias.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import { encodeStudent } from '../student/student-file.ts';
import type { Teacher } from '../teacher/onnx.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { figuresOf } from './figures-data.ts';
import { type Baseline, type DistillResult, type Part, resultOf } from './result.ts';

/** What measureDistilled measures on, and notes in the record. */
export interface MeasureOptions extends ProgressOptions {
  /** The rows of each part; `test` is measured on. */
  readonly data: Readonly<Record<Part, AnyDataset>>;
  /** Of the table (countMissing). */
  readonly missing: readonly MissingCount[];
  /** The group of each test row, for each column of interest. */
  readonly groups?: readonly (readonly string[])[];
  /** Keeps the teacher's answers. */
  readonly cache?: LabelCache | undefined;
  /** Students to compare with (trainBaselines). */
  readonly baselines?: Baselines | undefined;
  /** Names of what is written beside the record; default none. */
  readonly files?: readonly string[];
  /** Which rows were trained on, for later measures (makeRowFilter). */
  readonly trainedOn?: RowFilter | undefined;
  /** What is wrong with the table (tableWarnings), for the record. */
  readonly warnings?: readonly string[];
  /** What was typed to make it. */
  readonly command?: string;
}

/** The record, teacher and student each at its own threshold on the labelled test rows. */
export async function measureDistilled(
  run: Distilled,
  given: Teacher,
  {
    data,
    missing,
    trainedOn,
    warnings: more = [],
    groups = [],
    cache,
    baselines,
    files = [],
    command,
    ...watch
  }: MeasureOptions,
): Promise<{ result: DistillResult; margins: Float64Array }> {
  const { train, validation, test } = data;
  const teacher = given.forTarget(train.target);
  const warnings = [...more, ...run.warnings, ...testWarnings(test.labels)];
  const known = {
    run: { ...run, warnings },
    teacher,
    sha256: sha256(encodeStudent(run.student)),
    data,
    missing,
    trainedOn,
    files,
    command,
  };
  if (!test.labels.some((y) => y >= 0)) {
    return { result: resultOf(known), margins: new Float64Array(0) };
  }
  const { margins } = await softLabels(teacher, test, { cache, ...watch });
  const threshold = chooseThreshold(run.soft.validation.margins.map(sigmoid), validation.labels);
  const before = margins.map(sigmoid);
  const after = run.student.predictProba(test);
  const tests = {
    figures: figuresOf({
      test: { teacher: margins, student: after, labels: test.labels },
      train: { teacher: run.soft.train.margins, debiased: run.debiased.train, labels: train.labels },
      history: run.student.training?.history ?? [],
    }),
    teacher: await evaluate(before, test.labels, { threshold, scores: margins, ...watch }),
    student: await evaluate(after, test.labels, {
      ...{ threshold: run.student.threshold, scores: run.student.margins(test) },
      ...watch,
    }),
    baselines: baselines && (await measureBaselines(baselines, test, watch)),
    groups: groups.flatMap((list) => {
      const student = groupBias(after, test.labels, list, run.student.threshold);
      return groupBias(before, test.labels, list, threshold).map((bias, i) => ({
        teacher: bias,
        student: student[i] as GroupBias,
      }));
    }),
  };
  return { result: resultOf({ ...known, tests }), margins };
}

async function measureBaselines(baselines: Baselines, test: AnyDataset, watch: ProgressOptions): Promise<Baseline[]> {
  const made: Baseline[] = [];
  for (const method of ['hard', 'kd'] as const) {
    const { threshold } = baselines[method];
    const options = { threshold, scores: baselines[method].margins(test), ...watch };
    const { metrics } = await evaluate(baselines[method].predictProba(test), test.labels, options);
    made.push({ method, threshold, metrics: { test: metrics } });
  }
  return made;
}

/** Fewer labelled test rows than this are warned about, and fewer of a class. */
const MIN_EXACT_ROWS = { rows: 100, class: 20 };

function testWarnings(labels: Int8Array): string[] {
  const known = labels.filter((y) => y >= 0).length;
  if (known === 0) return ['test: no labelled rows, so that nothing was measured'];
  const ones = labels.filter((y) => y === 1).length;
  const rarer = Math.min(ones, known - ones);
  if (known >= MIN_EXACT_ROWS.rows && rarer >= MIN_EXACT_ROWS.class) return [];
  return [
    `test: ${known} labelled rows, ${rarer} of the rarer class; what is measured on them says little. Give it ${MIN_EXACT_ROWS.rows} and ${MIN_EXACT_ROWS.class}, or more (--split)`,
  ];
}
