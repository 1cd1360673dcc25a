// Goes on from an earlier student: it is a teacher, the new student starts at its weights, and memory rows keep its answers.
import { type Dataset, selectRows } from './data/dataset.ts';
import { allRows, isInMemory } from './data/row-source.ts';
import type { CompleteOptions, DistillOptions } from './distill-options.ts';
import type { Trial } from './distill-students.ts';
import { DebkdError } from './io/errors.ts';
import { sha256 } from './io/sha256.ts';
import { sigmoid } from './kernels/elementary.ts';
import { openArena } from './kernels/memory.ts';
import { debiasesRichly } from './labels/candidates.ts';
import { checkClasses } from './student/check-classes.ts';
import { clearlyBetter } from './student/clearly-better.ts';
import { openMeasure } from './student/evaluator.ts';
import { joinMemory, movedRows, replayedRows } from './student/memory-rows.ts';
import { writeParameters } from './student/network.ts';
import type { Selection } from './student/selection.ts';
import { Student } from './student/student.ts';
import { encodeStudent } from './student/student-bytes.ts';
import { withEarlierStudent } from './student/student-teacher.ts';

/** How a distillation goes on from a student. */
export interface Continuation {
  /** SHA-256 of the files of the ancestors, the newest first. */
  readonly parents: readonly string[];
  /** The options of the distillation. @throws DebkdError as optionsFrom */
  options(given: DistillOptions): CompleteOptions;
  /** What the students are trained on, with memory rows. */
  withMemory(inputs: TrainingInputs): TrainingInputs;
  /** The best step between the earlier student and the trained ones. */
  choose(trials: readonly Trial[], selection: Selection): Trial;
}

export function continueFrom(from: Student): Continuation {
  return {
    parents: parentsOf(from),
    options: (given) => optionsFrom(given, from),
    withMemory: (inputs) => withMemory(inputs, from),
    choose: (trials, selection) => chooseStep(trials, from, selection),
  };
}

/**
 * Weight of the memory rows, in units of the new rows'. A logistic student changes everywhere at once, and needs more, above all where the
 * earlier rows are there.
 */
const MEMORY = { network: 1, logistic: 3, logisticReplay: 6 };
/** Steps from the earlier student's weights to the trained ones. The rows of the selection choose one; 0 is the earlier student. */
const STEPS: readonly number[] = [0.25, 0.5, 0.75, 1];
/** Training starts near its end: a smaller rate than from random weights, and no decay towards 0. */
const OPTIMIZER = { learningRate: 5e-4, weightDecay: 0 };

/**
 * The options of a distillation that goes on from a student, with the student's architecture and itself as a teacher.
 * @throws DebkdError `value` for options that contradict the student, rows of other columns or classes, or a student of images
 */
function optionsFrom(given: DistillOptions, from: Student): CompleteOptions {
  checkFrom(given, from);
  const { debias = 'auto', train, validation } = given;
  const stated = Object.entries(given.optimizer ?? {}).filter(([, value]) => value !== undefined);
  const isNetwork = from.architecture.hidden.length > 0;
  return {
    ...given,
    teacher: withEarlierStudent(given.teacher, from),
    student: from.architecture,
    threshold: given.threshold ?? ruleOf(from),
    // with few labels `auto` has no map of the columns, and a shift is one; the penalty is strong, and chosen by cross-fitting
    debias: debias === 'auto' && !given.ablate?.length && !debiasesRichly([train, validation]) ? 'residual' : debias,
    optimizer: { ...(isNetwork && OPTIMIZER), ...Object.fromEntries(stated) },
  };
}

/** The rule that chose the student's threshold; undefined for the default. */
function ruleOf({ provenance }: Student): string | undefined {
  const { threshold } = provenance as { threshold?: unknown };
  return typeof threshold === 'string' ? threshold : undefined;
}

function checkFrom({ student, train, validation, replay }: DistillOptions, from: Student): void {
  const subject = 'distill: from';
  if (student !== undefined)
    throw new DebkdError('value', {
      subject,
      seen: 'an architecture is given as well',
      expected: "the earlier student's architecture",
      remedy: { id: 'omit-setting', setting: 'student' },
    });
  if (from.architecture.conv)
    throw new DebkdError('value', {
      subject,
      seen: 'a student of images',
      expected: 'a student of a table or of texts',
      remedy: 'distil a student of images from its teacher, with all rows',
    });
  for (const [name, data] of Object.entries({ training: train, validation, replay })) {
    if (!data) continue;
    const { preprocessing, target, features } = data;
    if (!sameColumns(preprocessing, from.preprocessing))
      throw new DebkdError('value', {
        subject: `${subject}: ${name} rows`,
        seen: 'they are encoded in another way than the rows of the earlier student',
        expected: "rows encoded with the student's preprocessing",
        remedy: 'encode them with from.preprocessing',
      });
    if (!isInMemory(features))
      throw new DebkdError('value', {
        subject: `${subject}: ${name} rows`,
        seen: 'rows in a file',
        expected: 'rows in memory',
        remedy: 'use readTable, and fewer rows',
      });
    if (name !== 'replay') checkClasses(target, from);
  }
}

function sameColumns(
  { missing: _, ...a }: Dataset['preprocessing'],
  { missing, ...b }: Dataset['preprocessing'],
): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the students of a distillation are trained on. */
interface TrainingInputs {
  readonly options: CompleteOptions;
  /** Margins of the training rows, before infusion. */
  readonly margins: Float64Array;
  readonly selection: Selection;
}

/** Adds memory rows, whose targets are the earlier student's answers, to the training rows and to those of the selection. */
function withMemory({ options, margins, selection }: TrainingInputs, from: Student): TrainingInputs {
  const [train, validation] = [options.train, selection.dataset].map((data) => selectRows(data, allRows(data))) as [
    Dataset,
    Dataset,
  ];
  const replay = options.replay && replayedRows(selectRows(options.replay, allRows(options.replay)));
  const memory = replay?.train ?? movedRows(train, train);
  const kept = replay?.selection ?? movedRows(validation, train);
  if (!memory || !kept) return { options, margins, selection };
  const isLogistic = from.architecture.hidden.length === 0;
  const share = MEMORY[isLogistic ? (replay ? 'logisticReplay' : 'logistic') : 'network'];
  return {
    options: { ...options, train: joinMemory(train, memory, share) },
    margins: Float64Array.from([...margins, ...from.margins(memory.features)]),
    selection: {
      dataset: joinMemory(validation, kept, share),
      rows: Uint32Array.from([...selection.rows, ...allRows(kept).map((row) => validation.rows + row)]),
      targets: Float64Array.from([...selection.targets, ...from.margins(kept.features).map(sigmoid)]),
    },
  };
}

/**
 * The students between the earlier one and the trained ones (weights averaged as in WiSE-FT, Wortsman et al. 2022), and the best of all:
 * the earlier student, unless another is better by more than one standard error.
 */
function chooseStep(trials: readonly Trial[], from: Student, selection: Selection): Trial {
  using arena = openArena();
  const { width } = selection.dataset.features;
  const measure = openMeasure(arena, { evaluators: new Map(), shape: from.architecture, width }, selection);
  const lossOf = (parameters: Float32Array): number => {
    writeParameters(arena, measure.net, { inputs: { width }, architecture: from.architecture }, parameters);
    return measure.loss();
  };
  const steps = trials.flatMap((trial) =>
    STEPS.map((step): Trial => {
      const parameters = between(from.parameters, trial.student.parameters, step);
      const selectionLoss = lossOf(parameters);
      const training = trial.student.training && { ...trial.student.training, selectionLoss };
      return { ...trial, step, selectionLoss, student: new Student({ ...trial.student, parameters, training }) };
    }),
  );
  const best = steps.reduce((low, next) => (next.selectionLoss < low.selectionLoss ? next : low));
  const stay: Trial = {
    strength: 0,
    step: 0,
    selectionLoss: lossOf(from.parameters),
    // its deferral band was shown on other rows
    student: new Student({ ...from, defer: undefined, provenance: {}, training: undefined }),
  };
  return clearlyBetter(best.student, stay.student, selection) ? best : stay;
}

function between(from: Float32Array, to: Float32Array, step: number): Float32Array {
  return step === 1 ? to : from.map((p, i) => p + step * ((to[i] as number) - p));
}

/** SHA-256 of the files of a student's ancestors, the newest first. */
function parentsOf(from: Student): string[] {
  const { parents } = from.provenance as { parents?: unknown };
  const earlier = Array.isArray(parents) ? parents.filter((one) => typeof one === 'string') : [];
  return [sha256(encodeStudent(from)), ...earlier];
}
