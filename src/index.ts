// Every public name, in pipeline order: what it takes to distil, to write a label operator or a loss, and to read results.
// At most 100 (test/docs/surface.test.ts); parts for tests and for the app are in internals.ts.
// Disposable and Symbol.dispose, also for users whose own `lib` has none
/// <reference lib="esnext.disposable" preserve="true" />

// the job
export { distill } from './distill.ts';
export type { Distillation, DistillOptions } from './distill-options.ts';

// data
export { readCsv } from './data/csv.ts';
export { readNpy } from './data/npy.ts';
export { readTable } from './data/read-table.ts';
export { countMissing } from './data/count-missing.ts';
export { numericColumn, textColumn } from './data/column-values.ts';
export type { Table, TableOptions } from './data/table.ts';
export { readSplit, split } from './data/split.ts';
export type { Split } from './data/split-parts.ts';
export { parsePreprocessing } from './data/preprocessing.ts';
export type { Preprocessing } from './data/preprocessing-column.ts';
export { fitPreprocessing } from './data/fit-preprocessing.ts';
export { encodeParts } from './data/parts.ts';
export { holdOut } from './data/hold-out.ts';
export { type Dataset, encode, selectRows } from './data/dataset.ts';
export { openImages } from './data/open-images.ts';
export { decodeImages } from './data/rasters.ts';
export { storeTable } from './data/stored-table.ts';

// teacher
export { loadTeacher } from './teacher/onnx.ts';
export type { TeacherOptions } from './teacher/teacher-options.ts';
export type { Teacher } from './teacher/teacher.ts';
export { combineTeachers } from './teacher/combine-teachers.ts';
export { givenSoftLabels } from './teacher/given-soft-labels.ts';
export type { LabelCache } from './io/cache.ts';
export { openDiskCache } from './io/disk-cache.ts';
export { openBrowserCache } from './io/browser-cache.ts';
export { hiddenFeatures } from './teacher/hidden-features.ts';
export { type SoftLabels, softLabels } from './teacher/soft-labels.ts';

// labels
export { type DebiasedParts, debiasParts } from './labels/debias-parts.ts';
export type { Debias } from './labels/debias.ts';
export { applyDebias, fitDebias } from './labels/label-debiasing.ts';
export { DEBIAS_METHODS } from './labels/debias-names.ts';
export { INFUSION_FORMS } from './labels/infusion-forms.ts';
export { infuse, type Targets } from './labels/knowledge-infusion.ts';
export { detectLeakage } from './labels/leakage.ts';
export { nextRows } from './labels/next-rows.ts';

// loss
export { debiasedDistillation } from './loss/debiased-distillation.ts';
export { distillation, hardLabels, logitMatching, virtualTeacher, weightedSoftLabels } from './loss/distillation.ts';
export { regressionHint, relationHint } from './loss/hints.ts';
export type { Loss, CustomLoss } from './loss/loss.ts';
export { customLoss } from './loss/custom-loss.ts';
export { exp, log, sigmoid, softplus } from './kernels/elementary.ts';

// student
export type { Architecture } from './student/architecture.ts';
export { debiasedSelection, labelSelection, type Selection } from './student/selection.ts';
export { type FitOptions, fit } from './student/fit.ts';
export { calibrate } from './student/calibrate.ts';
export { chooseDeferral } from './student/choose-deferral.ts';
export { Student } from './student/student.ts';
export type { RawImage, RawRecord } from './student/record.ts';
export { decodeStudent } from './student/student-file.ts';
export { encodeStudent } from './student/student-bytes.ts';

// metrics
export { type Evaluation, evaluate } from './metrics/evaluation.ts';
export { chooseThreshold } from './metrics/threshold.ts';
export { groupRows } from './metrics/groups.ts';
export { groupBias } from './metrics/group-bias.ts';

// compare
export { compare } from './compare/compare.ts';
export type { Comparison } from './compare/comparison.ts';
export type { CompareOptions } from './compare/compare-options.ts';
export { METHODS } from './compare/method-names.ts';
export { comparisonCsv, comparisonMarkdown } from './compare/tables.ts';

// report
export { measureDistillation } from './report/measure.ts';
export { htmlReport } from './report/html.ts';
export { parseResult } from './report/parse-result.ts';

// monitor
export { collectStatistics } from './monitor/statistics.ts';
export { monitor } from './monitor/monitor.ts';

// deploy
export { TARGETS } from './deploy/targets.ts';
export { quantize } from './deploy/quantize.ts';
export { exportTo } from './deploy/export.ts';

// everywhere
export { init } from './kernels/load.ts';
export { sha256 } from './io/sha256.ts';
export { DebkdError, type ErrorCode } from './io/errors.ts';
export type { ProgressOptions } from './io/progress.ts';
export { VERSION } from './version.ts';
