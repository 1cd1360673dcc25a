// Trains the students of a distillation, one for each strength of knowledge infusion.
import { textColumnsOf } from './data/encode-texts.ts';
import type { CompleteOptions } from './distill-options.ts';
import type { Progress } from './io/progress.ts';
import type { Threads } from './io/threads.ts';
import { type InfusionForm, STRENGTHS } from './labels/infusion-forms.ts';
import { infuse, type Targets } from './labels/knowledge-infusion.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { regressionHint } from './loss/hints.ts';
import { getOrTrain } from './student/checkpoint-parts.ts';
import { rowWeights } from './student/class-weight.ts';
import { fit } from './student/fit.ts';
import { leastEpochs, type PenaltyPath } from './student/fit-options.ts';
import { fitInThreads, isSendable } from './student/fit-task.ts';
import type { Selection } from './student/selection.ts';
import { Student } from './student/student.ts';
import type { Features } from './teacher/features.ts';

/** A student trained on targets of one infusion strength. */
export interface Trial {
  readonly strength: number;
  /** Weight of the hint; absent without one. */
  readonly hint?: number | undefined;
  /** The step from an earlier student's weights (0) to the trained ones (1); absent without one. */
  readonly step?: number | undefined;
  readonly student: Student;
  readonly selectionLoss: number;
}

/** The form of the infusion and the strengths to try. */
export function infusionOf({ infusion }: CompleteOptions): { form: InfusionForm; strengths: readonly number[] } {
  const { form = 'mix', strength = 'auto' } = infusion ?? {};
  return { form, strengths: strength === 'auto' ? STRENGTHS[form] : [strength] };
}

/** The targets of one strength. @param margins de-biased margins of the training rows, float64 [rows] */
export function targetsOf(options: CompleteOptions, margins: Float64Array, strength: number): Targets {
  const { temperature } = options.loss ?? debiasedDistillation();
  return infuse({ margins }, options.train, { form: infusionOf(options).form, strength, temperature });
}

/** The teacher's features of the training rows, standardised, and the weight of a hint. */
export interface Hint {
  readonly weight: number;
  readonly features: Features;
}

/**
 * Trains a student for each strength, and with a hint also one for each with it.
 * @param margins de-biased margins of the training rows, float64 [rows]
 * @param options.hint default none
 * @param options.threads where they are trained, which changes no result; default this thread
 * @param options.around the penalty of a student of texts on the teacher's own answers, near which those of the strengths are looked for
 * @param options.onEnd called with the stage of each student that has ended
 */
export async function trainStudents(
  options: CompleteOptions,
  margins: Float64Array,
  validation: Selection,
  {
    hint,
    around,
    threads,
    onEnd,
  }: {
    hint?: Hint | undefined;
    around?: number | undefined;
    threads?: Threads | undefined;
    onEnd?: ((stage: string) => void) | undefined;
  } = {},
): Promise<readonly Trial[]> {
  const { strengths } = infusionOf(options);
  const isText = textColumnsOf(options.train.preprocessing).length > 0;
  const wanted = [undefined, ...(hint ? [hint] : [])].flatMap((given) =>
    strengths.map((strength) => ({ strength, given })),
  );
  const used = threadsFor(options, threads, validation);
  const trainOne = async (i: number, near: number | undefined): Promise<Trial> => {
    const { strength, given } = wanted[i] as (typeof wanted)[number];
    const stage = wanted.length > 1 ? `student ${i + 1} of ${wanted.length}` : 'student';
    const path = isText ? { around: near, rough: true } : undefined;
    const part = `strength ${strength}${given ? ', hint' : ''}`;
    const task = { targets: targetsOf(options, margins, strength), part, stage, path, hint: given };
    const student = await train(options, task, validation, used);
    onEnd?.(stage);
    const selectionLoss = student.training?.selectionLoss ?? NaN;
    return { strength, ...(given && { hint: given.weight }), student, selectionLoss };
  };
  // the penalty of the first student of texts shortens the path of the others
  const first = isText || !used ? await trainOne(0, around) : undefined;
  const near = first?.student.training?.penalty ?? around;
  const rest = [...wanted.keys()].slice(first ? 1 : 0);
  if (used) return [...(first ? [first] : []), ...(await Promise.all(rest.map((i) => trainOne(i, near))))];
  const trials = [first as Trial];
  for (const i of rest) trials.push(await trainOne(i, near));
  return trials;
}

/** The student of a trial, fitted closer to its minimum if it is a logistic student of texts, whose trials are rough. */
export async function finishStudent(
  options: CompleteOptions,
  { student, strength }: Trial,
  margins: Float64Array,
  validation: Selection,
): Promise<Student> {
  const { penalty } = student.training ?? {};
  if (penalty === undefined || textColumnsOf(options.train.preprocessing).length === 0) return student;
  const path = { penalties: [penalty] };
  const task = { targets: targetsOf(options, margins, strength), part: 'closer fit', stage: 'student', path };
  const closer = await train(options, task, validation);
  // the record tells how the penalty was found
  return new Student({ ...closer, training: student.training });
}

/** Trains one student, or takes it from the checkpoint. */
function train(
  options: CompleteOptions,
  {
    targets,
    part,
    stage,
    path,
    hint,
  }: { targets: Targets; part: string; stage: string; path: PenaltyPath | undefined; hint?: Hint | undefined },
  validation: Selection,
  threads?: Threads,
): Promise<Student> {
  const { train: rows, student: architecture, loss = debiasedDistillation(), checkpoint, signal, onProgress } = options;
  const { seed, epochs, batchSize, optimizer, dropout, augment, earlyStopping } = options;
  return getOrTrain(checkpoint, part, () => {
    const task = [architecture, rows, targets, hint ? regressionHint(loss, { weight: hint.weight }) : loss] as const;
    const training = {
      features: hint?.features,
      seed,
      epochs,
      batchSize,
      optimizer,
      dropout,
      augment,
      earlyStopping,
      validation,
      path,
      signal,
      weights: rowWeights(rows.labels, options.classWeight, rows.weights),
      initial: options.from?.parameters,
      resume: checkpoint && { checkpoint, part: `${part}, in training` },
      onProgress: (progress: Progress) => onProgress?.({ ...progress, stage }),
    };
    return threads ? fitInThreads(threads, task, training) : fit(...task, training);
  });
}

/** Steps of training times numbers of the rows, of all students, from which on threads are worth their start: about a second. */
const WORTH = 1e8;

/** The threads, if the students can be trained in them and it is worth their start. */
function threadsFor(
  options: CompleteOptions,
  threads: Threads | undefined,
  validation: Selection,
): Threads | undefined {
  const { train, loss = debiasedDistillation(), student, epochs } = options;
  if (!threads || threads.size === 1 || !isSendable([train, validation.dataset], loss)) return undefined;
  const { rows, features } = train;
  const widest = Math.max(1, ...student.hidden);
  const steps = rows * (epochs ?? leastEpochs(rows));
  const isWorth = student.conv !== undefined || steps * features.fields * widest * STRENGTHS.mix.length >= WORTH;
  return isWorth ? threads : undefined;
}
