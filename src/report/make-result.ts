// Makes the record of a distillation.
import type { MissingCount } from '../data/count-missing.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { rawNames } from '../data/raw-inputs.ts';
import type { RowFilter } from '../data/row-filter.ts';
import { addUnknown } from '../data/unknown-values.ts';
import type { Distillation } from '../distill-options.ts';
import { sha256 } from '../io/sha256.ts';
import { softplus } from '../kernels/elementary.ts';
import type { Evaluation } from '../metrics/evaluation.ts';
import type { Estimate } from '../metrics/metric.ts';
import { describeArchitecture } from '../student/architecture.ts';
import type { Deferral } from '../student/choose-deferral.ts';
import { teacherNames } from '../teacher/combine-teachers.ts';
import { softLabelsRecord } from '../teacher/given-record.ts';
import type { ModelColumns } from '../teacher/model-columns.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { ClassNames } from './class-words.ts';
import { countRows } from './count-rows.ts';
import type { Figures } from './figures-data.ts';
import { cutGroups, withCuts } from './group-shifts.ts';
import type { Importance } from './importance.ts';
import type { DeferralRecord } from './measure-deferral.ts';
import type { GroupThresholdsRecord } from './measure-group-thresholds.ts';
import type { MeanOcclusion } from './occlusion.ts';
import type { Baseline, Differences, DistillRecord, Measured, MeasuredAtHalf, Part, TeacherRecord } from './result.ts';
import { describeChanges } from './sentence.ts';
import { weightsRecord } from './weights-text.ts';
import type { WithheldRecord } from './withheld.ts';

/** The inputs of resultOf. */
export interface ResultInputs {
  /** The result of distill. */
  readonly run: Distillation;
  /** The teacher of the run. */
  readonly teacher: Teacher;
  /** The bytes of student.debkd. */
  readonly file: Uint8Array;
  /** The teacher's file. */
  readonly teacherFile?: Pick<DistillRecord['teacher'], 'name' | 'bytes'> | undefined;
  /** The rows of each part. */
  readonly data: Readonly<Record<Part, AnyDataset>>;
  /** Missing values of the table, from countMissing. */
  readonly missing: readonly MissingCount[];
  /** What the student's deferral band promises. */
  readonly deferral?: Deferral | undefined;
  /** A filter of the training rows, from makeRowFilter. */
  readonly trainedOn?: RowFilter | undefined;
  /** The columns that the teacher and the student take. */
  readonly columns?: ModelColumns | undefined;
  /** Names of the files in the record's folder. */
  readonly files: readonly string[];
  /** The command. */
  readonly command?: string | undefined;
  /** The label column and its values. */
  readonly label?: ClassNames | undefined;
  /** Where a student of images looks. */
  readonly occlusion?: MeanOcclusion | undefined;
  /** What the student's columns tell about withheld columns. */
  readonly withheld?: readonly WithheldRecord[] | undefined;
  /** Measures of the test rows; absent without labelled test rows. */
  readonly tests?:
    | {
        teacher: Evaluation | undefined;
        student: Evaluation;
        studentWithTeacher?: Evaluation | undefined;
        /** Of each of several teachers. */
        teachers?: readonly (Evaluation | undefined)[] | undefined;
        /** The teacher's margins of the test rows. */
        margins?: Float64Array;
        groups?: DistillRecord['groups'];
        baselines?: readonly Baseline[] | undefined;
        differences?: Differences | undefined;
        /** What the deferral band gives. */
        deferral?: DeferralRecord | undefined;
        groupThresholds?: GroupThresholdsRecord | undefined;
        /** What the threshold gives on the test rows. */
        thresholdValue?: Estimate | undefined;
        figures?: Figures | undefined;
        importance?: Importance | undefined;
      }
    | undefined;
}

/** Makes the record. */
export function resultOf(inputs: ResultInputs): DistillRecord {
  const { run, data, missing, trainedOn, columns, files, command, label, occlusion, withheld, tests } = inputs;
  const { debias, student } = run;
  const changes = withCuts(run.changes, student.preprocessing);
  const weights = weightsRecord(data);
  const deferral = tests?.deferral ?? inputs.deferral;
  const groupThresholds = tests?.groupThresholds ?? run.groupThresholds;
  return {
    schema: 'debkd/distill@1',
    summary: describeChanges({ ...run, changes }),
    ...(command !== undefined && { command }),
    ...(label && { label: { name: label.name, positive: label.positive, negative: label.negative } }),
    teacher: teacherOf(inputs),
    debias: {
      method: debias.method,
      penalty: debias.penalty ?? null,
      parts: debias.parts.map(({ parameters: _, ...part }) => part),
      candidates: debias.candidates,
      ...chosenLoss(run, data),
    },
    infusion: run.infusion,
    changes,
    ...(run.groupCorrections && {
      groupCorrections: cutGroups(run.groupCorrections, data.train.groups?.preprocessing ?? student.preprocessing),
    }),
    ...(run.hint && { hint: run.hint }),
    ...(run.from && { from: { step: run.from.step, parents: run.from.parents } }),
    ...(run.calibration && { calibration: run.calibration }),
    student: studentOf(inputs),
    columns: columns ?? rawNames(student.preprocessing.columns).length,
    rows: countRows(data),
    ...(weights && { weights }),
    missing,
    unknown: addUnknown([data.train, data.validation, data.test].map(({ unknown = [] }) => unknown)),
    ...(deferral && { deferral }),
    ...(groupThresholds && { groupThresholds }),
    ...(trainedOn && { trainedOn }),
    metrics: measured(tests?.student),
    ...(tests?.studentWithTeacher && { metricsWithTeacher: measured(tests.studentWithTeacher) }),
    metricsAtHalf: atHalf(tests?.student),
    ...(tests?.baselines && { baselines: tests.baselines }),
    ...(tests?.differences && { differences: tests.differences }),
    groups: tests?.groups ?? [],
    ...(tests?.figures && { figures: tests.figures }),
    ...(occlusion && { occlusion }),
    ...(withheld && { withheld }),
    ...(tests?.importance && { importance: tests.importance }),
    timing: run.timing,
    files,
    warnings: run.warnings,
  };
}

const measured = (e: Evaluation | undefined): Measured => (e ? { test: e.metrics } : {});
const atHalf = (e: Evaluation | undefined): MeasuredAtHalf => (e ? { test: e.atHalf } : {});

/** What the record says of the teacher. */
function teacherOf({ run, teacher, teacherFile, tests }: ResultInputs): DistillRecord['teacher'] {
  return {
    ...teacherFile,
    sha256: teacher.sha256,
    convention: teacher.convention,
    ...(teacher.runtime !== undefined && { runtime: teacher.runtime }),
    reason: teacher.reading.reason,
    threshold: tests?.teacher?.threshold ?? 0.5,
    metrics: measured(tests?.teacher),
    metricsAtHalf: atHalf(tests?.teacher),
    ...(teacher.given && {
      softLabels: softLabelsRecord(teacher.given, {
        train: run.soft.train.margins,
        validation: run.soft.validation.margins,
        ...(tests?.margins && { test: tests.margins }),
      }),
    }),
    ...(teacher.parts && {
      teachers: teacherNames(teacher.parts).map((name, k): TeacherRecord => {
        const { sha256: digest, convention, runtime, reading } = (teacher.parts as readonly Teacher[])[k] as Teacher;
        const found = tests?.teachers?.[k];
        const { reason } = reading;
        return {
          name,
          sha256: digest,
          convention,
          ...(runtime !== undefined && { runtime }),
          reason,
          threshold: found?.threshold ?? 0.5,
          metrics: measured(found),
        };
      }),
    }),
  };
}

/** What the record says of the student. */
function studentOf({ run, file, tests }: ResultInputs): DistillRecord['student'] {
  const { student } = run;
  return {
    architecture: describeArchitecture(student.preprocessing.encodedWidth, student.architecture),
    parameters: student.parameters.length,
    bytes: file.length,
    sha256: sha256(file),
    threshold: student.threshold,
    ...(student.groupThresholds && { groupThresholds: student.groupThresholds }),
    ...(student.defer && { defer: student.defer }),
    ...(run.thresholdBy === 'corrected labels' && { thresholdBy: run.thresholdBy }),
    thresholdChoice: { ...run.thresholdChoice, ...(tests?.thresholdValue && { test: tests.thresholdValue }) },
    epoch: student.training?.penalty === undefined ? (student.training?.epoch ?? null) : null,
    ...(student.training?.penalty !== undefined && { penalty: student.training.penalty }),
  };
}

/** If the teacher was fitted on the training rows, the map is fitted and measured only on the validation rows. */
function chosenLoss(
  { debias, debiased, leakage }: Distillation,
  data: ResultInputs['data'],
): { readonly logLoss?: number } {
  const parts = leakage.leaked ? (['validation'] as const) : (['train', 'validation'] as const);
  let [rows, sum, total] = [0, 0, 0];
  for (const part of parts) {
    const { labels, weights } = data[part];
    for (let i = 0; i < labels.length; i++) {
      const [y, d, weight] = [labels[i] as number, debiased[part][i] as number, weights?.[i] ?? 1];
      if (y < 0 || weight === 0 || Number.isNaN(d)) continue;
      rows++;
      total += weight;
      sum += weight * softplus(y === 1 ? -d : d);
    }
  }
  return rows > 0 && rows === debias.rows ? { logLoss: sum / total } : {};
}
