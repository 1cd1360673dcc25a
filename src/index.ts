// Every public name, in pipeline order.

export { type Baseline, fitBaseline } from './compare/baselines.ts';
export { readCsv } from './data/csv.ts';
export { type Dataset, encode, takeRows } from './data/dataset.ts';
export { fitPreprocessing } from './data/fit-preprocessing.ts';
export { denseMatrix, denseRows, type Matrix } from './data/matrix.ts';
export {
  type CategoricalColumn,
  type NumericColumn,
  type Preprocessing,
  type PreprocessingColumn,
  parsePreprocessing,
} from './data/preprocessing.ts';
export { readSplit, type Split, sampleRows, split } from './data/split.ts';
export type { Column, Table, TableOptions } from './data/table.ts';
export type { Exported, ExportedFile } from './deploy/exported.ts';
export { toJavaScript } from './deploy/javascript.ts';
export { toOnnx } from './deploy/onnx.ts';
export { type Distilled, type DistillOptions, distill } from './distill.ts';
export { DebkdError, type ErrorCode } from './io/errors.ts';
export type { Progress, Watch } from './io/progress.ts';
export type { Source } from './io/source.ts';
export { init } from './kernels/load.ts';
export { type Changes, type GroupShift, recordChanges } from './labels/changes.ts';
export { type InfusionForm, infuse, type Targets } from './labels/knowledge-infusion.ts';
export {
  applyDebias,
  type Debias,
  type DebiasCandidate,
  type DebiasMethod,
  fitDebias,
} from './labels/label-debiasing.ts';
export { detectLeakage, type Leakage } from './labels/leakage.ts';
export { debiasedDistillation, distillation, hardLabels, type Loss } from './loss/debiased-distillation.ts';
export { type Estimate, type EvaluateOptions, type Evaluation, evaluate, type Metric } from './metrics/evaluation.ts';
export { groupRows } from './metrics/groups.ts';
export { rocAuc } from './metrics/ranking.ts';
export { chooseThreshold } from './metrics/threshold.ts';
export { htmlReport } from './report/html.ts';
export { type DistillResult, resultOf } from './report/result.ts';
export { describeChanges } from './report/sentence.ts';
export { type Architecture, parseArchitecture } from './student/architecture.ts';
export { type Checkpoint, checkpointKey, openCheckpoint } from './student/checkpoint.ts';
export { debiasedSelection, labelSelection, type Selection } from './student/early-stopping.ts';
export { type FitOptions, fit } from './student/fit.ts';
export type { RawRecord } from './student/record.ts';
export { Student, type StudentData, type Training } from './student/student.ts';
export { decodeStudent, encodeStudent, loadStudent } from './student/student-file.ts';
export { MARGIN_LIMIT } from './teacher/margin.ts';
export { loadTeacher, type Teacher, type TeacherOptions } from './teacher/onnx.ts';
export type { Convention, Reading } from './teacher/output-convention.ts';
export { type SoftLabels, softLabels } from './teacher/soft-labels.ts';
export { VERSION } from './version.ts';
