// Compares methods over seeds on one teacher and data set, with paired statistics.
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { openOverall } from '../io/overall.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { weightsRecord } from '../report/weights-text.ts';
import { layerOf, teacherNames } from '../teacher/combine-teachers.ts';
import { softLabelsRecord } from '../teacher/given-record.ts';
import { readyTeacher } from '../teacher/ready-teacher.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { type CompareInputs, inputsDigest } from './compare-inputs.ts';
import type { CompareOptions, Pool } from './compare-options.ts';
import { compareSteps } from './compare-steps.ts';
import { type Comparison, rowOf } from './comparison.ts';
import type { Job, Outcome } from './job.ts';
import type { BaseMethod, Method } from './method.ts';
import { ALL_METHODS, ALONE_METHODS, aloneName, parseMethod } from './methods.ts';
import { decodeOutcome, encodeOutcome, outcomeKey } from './outcome.ts';
import { aloneInputs, prepare } from './prepare.ts';
import { openJobs } from './run-jobs.ts';
import { type Measured, pairUp, summarise } from './summary.ts';

const SEEDS = 20;

/**
 * Compares methods on equal terms. Each seed gives every method the same training rows, first weights and order of rows; every
 * method has the same number of settings. The validation rows select a setting, and the test rows measure it once.
 * @param methods names from METHODS, each also with `+calibration`
 * @param given `teacher`, `data` and `student` are required
 * @returns means over seeds, paired differences, tests; a cell that fails is a row with the reason
 * @throws DebkdError `value` for an unknown method or an option out of range, `rows` when the test rows lack a class, or as
 * softLabels and debiasParts; the signal's reason when aborted
 * @example
 * const comparison = await compare(['hard', 'kd', 'debiased'], {
 *   teacher,
 *   data: { train, validation, test },
 *   student: { hidden: [16] },
 *   seeds: 10,
 * });
 * console.log(comparisonMarkdown(comparison));
 */
export async function compare(methods: readonly Method[], given: CompareOptions): Promise<Comparison> {
  const { signal, onProgress } = given;
  const teacher = await readyTeacher(given.teacher, given.data.train, { signal, onProgress });
  const { data } = given;
  if (teacher.refusal) throw teacher.refusal;
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;
  for (const method of methods) parseMethod(method);
  const chosen = ALL_METHODS.filter((method) => methods.includes(method));
  const seeds = seedsOf(given.seeds ?? SEEDS);
  const overall = openOverall(compareSteps(chosen, { ...given, teacher }, seeds.length), onProgress);
  const options = { ...given, teacher, onProgress: onProgress && overall.onProgress };
  const { inputs, layer } = await prepare(chosen, options);
  const labelSeconds = seconds();

  const variants = variantsOf(inputs, chosen, options);
  const all = variants.flatMap(({ methods: some }) => seeds.length * some.length).reduce((sum, n) => sum + n, 0);
  const outcomes = new Map<string, Outcome>();
  let resumed = 0;
  for (const variant of variants) {
    const found = await runVariant(variant, { ...options, seeds, total: all, done: outcomes.size });
    resumed += found.resumed;
    for (const [job, outcome] of found.outcomes) outcomes.set(rowKey(variant.nameOf(job.method), job.seed), outcome);
  }

  const named = orderOf(variants);
  const rows = named.flatMap((method) =>
    seeds.map((seed) => ({ job: { method, seed }, outcome: outcomes.get(rowKey(method, seed)) as Outcome })),
  );
  const cells = new Map<Method, Measured[]>();
  for (const { job, outcome } of rows) {
    if (outcome.kind !== 'done') continue;
    const { values, resampled } = outcome;
    cells.set(job.method, [...(cells.get(job.method) ?? []), { seed: job.seed, values, resampled }]);
  }
  const secondsByMethod = named.map((method): [Method, number] => [
    method,
    rows.reduce((sum, { job, outcome }) => sum + (job.method === method ? outcome.seconds : 0), 0),
  ]);
  const weights = weightsRecord(data);
  const [summary, paired] = [summarise(cells), pairUp(cells, inputs.replicates)];
  overall.finish('compare');
  return {
    schema: 'debkd/compare@1',
    ...(options.command !== undefined && { command: options.command }),
    teacher: {
      sha256: teacher.sha256,
      convention: teacher.convention,
      ...(teacher.runtime !== undefined && { runtime: teacher.runtime }),
      layer,
      ...(teacher.given && { softLabels: softLabelsRecord(teacher.given, inputs.margins) }),
      ...(teacher.parts && {
        teachers: teacherNames(teacher.parts).map((name, k) => {
          const { sha256, convention, runtime } = (teacher.parts as readonly Teacher[])[k] as Teacher;
          return { name, sha256, convention, ...(runtime !== undefined && { runtime }) };
        }),
      }),
    },
    rows: {
      train: Math.min(inputs.trainRows, inputs.train.rows),
      pool: inputs.train.rows,
      validation: inputs.validation.rows,
      test: data.test.rows,
    },
    ...(options.columns && { columns: options.columns }),
    ...(weights && { weights }),
    student: inputs.student,
    tuned: inputs.tune,
    own: inputs.debiasedOptions,
    methods: named,
    seeds,
    results: rows.map(({ job, outcome }) => rowOf(job, outcome)),
    candidates: rows.flatMap(({ job, outcome }) =>
      outcome.kind === 'done'
        ? outcome.candidates.map(({ trained, selectionLoss }) => ({ ...job, settings: trained, selectionLoss }))
        : [],
    ),
    summary,
    paired,
    timing: { labelSeconds, seconds: Object.fromEntries(secondsByMethod), totalSeconds: seconds(), resumed },
  };
}

/** Jobs on the same inputs. */
interface Variant {
  readonly inputs: CompareInputs;
  readonly methods: readonly Method[];
  /** The method's name in the result. */
  nameOf(method: Method): Method;
}

/** The methods with the teacher, and with each of several teachers alone. */
function variantsOf(inputs: CompareInputs, methods: readonly Method[], { teacher, layer }: CompareOptions): Variant[] {
  const whole: Variant = { inputs, methods, nameOf: (method) => method };
  const { parts } = teacher;
  const some = ALONE_METHODS.filter((method) => methods.includes(method));
  if (!parts || some.length === 0) return [whole];
  const layered = layerOf(parts, layer).place;
  const alone = teacherNames(parts).map(
    (name, place): Variant => ({
      inputs: aloneInputs(inputs, place, layered),
      methods: some,
      nameOf: (method) => aloneName(method as BaseMethod, name),
    }),
  );
  return [whole, ...alone];
}

/** The names of all rows: each method follows its forms with one teacher, so that it is compared with them. */
function orderOf([whole, ...alone]: readonly Variant[]): Method[] {
  return (whole as Variant).methods.flatMap((method) => [
    ...alone.flatMap(({ methods, nameOf }) => (methods.includes(method) ? [nameOf(method)] : [])),
    method,
  ]);
}

function rowKey(method: Method, seed: number): string {
  return `${seed} ${method}`;
}

/** Runs the jobs of a variant; finished ones are taken from `cells`. */
async function runVariant(
  { inputs, methods }: Variant,
  options: Pick<CompareOptions, 'cells' | 'pool' | 'signal' | 'onProgress'> & {
    readonly seeds: readonly number[];
    /** Jobs of all variants, and those that are done. */
    readonly total: number;
    readonly done: number;
  },
): Promise<{ outcomes: ReadonlyMap<Job, Outcome>; resumed: number }> {
  const { seeds, signal, onProgress, total, done } = options;
  const jobs = seeds.flatMap((seed) => methods.map((method): Job => ({ method, seed })));
  const digest = inputsDigest(inputs);
  const outcomes = new Map<Job, Outcome>();
  const waiting: Job[] = [];
  for (const job of jobs) {
    const key = outcomeKey(digest, inputs.debiasedOptions, job);
    const stored = await options.cells?.get(key);
    const outcome = stored && decodeOutcome(key, stored);
    if (outcome) outcomes.set(job, outcome);
    else waiting.push(job);
  }
  const resumed = outcomes.size;
  onProgress?.({ stage: 'compare', done: done + resumed, total });
  using pool = options.pool?.(inputs) ?? localPool(inputs, { signal });
  const seedsInWork = new Set<number>();
  const work = async (): Promise<void> => {
    for (let job = nextJob(waiting, seedsInWork); job; job = nextJob(waiting, seedsInWork, job.seed)) {
      signal?.throwIfAborted();
      const outcome = await pool.run(job);
      const key = outcomeKey(digest, inputs.debiasedOptions, job);
      if (outcome.kind !== 'failed') await options.cells?.put(key, encodeOutcome(key, outcome));
      outcomes.set(job, outcome);
      onProgress?.({ stage: 'compare', done: done + outcomes.size, total });
    }
  };
  await Promise.all(Array.from({ length: pool.size }, work));
  return { outcomes, resumed };
}

/** Takes the next job: one of the worker's last seed, whose rows it has in memory, else one of a seed without a worker. */
function nextJob(waiting: Job[], seedsInWork: Set<number>, last?: number): Job | undefined {
  const sameSeed = waiting.findIndex(({ seed }) => seed === last);
  const freeSeed = waiting.findIndex(({ seed }) => !seedsInWork.has(seed));
  const at = sameSeed >= 0 ? sameSeed : Math.max(0, freeSeed);
  const [job] = waiting.splice(at, 1);
  if (job) seedsInWork.add(job.seed);
  return job;
}

function seedsOf(seeds: number | readonly number[]): number[] {
  const list = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, i) => i + 1) : [...seeds];
  const bad = list.find((seed) => !Number.isSafeInteger(seed) || seed < 0);
  if (list.length === 0 || bad !== undefined || new Set(list).size !== list.length) {
    throw new DebkdError('value', {
      subject: 'compare',
      seen: `seeds are ${list.slice(0, 5).join(', ') || 'none'}`,
      expected: 'different whole numbers from 0, at least one',
    });
  }
  return list;
}

function localPool(inputs: CompareInputs, watch: ProgressOptions): Pool {
  const run = openJobs(inputs);
  return { size: 1, run: (job) => run(job, watch), [dispose]: () => undefined };
}
