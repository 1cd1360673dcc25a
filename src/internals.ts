// `debkd/internals`: parts below the public names, for tests and experiments. Unstable: they may change in any version.

export { type Baselines, trainBaselines } from './compare/baselines.ts';
export {
  type Candidate,
  type CellResult,
  type StudentStore,
  type Tuned,
  type TuneOptions,
  tuneMethod,
} from './compare/cell.ts';
export type { CompareInputs } from './compare/compare-inputs.ts';
export type { Pool } from './compare/compare-options.ts';
export type { ComparisonRow } from './compare/comparison.ts';
export type { Job, Outcome } from './compare/job.ts';
export type { BaseMethod, Method, Setting } from './compare/method.ts';
export { type DebiasedOptions, type MethodInputs, prepareInputs } from './compare/method-inputs.ts';
export { parseMethod } from './compare/methods.ts';
export { type Rank, rankMethods } from './compare/ranks.ts';
export { openJobs } from './compare/run-jobs.ts';
export type { Pair, Summary } from './compare/summary.ts';
export { differencesTable, meansTable } from './compare/tables.ts';
export type { MissingCount } from './data/count-missing.ts';
export type { AnyDataset, StoredDataset } from './data/dataset.ts';
export { weighTexts } from './data/encode-texts.ts';
export { type SharedRows, sharedRows } from './data/equal-rows.ts';
export type { FitPreprocessingOptions } from './data/fit-preprocessing.ts';
export { fitText } from './data/fit-text.ts';
export { centreCrop, crop, type Rectangle } from './data/image/crop.ts';
export { type Decoder, type DecoderModules, openDecoder } from './data/image/decode.ts';
export { RESAMPLE, type ResizeFilter } from './data/image/filters.ts';
export { toGrey, toRgb } from './data/image/grey.ts';
export { readHeader } from './data/image/header.ts';
export type { ImageHeader } from './data/image/image-header.ts';
export type { Raster } from './data/image/raster.ts';
export { type Resizing, resize } from './data/image/resize.ts';
export { type ImageStatistics, statisticsOf } from './data/image/statistics.ts';
export { imageColumn, imageColumns } from './data/image-columns.ts';
export type { ImageFiles } from './data/image-files.ts';
export { readImageFolder } from './data/image-folder.ts';
export { rowCounters, tableWarnings } from './data/leaks.ts';
export { denseMatrix, denseRows, type Matrix, type StoredMatrix } from './data/matrix.ts';
export { MISSING } from './data/missing.ts';
export { readNdjson } from './data/ndjson.ts';
export type { NpyOptions } from './data/npy.ts';
export type { OpenImagesOptions } from './data/open-images.ts';
export { readParquet } from './data/parquet.ts';
export type { EncodedParts, EncodeOptions } from './data/parts.ts';
export type { CategoricalColumn, NumericColumn, PreprocessingColumn } from './data/preprocessing-column.ts';
export { type RawColumns, rawColumns, type StoredRaw } from './data/raw-columns.ts';
export type { TableFormat } from './data/read-table.ts';
export { countKnownRows, makeRowFilter, type RowFilter } from './data/row-filter.ts';
export type { WeightSummary } from './data/row-weights.ts';
export { sampleRows } from './data/split.ts';
export type { Step, StepsColumn } from './data/steps/step.ts';
export type { StoreOptions } from './data/stored-table.ts';
export type { AnyTable, Column, StoredTable } from './data/table.ts';
export type { UnknownCount } from './data/unknown-values.ts';
export { type EdgeOptions, toEdge } from './deploy/edge/project.ts';
export type { Exported, ExportedFile } from './deploy/exported.ts';
export { toJavaScript } from './deploy/javascript.ts';
export { toOnnx } from './deploy/onnx.ts';
export type { ParityOptions } from './deploy/parity.ts';
export { QUANTIZATION_LIMITS, type QuantizeOptions } from './deploy/quantize.ts';
export { toSafetensors } from './deploy/safetensors.ts';
export { PLATFORMS, type Platform, type Target } from './deploy/targets.ts';
export { toWasm } from './deploy/wasm.ts';
export type { CacheOptions } from './io/cache.ts';
export type {
  AbortSignalLike,
  Bytes,
  HostBlob,
  HostResponse,
  HostUrl,
  WasmModule,
} from './io/host-types.ts';
export type { Progress } from './io/progress.ts';
export type { Source } from './io/source.ts';
export type { TempFile } from './io/temp-file.ts';
export type { Activation } from './kernels/activation-names.ts';
export { below, words } from './kernels/random.ts';
export { type Changes, type GroupShift, recordChanges } from './labels/changes.ts';
export type { DebiasCandidate } from './labels/cross-fit.ts';
export type { ApplyOptions, DebiasPart } from './labels/debias.ts';
export type { DebiasMethod, MapName } from './labels/debias-names.ts';
export { ABLATION_COMPONENTS, type AblationComponent } from './labels/debias-names.ts';
export type { LabelledPart, ValidationFit } from './labels/debias-parts.ts';
export { debiasedWithout } from './labels/debias-without.ts';
export { type CorrectedPart, type GroupCorrection, groupCorrections } from './labels/group-corrections.ts';
export type { InfusionForm } from './labels/infusion-forms.ts';
export type { InfusionOptions } from './labels/knowledge-infusion.ts';
export type { Leakage } from './labels/leakage.ts';
export type { Basis, DebiasMap } from './labels/maps/map.ts';
export type { NextRows } from './labels/next-rows.ts';
export { type NoiseRates, noiseRates } from './labels/noise-rates.ts';
export type { FittedParts } from './labels/sample.ts';
export type { Hint } from './loss/loss.ts';
export { chooseBand } from './metrics/deferral.ts';
export type { ConfusionMetric, EvaluateOptions, GroupEvaluation } from './metrics/evaluation.ts';
export type { GroupBias } from './metrics/group-bias.ts';
export { type Estimate, METRICS, type Metric } from './metrics/metric.ts';
export { meanInterval } from './metrics/paired.ts';
export { rocAuc } from './metrics/ranking.ts';
export type { Figures, Histogram, Point, ReliabilityBin } from './report/figures-data.ts';
export type { LabelledChanges, LabelledGroupCorrection, LabelledGroupShift } from './report/group-shifts.ts';
export { type ResultInputs, resultOf } from './report/make-result.ts';
export type { MeasureOptions } from './report/measure.ts';
export type {
  Baseline,
  DistillRecord,
  Measured,
  MeasuredAtHalf,
  Part,
  TeacherRecord,
} from './report/result.ts';
export { describeChanges } from './report/sentence.ts';
export type { WeightsRecord } from './report/weights-text.ts';
export { parseArchitecture } from './student/architecture.ts';
export type { Change } from './student/augmentation.ts';
export { type Calibration, calibrateOnTargets } from './student/calibrate.ts';
export { type Checkpoint, checkpointKey, storedCheckpoint } from './student/checkpoint.ts';
export type { ClassWeight } from './student/class-weight.ts';
export { crossCalibrate } from './student/cross-calibrate.ts';
export { isDeferred } from './student/decide.ts';
export type { ColumnShare, Explanation } from './student/explain.ts';
export { fitMany } from './student/fit.ts';
export type { FitTask } from './student/fit-context.ts';
export type { TrainingOptions } from './student/fit-options.ts';
export type { OcclusionMap } from './student/occlusion.ts';
export type { OptimizerName, Schedule } from './student/optimizer.ts';
export type { Quantization, QuantizationLoss } from './student/quantization.ts';
export type { QuantizedForm } from './student/quantized-forms.ts';
export { setThreshold, thresholdTargets } from './student/set-threshold.ts';
export type { StudentData, Training } from './student/student-data.ts';
export { loadStudent } from './student/student-file.ts';
export { chooseTextWeights, rarityFactors } from './student/text-weights.ts';
export type { Resume } from './student/training-state.ts';
export {
  type FeatureScale,
  type Features,
  featureScale,
  joinFeatures,
  standardiseFeatures,
} from './teacher/features.ts';
export type { SoftLabelsRecord } from './teacher/given-record.ts';
export type { GivenSoftLabelsOptions } from './teacher/given-soft-labels.ts';
export { MARGIN_LIMIT, type MarginForm } from './teacher/margin.ts';
export type { GraphNode, GraphTensor, OnnxGraph } from './teacher/onnx-graph.ts';
export type { Convention, Reading } from './teacher/reading.ts';
export type { SoftLabelConvention, SoftLabelValue } from './teacher/soft-label-values.ts';
export type { GivenSoftLabels } from './teacher/teacher.ts';
export type { OnnxRuntime } from './teacher/teacher-options.ts';
