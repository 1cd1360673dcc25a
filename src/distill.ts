// Distils a student from a teacher and rows.
import type { AnyDataset } from './data/dataset.ts';
import { isLarge } from './data/large.ts';
import { calibrateStudent } from './distill-calibrate.ts';
import { checkBefore, completeOptions } from './distill-check.ts';
import { distillFacts } from './distill-facts.ts';
import type { Continuation } from './distill-from.ts';
import { chooseTrial, hintOf } from './distill-hint.ts';
import { type HiddenFeatures, labelledParts, teacherAnswersOf } from './distill-labels.ts';
import { type CompleteOptions, DISTILL_OPTIONS, type Distillation, type DistillOptions } from './distill-options.ts';
import type { DistillProgress } from './distill-progress.ts';
import { otherMetric, provenanceOf } from './distill-provenance.ts';
import { finishStudent, infusionOf, targetsOf, trainStudents } from './distill-students.ts';
import { checkNearOptions } from './io/check.ts';
import type { Threads } from './io/threads.ts';
import { recordChanges } from './labels/changes.ts';
import { type DebiasedParts, debiasParts } from './labels/debias-parts.ts';
import { groupCorrections } from './labels/group-corrections.ts';
import { recordThreshold } from './metrics/threshold-estimate.ts';
import { parseThresholdRule, type ThresholdRule } from './metrics/threshold-rule.ts';
import { getOrCompute } from './student/checkpoint-parts.ts';
import { chooseWeights } from './student/choose-weights.ts';
import { rowWeights } from './student/class-weight.ts';
import { debiasedSelection, labelSelection, type Selection, selectBy } from './student/selection.ts';
import { rowsOfChoice, thresholdTargets } from './student/set-threshold.ts';
import { encodeChecked } from './student/student-file.ts';
import { chooseTextWeights, type TextChoice } from './student/text-weights.ts';
import { standardiseFeatures } from './teacher/features.ts';
import { newNotes, readyTeacher } from './teacher/ready-teacher.ts';
import { warningsOf } from './warnings/warnings.ts';

/**
 * Distils a student in five steps: soft labels, label de-biasing, knowledge infusion, training, threshold.
 * @throws DebkdError `value` if an option is out of range, `rows` if a part has no rows or too few labels; otherwise as softLabels,
 * debiasParts and fit; the signal's reason when aborted
 * @example
 * const table = await readTable('rows.csv', { target: 'label' });
 * const { train, validation } = await encodeParts(table, split(table), undefined);
 * using teacher = await loadTeacher('teacher.onnx');
 * const { student, warnings } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 */
export async function distill(asked: DistillOptions): Promise<Distillation> {
  const { from } = asked;
  const { ready, notes, rule, continuation, grouping, progress } = await openRun(asked);
  const { threads: size = 1, thresholdPer } = ready;
  // in a file of its own, which finds the program of the threads in the same folder
  using threads = size > 1 ? (await import('./threads/open-threads.ts')).openThreads(size) : undefined;
  const started = performance.now();

  const { soft, features } = await teacherAnswersOf(ready);
  if (isLarge(ready.train.rows)) await ready.teacher.rest?.();
  progress?.answered(features !== undefined);
  const labelled = performance.now();

  const margins = { train: soft.train.margins, validation: soft.validation.margins };
  const { train, textWeights }: { train: AnyDataset; textWeights?: TextChoice | undefined } = from
    ? ready
    : await chooseTextWeights(ready, margins, { signal: ready.signal });
  progress?.end('n-grams');
  const { validation } = ready;
  const options: CompleteOptions = { ...ready, train };

  const { debias, debiased, selectionMargins, leakage } = await debiasedOf(options, { soft, features, threads });
  progress?.end('label de-biasing');
  const selection = selectionOf(options, selectionMargins.validation);

  const weight = features && hintOf(options);
  const hint = features && weight !== undefined ? { weight, features: standardiseFeatures(features.train) } : undefined;
  const plain = { options, margins: debiased.train, selection };
  const inputs = continuation?.withMemory(plain) ?? plain;
  const trials = await trainStudents(inputs.options, inputs.margins, inputs.selection, {
    hint,
    threads,
    around: textWeights?.penalty,
    onEnd: progress?.end,
  });
  const best = continuation?.choose(trials, inputs.selection) ?? chooseTrial(trials, selection);
  const chosen = continuation
    ? best
    : { ...best, student: await finishStudent(options, best, debiased.train, selection) };
  progress?.end('student');
  const trained = performance.now();

  const byTargets = options.select === 'debiased' && options.debias !== 'none';
  const choice = { rule, targets: byTargets ? thresholdTargets(options, selectionMargins) : undefined };
  const record = { soft, features, debias, debiased, leakage, selection, choice };
  const { student: calibrated, calibration, thresholdBy } = await calibrateStudent(options, chosen, record);
  const decided = calibrated.with({
    // of an earlier student that is kept with its threshold
    groupThresholds: undefined,
    defer: undefined,
    provenance: provenanceOf(options, debias, chosen, { calibration, textWeights, parents: continuation?.parents }),
  });
  const perGroup = thresholdPer && grouping?.chooseGroupThresholds(decided, validation, thresholdPer);
  const { student } = perGroup ?? { student: decided };
  // fail here if the student cannot be encoded and decoded again
  encodeChecked(student, validation);
  const targets = targetsOf(options, debiased.train, chosen.strength);
  const corrected = correctionsOf(options, { margins, debiased, leakage, targets });
  progress?.finish('threshold');
  return {
    student,
    soft,
    debias,
    debiased,
    infusion: {
      form: infusionOf(options).form,
      strength: chosen.strength,
      candidates: trials
        .filter((trial) => trial.hint === best.hint)
        .map(({ strength, selectionLoss }) => ({ strength, selectionLoss })),
      ...otherMetric(options),
    },
    ...(weight !== undefined && { hint: { weight, taken: best.hint !== undefined } }),
    ...(from && continuation && { from: { student: from, step: best.step as number, parents: continuation.parents } }),
    thresholdBy,
    thresholdChoice: recordThreshold(rule, student.threshold, rowsOfChoice(student, validation, choice)),
    ...(perGroup && { groupThresholds: perGroup.choice }),
    ...(calibration && { calibration }),
    targets,
    ...corrected,
    leakage,
    warnings: [
      ...notes,
      ...(perGroup ? (grouping?.groupThresholdWarnings(perGroup.choice) ?? []) : []),
      ...(from?.groupThresholds && !perGroup ? [LOST_GROUPS] : []),
      ...warningsOf({ soft, debias, leakage, training: chosen.student.training, thresholdBy }, options),
    ],
    timing: {
      labelSeconds: (labelled - started) / 1000,
      trainSeconds: (trained - labelled) / 1000,
      cachedRows: soft.train.cached + soft.validation.cached,
      rowsPerSecond: ((train.rows + validation.rows) / Math.max(1e-9, labelled - started)) * 1000,
    },
  };
}

const LOST_GROUPS =
  'thresholds of groups: the earlier student had them, and this one has one threshold for all rows; give thresholdPer to choose them again';

/** What the steps of a distillation need. */
interface Run {
  /** The options, complete and checked. */
  readonly ready: CompleteOptions;
  /** What was found about the teacher. */
  readonly notes: readonly string[];
  readonly rule: ThresholdRule;
  readonly continuation: Continuation | undefined;
  /** The functions for thresholds of groups. */
  readonly grouping: typeof import('./student/choose-group-thresholds.ts') | undefined;
  readonly progress: DistillProgress | undefined;
}

/** Completes and checks the options, before the teacher runs on all rows. */
async function openRun(asked: DistillOptions): Promise<Run> {
  // calls spread what encodeParts returns, which has other names as well
  checkNearOptions('distill', asked, Object.keys(DISTILL_OPTIONS));
  // few calls go on from a student
  const continuation = asked.from && (await import('./distill-from.ts')).continueFrom(asked.from);
  const given = continuation ? continuation.options(asked) : completeOptions(asked);
  const rule = parseThresholdRule(given.threshold ?? 'f1');
  const select = given.ablate?.includes('selection') ? 'labels' : (given.select ?? 'debiased');
  const { signal, onProgress } = given;
  const teacher = await readyTeacher(given.teacher, given.train, { signal, onProgress });
  checkBefore({ ...given, select, teacher });
  const { thresholdPer } = given;
  // few students have thresholds of groups
  const grouping = thresholdPer && (await import('./student/choose-group-thresholds.ts'));
  grouping?.checkThresholdPer(thresholdPer as NonNullable<typeof thresholdPer>, given.validation.rows);
  const progress =
    onProgress &&
    (await import('./distill-progress.ts')).openDistillProgress(distillFacts({ ...given, teacher }), onProgress);
  return {
    ready: { ...given, select, teacher, onProgress: progress?.onProgress },
    notes: newNotes(given.teacher, teacher),
    rule,
    continuation,
    grouping,
    progress,
  };
}

/** The de-biased margins of both parts, and the map that gives them. */
async function debiasedOf(
  options: CompleteOptions,
  {
    soft,
    features,
    threads,
  }: { soft: Distillation['soft']; features: HiddenFeatures | undefined; threads: Threads | undefined },
): Promise<Omit<DebiasedParts, 'alternatives'>> {
  const { debias: method, ablate, signal, onProgress } = options;
  const choose = chooserOf(options);
  return getOrCompute(options.checkpoint, 'debiased', async () =>
    choose(
      await debiasParts(...labelledParts(options, soft, features), { method, ablate, threads, signal, onProgress }),
    ),
  );
}

/** What de-biasing and infusion changed in the training labels, and the corrections of groups. */
function correctionsOf(
  { train, validation }: CompleteOptions,
  {
    margins,
    debiased,
    leakage,
    targets,
  }: Pick<Distillation, 'debiased' | 'leakage' | 'targets'> & {
    margins: Readonly<Record<'train' | 'validation', Float64Array>>;
  },
): Pick<Distillation, 'changes' | 'groupCorrections'> {
  const parts = [
    { data: train, margins: margins.train, debiased: debiased.train },
    { data: validation, margins: margins.validation, debiased: debiased.validation },
  ];
  // a leaked teacher's map is fitted on the validation rows only
  const corrections = groupCorrections(leakage.leaked ? parts.slice(1) : parts);
  return {
    changes: recordChanges(margins.train, debiased.train, targets.margins, train),
    ...(corrections && { groupCorrections: corrections }),
  };
}

/** What students are selected by. @param margins de-biased margins of the validation rows */
function selectionOf({ validation, select = 'debiased', metric }: CompleteOptions, margins: Float64Array): Selection {
  return selectBy(select === 'debiased' ? debiasedSelection(validation, margins) : labelSelection(validation), metric);
}

/** Chooses the weights of several teachers. */
function chooserOf(options: CompleteOptions): (parts: DebiasedParts) => Promise<DebiasedParts> {
  const { train, student, seed, epochs, batchSize, optimizer, dropout } = options;
  const { augment, earlyStopping, signal, classWeight } = options;
  return (parts) =>
    chooseWeights(
      parts,
      {
        train,
        validation: selectionOf(options, parts.selectionMargins.validation),
      },
      student,
      {
        seed,
        epochs,
        batchSize,
        optimizer,
        dropout,
        augment,
        earlyStopping,
        signal,
        weights: rowWeights(train.labels, classWeight),
      },
    );
}
