// The texts of results, their charts and tables, images, explanations, corrections and downloads: the third part of the catalogue (texts.ts), which
// loads with the first run.
import type { Retrained } from './messages.ts';
import { metricText } from './number-texts.ts';

const counted = (count: number): string => count.toLocaleString('en');

/** The texts, by the part of the page. */
export const RESULT_TEXTS = {
  results: {
    heading: 'Results',
    defers: 'When the student defers',
    deferred: (deferred: string, wrong: string): string =>
      `${deferred} of the test rows; ${wrong} of the others are wrong`,
    groupThresholds: 'Thresholds of groups',
    metrics: (rows: number): string =>
      `Metrics on ${counted(rows)} labelled test rows, with 95 % intervals (best in bold)`,
    table: 'Metrics of each model on the test rows',
    metric: 'Metric',
    better: 'Better',
    lower: 'lower',
    higher: 'higher',
    interval: (low: string, high: string): string => `(${low} to ${high})`,
    notDefined: 'not defined',
    changed: 'What de-biasing changed',
    student: (architecture: string, parameters: number, threshold: string): string =>
      `Student: ${architecture}, ${counted(parameters)} parameters, threshold ${threshold}. SHA-256 of student.debkd:`,
    threshold: (words: string): string => `The ${words}.`,
    command: 'The same run on the command line',
    meanShift: (shift: string): string => `mean shift ${shift} log-odds`,
    measured: (auc: string, logLoss: string, more: number): string =>
      `AUC ${auc}, log-loss ${logLoss}, and ${more} more metrics`,
    record: 'Run details',
    recordSaid: (architecture: string, digest: string): string =>
      `student ${architecture}, SHA-256 ${digest}…, the command of the run`,
  },
  charts: {
    numbers: 'Numbers',
    model: 'Model',
    interval: 'Interval',
    range: (low: string, high: string): string => `${low} to ${high}`,
    reliability: 'Reliability',
    reliabilityHead: ['Model', 'Rows', 'Mean probability', 'Share of class 1', 'Interval'],
    roc: 'ROC',
    auc: 'AUC',
    logLoss: 'Log-loss',
    right: 'right',
    left: 'left',
    compared: (title: string, better: string): string =>
      `${title} on the test rows, with 95 % intervals; ${better} is better.`,
    margins: 'Margins',
    marginsHead: ['From', 'Teacher, class 0', 'Teacher, class 1', 'De-biased, class 0', 'De-biased, class 1'],
    shifts: 'Mean shift by group',
    shiftsHead: ['Group', 'Rows', 'Mean shift', 'Difference from all rows'],
    sameShift: "All rows have the same correction; groups differ only in the teacher's confidence.",
    ownShift: 'A bar that ends far from the dashed line shows a bias of the teacher that is specific to its group.',
    training: 'Training',
    trainingCaption:
      'Mean training loss (minus the entropy of its targets), and cross-entropy on the validation rows against the targets that select the epoch.',
    loss: 'Loss',
    trainingLoss: 'training',
    validationLoss: 'validation',
    trainingHead: ['Epoch', 'Training', 'Validation'],
  },
  images: {
    heading: 'Images',
    said: (moved: number, wrong: number): string =>
      `${moved} whose soft label changed most, ${wrong} that the student gets wrong`,
    moved: 'Training images whose soft label changed most',
    noneMoved: 'De-biasing changed no soft label.',
    wrong: 'Test images that the student gets most wrong',
    noneWrong: 'The student gets no labelled test image wrong.',
    none: 'none',
    target: 'target',
    student: 'student',
    answers: (label: number | undefined, teacher: string, last: string, value: string): string =>
      `label ${label ?? 'none'}, teacher ${teacher}, ${last} ${value}`,
  },
  pushes: {
    heading: 'Why this answer',
    said: (column: string, by: string): string => `mostly ${column}, ${by}`,
    towards1: (one: string): string => `In log-odds: above 0 towards ${one}`,
    marked: 'marked like this',
    towards0: (zero: string): string => `), below 0 towards ${zero} (`,
    like: 'like this',
    students: { debiased: 'De-biased student', plain: 'Plain KD student' },
    from: (bias: string, isImage: boolean, margin: string): string =>
      `Starts at ${bias} for mean numbers, no category and ${isImage ? 'a uniform image' : 'no text'}; this row ends at ${margin}.`,
    cells: (student: string): string => `Cells of the image, ${student}`,
    cellsCaption:
      "How much the log-odds change when a cell of the image is replaced by the mean pixel. The cells need not add up to the image's push.",
    columns: (student: string): string => `Columns, ${student}`,
    columnsHead: ['Column', 'Push'],
    inNumbers: 'Words and pieces in numbers',
    words: (column: string, student: string): string => `Words of ${column}, ${student}`,
    wordsHead: ['Word', 'Push'],
    ngrams: (column: string, student: string): string => `N-grams of ${column}, ${student}`,
    ngramsHead: ['Words and pieces of words', 'Push'],
  },
  corrections: {
    heading: 'Corrections',
    wrong: (right: string): string => `This was wrong: ${right} is right`,
    retrain: (count: number): string => `Retrain with ${count} corrections`,
    from: (enough: number): string =>
      `From ${enough} corrections on, the student can learn from them. They stay on this device.`,
    missing: '(missing)',
    right: ' (right)',
    change: (before: string, after: string): string => `: ${before} before, ${after} now`,
    remove: 'Remove',
    removeOne: (number: number): string => `Remove correction ${number}`,
    download: 'Download the new student',
    took: (seconds: string): string => `It took ${seconds} s.`,
    stays: 'No new student was clearly better on the corrections and the training rows; the student stays.',
    better: (after: number, all: number, before: number): string =>
      `The new student answers ${after} of ${all} corrections right, the earlier one ${before}.`,
    test: ({ before, after }: NonNullable<Retrained['test']>): string =>
      ` On the test rows its AUC is ${metricText(after.auc)} (before ${metricText(before.auc)}), its log-loss ${metricText(after.logLoss)} (before ${metricText(before.logLoss)}).`,
  },
  downloads: {
    heading: 'Downloads',
    take: (size: string | undefined): string => `Download the student${size === undefined ? '' : ` (${size})`}`,
    others: 'Report and other formats',
    exports: 'Exports',
    exportsSaid: (names: readonly string[], services: number): string =>
      `${names.join(', ')}, and ${services} services`,
    format: 'Number format of the exports',
    compared: (form: string): string => `${form} (compared with float32 on the test rows)`,
    creating: (name: string): string => `Creating ${name} ...`,
    unchanged: 'unchanged',
    agree: (share: string, rows: number): string => `${share} % of ${rows} answers unchanged`,
    auc: (change: string): string => `AUC ${change}`,
    logLoss: (change: string): string => `log-loss ${change}`,
  },
} as const;
