// Trains students: mini-batches, AdamW, the best epoch kept, until the validation rows gain no more. Forward, backward, loss and
// optimizer run in the kernel, a slice of an epoch a call, so that the caller's page or signal gets its turn. Logistic students
// are fitted to their minimum instead (fit-logistic.ts).
import type { AnyDataset } from '../data/stored-dataset.ts';
import { checkLength } from '../io/check.ts';
import { breathe } from '../io/progress.ts';
import { layout } from '../kernels/layout.ts';
import { openArena } from '../kernels/memory.ts';
import { seedWords } from '../kernels/random.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { checkLoss, type Loss } from '../loss/loss.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import { fitLogistic } from './fit-logistic.ts';
import { type Budget, checkFitOptions, type TrainingOptions } from './fit-options.ts';
import { openGround } from './ground.ts';
import { type Learner, type Lesson, openLearner } from './learner.ts';
import { isExact } from './optimizer.ts';
import { shareRelations } from './relations.ts';
import type { Student } from './student.ts';
import { openKeeper, type Resume, restore } from './training-state.ts';

/** Of one student. */
export interface FitOptions extends TrainingOptions, Omit<Lesson, 'targets' | 'loss'> {
  /** Keeps the state of training under `part`, and goes on from one that is there: to the bytes of a fit that was not cut. */
  readonly resume?: Resume | undefined;
}

/** Batches a kernel call. */
const SLICE = 64;
/** Bytes that students trained together may take. */
const TOGETHER = 2 ** 28;

/**
 * Fits a student to targets. Its threshold is .5 until one is chosen; `training` says how it went.
 * @param dataset encoded training rows
 * @param targets a margin a row (infuse)
 * @throws DebkdError `value`, `rows` or `memory`; the signal's reason when aborted
 */
export async function fit(
  architecture: Architecture,
  dataset: AnyDataset,
  targets: Targets,
  loss: Loss,
  options: FitOptions,
): Promise<Student> {
  const { features, optimizer, validation } = options;
  const lesson = { targets, loss, features, optimizer, validation };
  const shape = checkArchitecture(architecture);
  checkLessons(dataset, [lesson], options);
  if (isExact(shape, loss, optimizer)) return fitLogistic(dataset, lesson, options);
  const [student] = await fitTogether(shape, dataset, [lesson], options);
  return student as Student;
}

/**
 * Fits several students of one shape on the same rows from the same start, one a lesson, in one pass over the rows. Each is
 * the one that fit makes, to the bit.
 * @throws DebkdError as fit
 */
export async function fitMany(
  architecture: Architecture,
  dataset: AnyDataset,
  lessons: readonly Lesson[],
  options: TrainingOptions,
): Promise<Student[]> {
  const shape = checkArchitecture(architecture);
  checkLessons(dataset, lessons, options);
  const students = new Map<Lesson, Student>();
  const exact = lessons.filter(({ loss, optimizer }) => isExact(shape, loss, optimizer));
  for (const lesson of exact) {
    const same = exact.find((other) => students.has(other) && teachSame(other, lesson));
    students.set(lesson, (same && students.get(same)) ?? (await fitLogistic(dataset, lesson, options)));
  }
  const others = lessons.filter((lesson) => !students.has(lesson));
  const together = lessonsAtATime(shape, dataset, options);
  for (let from = 0; from < others.length; from += together) {
    const some = others.slice(from, from + together);
    const trained = await fitTogether(shape, dataset, some, options);
    for (const [i, lesson] of some.entries()) students.set(lesson, trained[i] as Student);
  }
  return lessons.map((lesson) => students.get(lesson) as Student);
}

/** Whether two lessons have the same minimum: rates and decays do not matter to it. */
function teachSame(a: Lesson, b: Lesson): boolean {
  const [s, t] = [a.validation, b.validation];
  return (
    a.targets.margins === b.targets.margins &&
    JSON.stringify(a.loss) === JSON.stringify(b.loss) &&
    s?.dataset === t?.dataset &&
    s?.targets.length === t?.targets.length &&
    (s?.targets.every((target, i) => target === t?.targets[i] && s.rows[i] === t.rows[i]) ?? true)
  );
}

/** @throws DebkdError `value` or `rows` */
function checkLessons(dataset: AnyDataset, lessons: readonly Lesson[], options: TrainingOptions): void {
  for (const { loss, targets, optimizer } of lessons) {
    checkLoss(loss);
    checkLength('training', 'targets', targets.margins, dataset.rows);
    checkFitOptions({ ...options, optimizer }, dataset.rows);
  }
  if (options.weights) checkLength('training', 'weights', options.weights, dataset.rows);
}

/** How many students fit into the kernel's memory beside each other, with room to spare. */
function lessonsAtATime(
  shape: Architecture,
  { rows, features }: AnyDataset,
  { batchSize = 64 }: TrainingOptions,
): number {
  const units = shape.hidden.reduce((sum, width) => sum + width, features.width);
  const bytes = 16 * layout(features.width, shape).size + 16 * Math.min(batchSize, rows) * units + 64 * rows;
  return Math.max(1, Math.floor(TOGETHER / bytes));
}

async function fitTogether(
  shape: Architecture,
  dataset: AnyDataset,
  lessons: readonly Lesson[],
  options: TrainingOptions & Pick<FitOptions, 'resume'>,
): Promise<Student[]> {
  const checked = lessons.map(({ optimizer }) => checkFitOptions({ ...options, optimizer }, dataset.rows));
  const { seed, budget, batchSize, dropout } = checkFitOptions(options, dataset.rows);
  const { rows } = dataset;
  using arena = openArena();
  const { kernels } = arena;
  const order = arena.reserve(4 * rows);
  const ground = openGround(arena, dataset, options.weights, order, batchSize);
  const room = {
    ...{ arena, dataset, shape, ground, batchSize, dropout, budget },
    ...{ weights: options.weights, judges: new Map(), features: new Map() },
  };
  const relations = shareRelations(lessons, { arena, rows, batchSize, batches: SLICE, order });
  const learners = lessons.map((lesson, i) =>
    openLearner(room, lesson, (checked[i] as (typeof checked)[number]).optimizer, relations),
  );
  const [low, high] = seedWords(seed);
  for (const learner of learners) learner.start(low, high);
  const slice = (relations?.batches ?? SLICE) * batchSize;
  const patience = options.earlyStopping?.patience ?? Infinity;
  const [first] = learners as [Learner, ...Learner[]];
  const { resume } = options;
  const keep = resume && openKeeper(first, resume);
  const done = resume ? await restore(first, resume) : 0;
  const goesOn = (learner: Learner, epoch: number): boolean =>
    epoch - learner.bestEpoch() < patience && epoch < lastEpoch(budget, learner);
  let active = learners.filter((learner) => goesOn(learner, done));
  for (let epoch = done + 1; active.length > 0; epoch++) {
    kernels.drawOrder(order, rows, low, high, epoch);
    for (const learner of active) learner.beginEpoch(epoch, low, high);
    for (const span of ground.spans?.() ?? [undefined]) {
      if (span) for (const learner of active) learner.enter(span);
      const { from: start = 0, to: end = rows } = span ?? {};
      for (let from = start; from < end; from += slice) {
        const to = Math.min(end, from + slice);
        relations?.measure(from, to);
        for (const { net } of active) {
          kernels.trainRows(net, from, to);
          await breathe();
          options.signal?.throwIfAborted();
        }
      }
    }
    for (const learner of active) learner.endEpoch(epoch);
    const losses = (active[0] as (typeof active)[number]).losses();
    const total = Math.max(epoch, ...active.map((learner) => lastEpoch(budget, learner)));
    options.onProgress?.({ stage: 'student', done: epoch, total, losses });
    active = active.filter((learner) => goesOn(learner, epoch));
    await keep?.(epoch);
  }
  return learners.map((learner) => learner.student());
}

/** The epoch after which a student's training ends, as far as is known. */
function lastEpoch({ least, patience, most }: Budget, learner: Learner): number {
  if (patience === Infinity) return most;
  const fall = learner.lastFall();
  return Math.min(most, Math.max(least, fall + patience, 2 * fall));
}
