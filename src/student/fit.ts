// Trains students with mini-batches and keeps the best epoch. Each kernel call trains a slice of an epoch, which lets pages and
// signals run in between. Logistic students are fitted to their minimum instead (fit-logistic.ts).
import { constantColumns } from '../data/constant-columns.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { keepRows } from '../data/keep-rows.ts';
import { meanOne } from '../data/row-weights.ts';
import { checkLength } from '../io/check.ts';
import { DebkdError } from '../io/errors.ts';
import { yieldToEventLoop } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { seedWords } from '../kernels/random.ts';
import { type NetworkLayout, networkLayout } from '../kernels/trunk-layout.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { knownRows, pickMargins } from '../labels/unknown.ts';
import { checkLoss, type Loss } from '../loss/loss.ts';
import { pickFeatures } from '../teacher/features.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import { trainingWeights } from './class-weight.ts';
import type { FitTask } from './fit-context.ts';
import { fitLogistic } from './fit-logistic.ts';
import { type Budget, checkFitOptions, type TrainingOptions } from './fit-options.ts';
import { checkImage, inputsOf } from './network.ts';
import { isExact, RATE_BATCHES } from './optimizer.ts';
import { placePairwiseDistances } from './pairwise-distances.ts';
import type { Student } from './student.ts';
import { openTrainer, type Trainer } from './trainer.ts';
import { placeTrainingRows } from './training-rows.ts';
import { openKeeper, type Resume, restore } from './training-state.ts';

/** Options of fit: how to train one student. `seed` is required, all others have defaults. */
export interface FitOptions extends TrainingOptions, Omit<FitTask, 'targets' | 'loss'> {
  /**
   * Saves the state of training under `part` of a checkpoint, and resumes from a saved state. A resumed fit gives the same bytes as
   * one without interruption.
   */
  readonly resume?: Resume | undefined;
}

/** Batches in one kernel call; those of images take long. */
const SLICE = 64;
const IMAGE_SLICE = 4;
/** Kernel memory for students trained together, in bytes. */
const TOGETHER = 2 ** 28;

/**
 * Fits one student to targets. A network is trained with AdamW (Loshchilov, Hutter 2019) or SGD with momentum, and starts from
 * uniform weights (He et al. 2015); a logistic student with a convex loss is fitted to its minimum by Newton's method. The
 * student's threshold is 0.5 (chooseThreshold chooses another), and `training` records the losses.
 * @param architecture shape of the student
 * @param dataset encoded training rows
 * @param targets one margin for each training row, float64 [rows] (infuse); a row whose target is NaN is left out
 * @param loss loss of a row (debiasedDistillation, distillation, customLoss and others)
 * @param options `seed` is required; `validation` selects the epoch or the penalty; the others set optimizer, epochs, batches,
 * dropout and factors of the rows' losses, which multiply the dataset's weights
 * @throws DebkdError `value` for an argument out of range or training that diverged, `rows` without training rows, `memory`; the
 * signal's reason when aborted
 * @example
 * const student = await fit({ hidden: [16] }, train, targets, debiasedDistillation({ temperature: 1 }), {
 *   seed: 1,
 *   validation: labelSelection(validation),
 * });
 */
export async function fit(
  architecture: Architecture,
  dataset: AnyDataset,
  targets: Targets,
  loss: Loss,
  options: FitOptions,
): Promise<Student> {
  const shape = checkArchitecture(architecture);
  checkTasks(shape, dataset, [{ targets, loss, ...options }], options);
  const rows = knownRows(targets.margins);
  if (rows) {
    const { features, weights } = options;
    const picked = {
      features: features && pickFeatures(features, rows),
      weights: weights && pickMargins(weights, rows),
    };
    const known = { margins: pickMargins(targets.margins, rows) };
    return fit(architecture, keepRows(dataset, rows), known, loss, { ...options, ...picked });
  }
  const { features, optimizer, validation } = options;
  const task = { targets, loss, features, optimizer, validation };
  const weighted = { ...options, weights: trainingWeights(dataset, options.weights) };
  if (isExact(shape, loss, optimizer)) return fitLogistic(dataset, task, weighted);
  const [student] = await fitTogether(shape, dataset, [task], weighted);
  return student as Student;
}

/**
 * Fits several students of one architecture, one for each task, in the same passes over the rows. Each has the same bits as the
 * student that fit returns for its task. Rows are left out of all tasks where the target of one is NaN.
 * @throws DebkdError as fit
 */
export async function fitMany(
  architecture: Architecture,
  dataset: AnyDataset,
  tasks: readonly FitTask[],
  options: TrainingOptions,
): Promise<Student[]> {
  const shape = checkArchitecture(architecture);
  checkTasks(shape, dataset, tasks, options);
  if (tasks.some(({ targets }) => targets.margins.some(Number.isNaN))) {
    const all = [...(tasks[0] as FitTask).targets.margins.keys()];
    const rows = Uint32Array.from(
      all.filter((row) => !tasks.some(({ targets }) => Number.isNaN(targets.margins[row]))),
    );
    const known = tasks.map((task) => ({
      ...task,
      targets: { margins: pickMargins(task.targets.margins, rows) },
      features: task.features && pickFeatures(task.features, rows),
    }));
    const weights = options.weights && pickMargins(options.weights, rows);
    return fitMany(architecture, keepRows(dataset, rows), known, { ...options, weights });
  }
  const weighted = { ...options, weights: trainingWeights(dataset, options.weights) };
  const students = new Map<FitTask, Student>();
  const exact = tasks.filter(({ loss, optimizer }) => isExact(shape, loss, optimizer));
  for (const task of exact) {
    const same = exact.find((other) => students.has(other) && teachSame(other, task));
    students.set(task, (same && students.get(same)) ?? (await fitLogistic(dataset, task, weighted)));
  }
  const others = tasks.filter((task) => !students.has(task));
  const together = tasksAtATime(shape, dataset, options);
  for (let from = 0; from < others.length; from += together) {
    const some = others.slice(from, from + together);
    const trained = await fitTogether(shape, dataset, some, weighted);
    for (const [i, task] of some.entries()) students.set(task, trained[i] as Student);
  }
  return tasks.map((task) => students.get(task) as Student);
}

/** Whether two convex tasks have the same minimum, which does not depend on the optimizer. */
function teachSame(a: FitTask, b: FitTask): boolean {
  const [s, t] = [a.validation, b.validation];
  return (
    a.targets.margins === b.targets.margins &&
    JSON.stringify(a.loss) === JSON.stringify(b.loss) &&
    s?.dataset === t?.dataset &&
    s?.metric === t?.metric &&
    s?.targets.length === t?.targets.length &&
    (s?.targets.every((target, i) => target === t?.targets[i] && s.rows[i] === t.rows[i]) ?? true)
  );
}

/** Checks all tasks and options before training. @throws DebkdError `value` or `rows` */
function checkTasks(
  student: Architecture,
  dataset: AnyDataset,
  tasks: readonly FitTask[],
  options: TrainingOptions,
): void {
  const inputs = inputsOf(dataset.features);
  checkImage(inputs, student);
  const { stages } = networkLayout(inputs, student);
  if (stages.length > 0) checkBatch(stages, Math.min(options.batchSize ?? 64, dataset.rows));
  for (const { loss, targets, optimizer } of tasks) {
    checkLoss(loss);
    checkLength('training', 'targets', targets.margins, dataset.rows);
    checkFitOptions({ ...options, optimizer, student }, dataset.rows, dataset.features.fields);
  }
  if (options.weights) checkLength('training', 'weights', options.weights, dataset.rows);
}

/** Batch normalisation needs two values of each channel in a batch. @throws DebkdError `value` */
function checkBatch(stages: NetworkLayout['stages'], rows: number): void {
  if (rows > 1 || !stages.some(({ outHeight, outWidth }) => outHeight * outWidth === 1)) return;
  throw new DebkdError('value', {
    subject: 'fit',
    seen: 'batches of one row, for convolutions whose last outputs are single pixels',
    expected: 'two or more rows',
    remedy: ['use larger batches', 'use fewer stages', 'use larger images'],
  });
}

/** How many students to train together within the memory limit. */
function tasksAtATime(
  shape: Architecture,
  { rows, features }: AnyDataset,
  { batchSize = 64 }: TrainingOptions,
): number {
  const layout = networkLayout(inputsOf(features), shape);
  const bytes = 16 * layout.size + 16 * Math.min(batchSize, rows) * unitsOf(layout) + 64 * rows;
  return Math.max(1, Math.floor(TOGETHER / bytes));
}

/** How many values a row has in a network. */
function unitsOf({ stages, features, layers }: NetworkLayout): number {
  const pixels = stages.reduce((sum, { outHeight, outWidth, outputs }) => sum + outHeight * outWidth * outputs, 0);
  return pixels + layers.reduce((sum, { outputs }) => sum + outputs, features);
}

/** @param options.weights of trainingWeights */
async function fitTogether(
  shape: Architecture,
  dataset: AnyDataset,
  tasks: readonly FitTask[],
  options: TrainingOptions & Pick<FitOptions, 'resume'>,
): Promise<Student[]> {
  const checked = tasks.map(({ optimizer }) =>
    checkFitOptions({ ...options, optimizer, student: shape }, dataset.rows, dataset.features.fields),
  );
  const { seed, budget, batchSize, dropout, changes } = checked[0] as (typeof checked)[number];
  const { rows } = dataset;
  using arena = openArena();
  const { kernels } = arena;
  const order = arena.reserve(4 * rows);
  const trainingRows = placeTrainingRows(arena, dataset, { weights: options.weights, order, batchSize });
  const hasHint = tasks.some(({ loss }) => loss.hint);
  const hintWeights = hasHint && dataset.weights ? meanOne(dataset.weights) : undefined;
  const context = {
    arena,
    dataset,
    shape,
    trainingRows,
    batchSize,
    dropout,
    changes,
    budget,
    initial: options.initial,
    constants: options.initial ? [] : constantColumns(dataset.features, dataset.preprocessing),
    weights: options.weights,
    hintWeights: hintWeights ? trainingRows.place(hintWeights) : 0,
    evaluators: new Map(),
    features: new Map(),
  };
  const distances = placePairwiseDistances(tasks, {
    arena,
    rows,
    batchSize,
    batches: SLICE,
    order,
    weights: hintWeights,
  });
  const trainers = tasks.map((task, i) =>
    openTrainer(context, task, (checked[i] as (typeof checked)[number]).optimizer, distances),
  );
  const [low, high] = seedWords(seed);
  for (const trainer of trainers) trainer.start(low, high);
  const slice = (distances?.batches ?? (shape.conv ? IMAGE_SLICE : SLICE)) * batchSize;
  const steady = checked.some(({ optimizer }) => optimizer.schedule === 'one-cycle')
    ? RATE_BATCHES * batchSize
    : Infinity;
  const patience = options.earlyStopping?.patience ?? Infinity;
  const [first] = trainers as [Trainer, ...Trainer[]];
  const { resume } = options;
  const keep = resume && openKeeper(first, resume);
  const done = resume ? await restore(first, resume) : 0;
  const goesOn = (trainer: Trainer, epoch: number): boolean =>
    epoch - trainer.bestEpoch() < patience && epoch < lastEpoch(budget, trainer);
  let active = trainers.filter((trainer) => goesOn(trainer, done));
  for (let epoch = done + 1; active.length > 0; epoch++) {
    kernels.drawOrder(order, rows, low, high, epoch);
    for (const trainer of active) trainer.beginEpoch(epoch, low, high);
    for (const block of trainingRows.blocks?.() ?? [undefined]) {
      if (block) for (const trainer of active) trainer.beginBlock(block);
      const { from: start = 0, to: end = rows } = block ?? {};
      for (let from = start, to = start; from < end; from = to) {
        // no slice goes beyond a change of the rate: its length depends on what else is trained, and on where the rows are
        to = Math.min(end, from + slice, from - (from % steady) + steady);
        distances?.measure(from, to);
        for (const { net, beginSlice } of active) {
          beginSlice(epoch, from);
          kernels.trainRows(net, from, to);
          await yieldToEventLoop();
          options.signal?.throwIfAborted();
        }
      }
    }
    for (const trainer of active) trainer.endEpoch();
    const losses = (active[0] as (typeof active)[number]).losses();
    const total = Math.max(epoch, ...active.map((trainer) => lastEpoch(budget, trainer)));
    options.onProgress?.({ stage: 'student', done: epoch, total, losses });
    active = active.filter((trainer) => goesOn(trainer, epoch));
    await keep?.(epoch);
  }
  return trainers.map((trainer) => trainer.student());
}

/** The epoch after which training ends, from the improvements so far. */
function lastEpoch({ least, patience, most }: Budget, trainer: Trainer): number {
  if (patience === Infinity) return most;
  const lastImprovement = trainer.lastImprovement();
  return Math.min(most, Math.max(least, lastImprovement + patience, 2 * lastImprovement));
}
