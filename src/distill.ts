// Distils a student from a teacher and rows.
import type { AnyDataset } from './data/dataset.ts';
import { checkPartWeights } from './data/row-weights.ts';
import { calibrateStudent } from './distill-calibrate.ts';
import { distillFacts } from './distill-facts.ts';
import { chooseTrial, hintOf } from './distill-hint.ts';
import { labelledParts, teacherAnswersOf } from './distill-labels.ts';
import { type CompleteOptions, DISTILL_OPTIONS, type Distillation, type DistillOptions } from './distill-options.ts';
import { finishStudent, infusionOf, type Trial, targetsOf, trainStudents } from './distill-students.ts';
import { checkName, checkNearOptions } from './io/check.ts';
import { DebkdError } from './io/errors.ts';
import { withStoredNames } from './io/stored-names.ts';
import { checkThreads } from './io/threads.ts';
import { checkAblation, checkLabels } from './labels/candidates.ts';
import { recordChanges } from './labels/changes.ts';
import type { Debias } from './labels/debias.ts';
import { type DebiasedParts, debiasParts } from './labels/debias-parts.ts';
import { groupCorrections } from './labels/group-corrections.ts';
import { INFUSION_FORMS } from './labels/infusion-forms.ts';
import { checkStrength } from './labels/knowledge-infusion.ts';
import { debiasedDistillation } from './loss/debiased-distillation.ts';
import { checkLoss } from './loss/loss.ts';
import { recordThreshold } from './metrics/threshold-estimate.ts';
import { parseThresholdRule, ruleText } from './metrics/threshold-rule.ts';
import { checkArchitecture } from './student/architecture.ts';
import { getOrCompute } from './student/checkpoint-parts.ts';
import { chooseWeights } from './student/choose-weights.ts';
import { checkClassWeight, rowWeights } from './student/class-weight.ts';
import { checkFitOptions } from './student/fit-options.ts';
import { debiasedSelection, labelSelection, SELECTIONS, type Selection, selectBy } from './student/selection.ts';
import { SELECTION_METRICS, type SelectionMetric } from './student/selection-metrics.ts';
import { rowsOfChoice, thresholdTargets } from './student/set-threshold.ts';
import { encodeChecked } from './student/student-file.ts';
import { chooseTextWeights, type TextChoice } from './student/text-weights.ts';
import { standardiseFeatures } from './teacher/features.ts';
import { newNotes, readyTeacher } from './teacher/ready-teacher.ts';
import type { Teacher } from './teacher/teacher.ts';
import { VERSION } from './version.ts';
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
  // calls spread what encodeParts returns, which has other names as well
  checkNearOptions('distill', asked, Object.keys(DISTILL_OPTIONS));
  const { from } = asked;
  // few calls go on from a student
  const continuation = from && (await import('./distill-from.ts')).continueFrom(from);
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
  const watch = { signal, onProgress: progress?.onProgress };
  const ready: CompleteOptions = { ...given, select, teacher, ...watch };
  const { threads: size = 1 } = given;
  // in a file of its own, which finds the program of the threads in the same folder
  using threads = size > 1 ? (await import('./threads/open-threads.ts')).openThreads(size) : undefined;
  const started = performance.now();

  const { soft, features } = await teacherAnswersOf(ready);
  progress?.answered(features !== undefined);
  const labelled = performance.now();

  const margins = { train: soft.train.margins, validation: soft.validation.margins };
  const { train, textWeights }: { train: AnyDataset; textWeights?: TextChoice | undefined } = from
    ? ready
    : await chooseTextWeights(ready, margins, watch);
  progress?.end('n-grams');
  const { validation } = ready;
  const options: CompleteOptions = { ...ready, train };

  const choose = chooserOf(options);
  const { debias, debiased, selectionMargins, leakage } = await getOrCompute(options.checkpoint, 'debiased', async () =>
    choose(
      await debiasParts(...labelledParts(options, soft, features), {
        method: options.debias,
        ablate: options.ablate,
        threads,
        ...watch,
      }),
    ),
  );
  progress?.end('label de-biasing');
  const selection = selectionOf(options, selectionMargins.validation);

  const weight = features && hintOf(options);
  const hint = features && weight !== undefined ? { weight, features: standardiseFeatures(features.train) } : undefined;
  const plain = { options, margins: debiased.train, selection };
  const inputs = continuation?.withMemory(plain) ?? plain;
  const trials = await trainStudents(inputs.options, inputs.margins, inputs.selection, {
    ...{ hint, threads, around: textWeights?.penalty },
    onEnd: progress?.end,
  });
  const best = continuation?.choose(trials, inputs.selection) ?? chooseTrial(trials, selection);
  const chosen = continuation
    ? best
    : { ...best, student: await finishStudent(options, best, debiased.train, selection) };
  progress?.end('student');
  const trained = performance.now();

  const byTargets = select === 'debiased' && options.debias !== 'none';
  const choice = { rule, targets: byTargets ? thresholdTargets(options, selectionMargins) : undefined };
  const record = {
    ...{ soft, features, debias, debiased, leakage, selection },
    choice,
  };
  const { student: calibrated, calibration, thresholdBy } = await calibrateStudent(options, chosen, record);
  const decided = calibrated.with({
    // of an earlier student that is kept with its threshold
    ...{ groupThresholds: undefined, defer: undefined },
    provenance: provenanceOf(options, debias, chosen, { calibration, textWeights, parents: continuation?.parents }),
  });
  const perGroup = thresholdPer && grouping?.chooseGroupThresholds(decided, validation, thresholdPer);
  const { student } = perGroup ?? { student: decided };
  // fail here if the student cannot be encoded and decoded again
  encodeChecked(student, validation);
  const targets = targetsOf(options, debiased.train, chosen.strength);
  const parts = [
    { data: train, margins: margins.train, debiased: debiased.train },
    { data: validation, margins: margins.validation, debiased: debiased.validation },
  ];
  // a leaked teacher's map is fitted on the validation rows only
  const corrections = groupCorrections(leakage.leaked ? parts.slice(1) : parts);
  const changes = recordChanges(soft.train.margins, debiased.train, targets.margins, train);
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
    changes,
    ...(corrections && { groupCorrections: corrections }),
    leakage,
    warnings: [
      ...newNotes(given.teacher, teacher),
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

/** What students are selected by. @param margins de-biased margins of the validation rows */
function selectionOf({ validation, select = 'debiased', metric }: CompleteOptions, margins: Float64Array): Selection {
  return selectBy(select === 'debiased' ? debiasedSelection(validation, margins) : labelSelection(validation), metric);
}

/** The metric of selection, if it is not the default. */
function otherMetric({ metric }: CompleteOptions): { readonly metric?: SelectionMetric } {
  return metric === undefined || metric === 'logLoss' ? {} : { metric };
}

/** The options with a teacher and an architecture. @throws DebkdError `value` without one of them */
function completeOptions({ teacher, student, ...rest }: DistillOptions): CompleteOptions {
  if (teacher && student) return { ...rest, teacher, student };
  throw new DebkdError('value', {
    subject: 'distill',
    seen: `no ${teacher ? 'architecture (student)' : 'teacher'}`,
    expected: 'a teacher and the architecture of the student, or from, an earlier student',
  });
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
        ...{ seed, epochs, batchSize, optimizer, dropout, augment, earlyStopping, signal },
        weights: rowWeights(train.labels, classWeight),
      },
    );
}

/** How a student was made, as its file records it. */
function provenanceOf(
  options: CompleteOptions,
  debias: Debias,
  { strength, hint, step, student }: Trial,
  {
    calibration,
    textWeights,
    parents,
  }: {
    calibration: Distillation['calibration'] | undefined;
    textWeights: TextChoice | undefined;
    parents: readonly string[] | undefined;
  },
): Readonly<Record<string, unknown>> {
  const { teacher, train, validation, loss = debiasedDistillation(), seed, select = 'debiased' } = options;
  const rule = ruleText(parseThresholdRule(options.threshold ?? 'f1'));
  const { epoch, epochs, penalty } = student.training ?? {};
  return {
    debkd: VERSION,
    teacher: { ...teacherOf(teacher), ...(teacher.parts && { teachers: teacher.parts.map(teacherOf) }) },
    ...(parents && { parents }),
    rows: { train: train.rows, validation: validation.rows },
    ...(train.weightColumn !== undefined && { weights: train.weightColumn }),
    // the names of the target and its classes
    ...(train.target && { target: train.target }),
    debias: {
      method: debias.method,
      penalty: debias.penalty,
      ...(options.ablate && options.ablate.length > 0 && { ablate: options.ablate }),
    },
    infusion: { form: infusionOf(options).form, strength },
    ...(step !== undefined && { step }),
    loss: { ...loss, ...(hint !== undefined && { hint: { kind: 'regression', weight: hint } }) },
    ...(textWeights && { texts: { penalties: textWeights.taken ? 'by rarity' : 'equal' } }),
    ...(rule !== 'f1' && { threshold: rule }),
    ...(calibration?.taken && { calibration: { slope: calibration.slope, shift: calibration.shift } }),
    training: {
      seed,
      select,
      ...otherMetric(options),
      ...(penalty === undefined
        ? {
            epochs,
            epoch,
            batchSize: options.batchSize,
            dropout: options.dropout,
            optimizer: withStoredNames(options.optimizer),
          }
        : { penalty }),
      classWeight: options.classWeight,
    },
  };
}

function teacherOf({ sha256, convention, runtime, given }: Teacher): Readonly<Record<string, unknown>> {
  return { sha256, convention, ...(runtime !== undefined && { runtime }), ...(given && { softLabels: given.record }) };
}

/** Validates the options before running the teacher. */
function checkBefore(options: CompleteOptions): void {
  if (options.teacher.refusal) throw options.teacher.refusal;
  const { train, validation, student, debias = 'auto', infusion, select = 'debiased', loss } = options;
  checkName('distill: select', select, SELECTIONS);
  if (options.metric !== undefined) checkName('distill: metric', options.metric, SELECTION_METRICS);
  if (infusion?.form !== undefined) checkName('knowledge infusion: form', infusion.form, INFUSION_FORMS);
  if (loss) checkLoss(loss);
  if (train.rows === 0)
    throw new DebkdError('rows', { subject: 'training part', seen: 'no rows', remedy: { id: 'add-rows' } });
  if (validation.rows === 0)
    throw new DebkdError('rows', { subject: 'validation part', seen: 'no rows', remedy: { id: 'add-rows' } });
  checkArchitecture(student);
  checkThreads(options.threads ?? 1);
  checkFitOptions(options, train.rows);
  checkClassWeight(options.classWeight);
  if (typeof infusion?.strength === 'number') checkStrength(infusion.form ?? 'mix', infusion.strength);
  if (select === 'labels') selectBy(labelSelection(validation), options.metric);
  checkLabels(train, debias);
  checkAblation(debias, options.ablate);
  checkPartWeights({ train, validation });
}
