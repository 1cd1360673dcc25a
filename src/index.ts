// Every public name, in pipeline order.

// the job
export { type Distilled, type DistillOptions, distill } from './distill.ts';

// data
export { readCsv } from './data/csv.ts';
export { readNdjson } from './data/ndjson.ts';
export { type NpyOptions, readNpy } from './data/npy.ts';
export { readParquet } from './data/parquet.ts';
export { readTable, type TableFormat } from './data/read-table.ts';
export { countMissing, countStoredMissing, MISSING, type MissingCount } from './data/missing.ts';
export type { Column, Table, TableOptions } from './data/table.ts';
export { readSplit, type Split, sampleRows, split } from './data/split.ts';
export {
  type CategoricalColumn,
  type NumericColumn,
  type Preprocessing,
  type PreprocessingColumn,
  parsePreprocessing,
} from './data/preprocessing.ts';
export { type FitPreprocessingOptions, fitPreprocessing, fitStoredPreprocessing } from './data/fit-preprocessing.ts';
export type { UnknownCount } from './data/unknown-values.ts';
export { rowCounters, type SharedRows, sharedRows, tableWarnings } from './data/leaks.ts';
export { countKnownRows, makeRowFilter, type RowFilter } from './data/row-filter.ts';
export { encodeParts } from './data/parts.ts';
export { type Dataset, encode, selectRows } from './data/dataset.ts';
export { type StoredTable, type StoreOptions, storeTable } from './data/stored-table.ts';
export type { TempFile } from './io/temp-file.ts';
export { type AnyDataset, encodeStoredParts, type StoredDataset, type StoredRaw } from './data/stored-dataset.ts';
export type { RawColumns } from './data/raw-columns.ts';
export { denseMatrix, denseRows, type Matrix, type StoredMatrix } from './data/matrix.ts';

// teacher
export { loadTeacher, type Teacher, type TeacherOptions } from './teacher/onnx.ts';
export type { GraphNode, GraphTensor, OnnxGraph } from './teacher/onnx-graph.ts';
export type { Convention, Reading } from './teacher/reading.ts';
export { MARGIN_LIMIT, type MarginForm } from './teacher/margin.ts';
export type { CacheOptions, LabelCache } from './io/cache.ts';
export { openDiskCache } from './io/disk-cache.ts';
export { openBrowserCache } from './io/browser-cache.ts';
export { type Features, type FeatureScale, hiddenFeatures, standardiseFeatures } from './teacher/features.ts';
export { type SoftLabels, softLabels } from './teacher/soft-labels.ts';

// labels
export type { FittedParts } from './labels/sample.ts';
export { type DebiasedParts, debiasParts, type HeldOutFit, type LabelledPart } from './labels/debias-parts.ts';
export type { Basis, DebiasMap } from './labels/debias-methods.ts';
export type { DebiasMethod, MapName } from './labels/debias-names.ts';
export { ABLATION_COMPONENTS, type AblationComponent } from './labels/candidates.ts';
export type { DebiasCandidate } from './labels/cross-fit.ts';
export { applyDebias, type Debias, type DebiasPart, fitDebias } from './labels/label-debiasing.ts';
export type { InfusionForm } from './labels/infusion-forms.ts';
export { DEBIAS_METHODS } from './labels/debias-names.ts';
export { INFUSION_FORMS } from './labels/infusion-forms.ts';
export { type InfusionOptions, infuse, type Targets } from './labels/knowledge-infusion.ts';
export { type NoiseRates, noiseRates } from './labels/noise-rates.ts';
export { type Changes, type GroupShift, recordChanges } from './labels/changes.ts';
export { detectLeakage, type Leakage } from './labels/leakage.ts';

// loss
export { debiasedDistillation } from './loss/debiased-distillation.ts';
export {
  distillation,
  hardLabels,
  logitMatching,
  virtualTeacher,
  weightedSoftLabels,
} from './loss/distillation.ts';
export { regressionHint, relationHint } from './loss/hints.ts';
export type { Hint, Loss, CustomLoss } from './loss/loss.ts';
export { customLoss } from './loss/custom-loss.ts';
export { exp, log, sigmoid, softplus } from './kernels/elementary.ts';

// student
export type { Activation } from './kernels/activation.ts';
export { type Architecture, parseArchitecture } from './student/architecture.ts';
export type { ClassWeight } from './student/class-weight.ts';
export { debiasedSelection, labelSelection, type Selection } from './student/selection.ts';
export type { Optimizer, OptimizerName, Schedule } from './student/optimizer.ts';
export { type FitOptions, fit, fitMany } from './student/fit.ts';
export { type Calibration, calibrate } from './student/calibrate.ts';
export type { TrainingOptions } from './student/fit-options.ts';
export type { FitTask } from './student/trainer.ts';
export type { Resume } from './student/training-state.ts';
export { type Checkpoint, checkpointKey, storedCheckpoint } from './student/checkpoint.ts';
export { Student, type StudentData, type Training } from './student/student.ts';
export type { RawRecord } from './student/record.ts';
export { decodeStudent, encodeStudent, loadStudent } from './student/student-file.ts';

// metrics
export {
  type ConfusionMetric,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type GroupEvaluation,
} from './metrics/evaluation.ts';
export { type Estimate, METRICS, type Metric } from './metrics/metric.ts';
export { rocAuc } from './metrics/ranking.ts';
export { chooseThreshold } from './metrics/threshold.ts';
export { groupRows } from './metrics/groups.ts';
export { type GroupBias, groupBias } from './metrics/group-bias.ts';
export { meanInterval } from './metrics/paired.ts';

// compare
export { type Comparison, type ComparisonRow, type CompareOptions, compare, type Pool } from './compare/compare.ts';
export { type CompareInputs, type Job, type Outcome, openJobs } from './compare/job.ts';
export { type BaseMethod, type Method, METHODS, parseMethod, type Setting } from './compare/methods.ts';
export type { Pair, Summary } from './compare/summary.ts';
export { comparisonCsv, comparisonMarkdown, differencesTable, meansTable } from './compare/tables.ts';
export { type Rank, rankMethods } from './compare/ranks.ts';
export { type Baselines, trainBaselines } from './compare/baselines.ts';
export { type MethodInputs, type DebiasedOptions, prepareInputs } from './compare/method-inputs.ts';
export {
  type Candidate,
  type CellResult,
  type KeptStudents,
  type Tuned,
  type TuneOptions,
  tuneMethod,
} from './compare/cell.ts';

// report
export type { Figures, Histogram, Point, ReliabilityBin } from './report/figures-data.ts';
export type { LabelledChanges, LabelledGroupShift } from './report/group-shifts.ts';
export {
  type Baseline,
  type DistillResult,
  type Measured,
  type MeasuredAtHalf,
  type Part,
  type ResultInputs,
  resultOf,
} from './report/result.ts';
export { type MeasureOptions, measureDistilled } from './report/measure.ts';
export { describeChanges } from './report/sentence.ts';
export { htmlReport } from './report/html.ts';
export { parseResult } from './report/parse-result.ts';

// deploy
export type { Exported, ExportedFile } from './deploy/exported.ts';
export { PLATFORMS, type Platform, type Target, TARGETS } from './deploy/targets.ts';
export { QUANTIZATION_LIMITS, type QuantizeOptions, quantize } from './deploy/quantize.ts';
export type { Quantization, QuantizationLoss, QuantizedForm } from './student/quantization.ts';
export type { ParityOptions } from './deploy/parity.ts';
export { toOnnx } from './deploy/onnx.ts';
export { toSafetensors } from './deploy/safetensors.ts';
export { toJavaScript } from './deploy/javascript.ts';
export { toWasm } from './deploy/wasm.ts';
export { type EdgeOptions, toEdge } from './deploy/edge/project.ts';
export { exportTo } from './deploy/export.ts';

// everywhere
export { init } from './kernels/load.ts';
export { DebkdError, type ErrorCode } from './io/errors.ts';
export type { Progress, ProgressOptions } from './io/progress.ts';
export type { Source } from './io/source.ts';
export { sha256 } from './io/sha256.ts';
export { VERSION } from './version.ts';
