// The texts of the page, so that they can be translated: here those of the first screen, the files, the settings, what-if and the kept runs; in
// check-texts.ts, result-texts.ts and compare-texts.ts those that load later. Labels of fields are in name-field.ts, because messages name them too; the words of
// downloads are in download-cards.ts.

const counted = (count: number): string => count.toLocaleString('en');

/** The texts, by the part of the page. */
export const TEXTS = {
  start: {
    promise:
      'For yes/no classifiers: find where a model is biased, correct its answers, and train a small model on them. Everything stays on this device.',
    picture:
      'A large teacher gives its answers; debkd finds their bias on labelled rows and corrects it; a small student learns the corrected answers.',
    teacher: 'your model',
    bias: 'bias found and corrected',
    student: 'small model',
  },
  drop: {
    heading: 'Your files',
    here: 'Drop your files here',
    dropping: 'Let go to add them',
    what: 'A model (ONNX) and a table of labelled rows. Optional: a tokenizer or a preprocessing file. A folder, a ZIP or a saved run works, too.',
    choose: 'Choose files',
    folder: 'Choose a folder',
    more: 'Add files',
  },
  examples: {
    heading: 'Or start with an example',
    run: 'Run',
    named: (title: string): string => `${title} (example)`,
    failed: (why: string): string => `The example cannot be loaded (${why}); go online, or choose your own files`,
    unknown: (id: string, known: readonly string[]): string =>
      `There is no example “${id}”; the examples are ${known.join(', ')}`,
  },
  files: {
    heading: '1. Teacher and rows',
    said: (models: readonly string[], rows: string | undefined, count: number | undefined): string =>
      rows === undefined && models.length === 0
        ? 'no files'
        : `${[...models, rows ?? 'no rows'].join(', ')}${count === undefined ? '' : `: ${counted(count)} rows`}`,
    remove: (name: string): string => `Remove ${name}`,
    removed: (name: string): string => `${name} is removed.`,
    replaced: (name: string): string => `${name} is replaced.`,
    closed: 'The files are closed.',
    undo: 'Undo',
    model: 'model',
    weights: 'weights of the model',
    rows: 'rows',
    images: 'folder of images',
    table: (rows: number, columns: number): string => `${counted(rows)} rows, ${counted(columns)} columns`,
    folder: (files: number, name: string): string => `${counted(files)} files in folder ${name}`,
    answers: (convention: string): string => `answers as ${convention}`,
    missingRows: 'Next: a table of labelled rows that the model was not trained on (CSV, NDJSON, Parquet, npy).',
    missingModel: 'Next: a model (.onnx). Or name the column of soft labels, once the table is read.',
    picture: (name: string): string =>
      `${name} is a picture, expected a model or rows; to use pictures as rows, choose their folder, or a ZIP of them`,
    student: (name: string): string =>
      `${name}: a student, expected a run; drop the run's file (.debkd-run) to see its results`,
    unknown: (name: string): string =>
      `${name}: unknown file type, expected .onnx, .json, .csv, .ndjson, .parquet or .npy (optionally gzipped), .zip, or a folder of images`,
    tooMany: (count: number, most: number): string =>
      `${counted(count)} files, expected at most ${counted(most)}, or images; choose the folder of the model itself, or single files`,
  },
  help: {
    heading: 'New here?',
    teacher: {
      question: 'What is a teacher?',
      answer:
        'A model that already answers the question, such as a large network or an ensemble, exported to ONNX. Its answers (soft labels) train the student. It may be biased: too sure, wrong for a group, or fitted to rows that are unlike yours.',
      page: 'teachers.md',
    },
    rows: {
      question: 'Which rows?',
      answer:
        'A table with one row per case, the columns that the teacher takes, and a label of two classes. Use rows that the teacher was not trained on: only these show its bias. A few hundred labelled rows are enough to begin; rows without a label help, too.',
      page: 'start.md',
    },
    student: {
      question: 'What do I get?',
      answer:
        'A student of some kilobytes, with a report of what was found and corrected. It runs in JavaScript, WebAssembly, ONNX and small services.',
      page: 'deploy.md',
    },
    page: {
      question: 'How does the page work?',
      answer:
        'It reads the files in this browser, tries the teacher on some rows, and then trains in the background. No file leaves this device.',
      page: 'app.md',
    },
    words: 'Glossary',
    about: { teacher: 'teachers', rows: 'the rows', student: 'students', page: 'this page' },
  },
  parts: {
    label: 'Parts of the results',
    names: {
      'group-figures': 'Errors by group',
      changed: 'What changed',
      'group-thresholds-heading': 'Thresholds of groups',
      'deferral-heading': 'Deferral',
      charts: 'Charts and metrics',
      record: 'Run details',
      'shown-images': 'Images',
      'threshold-part': 'Threshold',
      rows: 'Rows',
      'what-if': 'What if',
      score: 'Score a file',
      downloads: 'Downloads',
    },
  },
  runs: {
    heading: 'Your runs',
    where: 'Kept on this device only.',
    import: 'Open a run file',
    open: 'Open',
    opened: 'Shown',
    rename: 'Rename',
    name: 'Name of the run',
    save: 'Save',
    export: 'Export',
    delete: 'Delete',
    deleted: (name: string): string => `“${name}” is deleted.`,
    undo: 'Undo',
    compare: (count: number): string =>
      count < 2 ? 'Tick two or three runs to compare them' : `Compare ${count} runs`,
    close: 'Close the comparison',
    tick: (name: string): string => `Compare ${name}`,
    none: 'Each run is kept here, on this device only: open it again, compare it with others, or export it.',
    auc: (student: string, teacher: string | undefined): string =>
      `AUC of the student ${student}${teacher === undefined ? '' : `, of the teacher ${teacher}`}`,
    givenLabels: 'given soft labels',
    shown: (name: string): string => `You look at the run “${name}”.`,
    defaults: 'defaults',
    full: 'This browser does not keep runs (storage is full, or the window is private). Export a run before you close the page.',
    withoutFiles: 'The files of this run were too large to keep: it opens without the teacher and the rows.',
    readOnly: 'This is a result without its student: it can be read, but it answers no records and exports nothing.',
    older: 'These results are from the earlier settings. They stay here until the next run, and in the list of runs.',
    otherInputs: 'These results are from the earlier files or columns. They stay in the list of runs.',
    damaged: (name: string): string =>
      `${name}: damaged or no run, expected a file that “Export” of this page wrote; export the run again`,
    version: (name: string, seen: string): string =>
      `${name}: a run file of version ${seen}, expected 1; open it with the version of debkd that wrote it`,
    notStored: 'the storage of this browser no longer has this run; open its exported file',
    comparison: (name: string): string => `${name}: the result of a comparison, expected the result of a distillation`,
  },
  settings: {
    heading: '3. Settings',
    intro: 'All have defaults: change them only if you want to.',
    empty: (words: string): string => `Default: ${words}.`,
    advanced: 'Advanced',
    auto: 'auto',
    debias: 'How the bias of the teacher is corrected. Default: auto, which tries the methods on held-out rows.',
    infuse: "How a row's own label is mixed into its soft label. Default: mix.",
    metric: 'Select by',
    metricSays: 'What the best epoch is chosen by, on the validation rows.',
    metricDefault: 'the loss of training (default)',
    command: 'The same run on the command line',
    copy: 'Copy',
    copied: 'Copied',
    decisions: (chosen: readonly string[]): string => `Decisions${chosen.length > 0 ? ` (${chosen.join(', ')})` : ''}`,
    notWhole: (label: string, text: string, least: number): string =>
      `${label}: “${text}”, expected a whole number of at least ${least}`,
    notRate: (label: string, text: string): string => `${label}: “${text}”, expected a number above 0, at most 0.5`,
    perOrDefer:
      'A student that promises an error rate has one threshold for all; empty this field, or “Error rate to promise”',
    run: 'Distil',
  },
  progress: {
    heading: 'Distilling',
    resumed: 'Resumed from the stored steps.',
    bar: 'Progress of the run',
    starting: 'Starting',
    cancel: 'Cancel',
    cancelled: 'Stopped. Nothing was lost.',
    resumes: '“Distil” goes on from the finished steps.',
    left: (time: string): string => `, ${time} left`,
    rows: (done: number, total: number): string => `, ${counted(done)} of ${counted(total)} rows`,
    learning: 'How the student learns',
  },
  score: {
    heading: 'Score a file',
    what: 'Drop a table here, or choose one: the student answers each row. It needs the columns of the student, no label. It stays on this device.',
    choose: 'Choose a table',
    cancel: 'Stop',
    stopped: 'Stopped. Choose a table to start again.',
    scoring: (name: string): string => `Scoring ${name} ...`,
    progress: 'Progress of the scoring',
    rows: (count: number): string => `${counted(count)} rows so far`,
    scored: (rows: number, share: string, label: string | undefined): string =>
      `${counted(rows)} rows are scored. The student answers ${label ?? 'label 1'} for ${share} of them.`,
    deferred: (share: string): string => `It defers ${share}.`,
    first: (count: number): string => (count === 1 ? 'The first row' : `The first ${count} rows`),
    unknown: (columns: string, more: number): string =>
      `Values that the student does not know, and takes for missing ones: ${columns}${more > 0 ? `; and ${more} more columns` : ''}.`,
    missing: (words: string): string => `${words[0]?.toUpperCase()}${words.slice(1)}.`,
    unknownIn: (column: string, count: number, example: string): string =>
      `“${column}” in ${counted(count)} rows, such as “${example}”`,
    save: (name: string): string => `Save ${name}`,
    same: 'Your table with the answers; the same bytes as those of “debkd predict --keep all”.',
    images: 'This student reads images: “debkd predict” on the command line scores a folder of them.',
  },
  earlier: {
    heading: 'Previous session on this device',
    refused:
      'This browser does not store the session (storage is full, or the window is private). A reload starts over.',
  },
  rows: {
    balance: (a: string, shareA: string, b: string, shareB: string): string =>
      `Classes of the label: ${a} ${shareA}, ${b} ${shareB}`,
    values: (name: string, bars: string): string => `Rows by values of ${name}: ${bars}`,
    others: 'other values',
    distinct: (count: number): string => `${counted(count)} values`,
    missing: (count: number, share: string): string => `${counted(count)} missing (${share})`,
    text: 'texts',
    headless: (names: string): string =>
      `The first line looks like data (${names}). If it is, add a line with the names of the columns above it.`,
    empty: 'no values',
    all: (count: number): string => `Show all ${counted(count)} columns`,
    fewer: 'Show fewer columns',
    sensitive:
      "Tick “Sensitive” for those that it must not know in other ways either: the report then says how well the student's other columns still tell them.",
    groups: (chosen: string): string => `Compare groups (${chosen || 'none'})`,
    groupsSay:
      'The values of a column are groups: de-biasing corrects each by itself, and the results compare the errors of the teacher and the student in each. Columns of at most 20 values, or of numbers, which are cut at their quartiles.',
    noGroups: 'No column has at most 20 values or numbers.',
    withhold: (name: string): string => `Withhold ${name} from the student, and measure what tells it`,
  },
  groups: { heading: 'Errors by group' },
  terms: {
    more: 'More',
    moreAbout: (name: string): string => `More about ${name}, in the documentation`,
  },
  testRows: {
    heading: 'Rows',
    said: 'the worst errors, and where teacher and student disagree most',
    intro: 'Test rows to look at. Take one into what-if to see what pushes the answers, and to change it.',
    show: 'Show the rows',
    reading: 'Reading the rows …',
    notKept:
      'This run was kept without its rows, so it has none to show. Choose the files again and distil to see them.',
    disagreements: 'Where teacher and student disagree most',
    errors: 'The worst errors of the student',
    noDisagreement: 'The teacher answers none of the test rows, or answers all as the student does.',
    noLabel: 'No test row has a label.',
    head: ['Row', 'Label', 'Teacher', 'Student'],
    apart: 'Difference',
    loss: 'Log-loss',
    whatIf: 'What if',
    try: 'Try in what-if',
    tryRow: (row: number): string => `Try in what-if: row ${row}`,
    tryPicture: (path: string): string => `Try in what-if: ${path}`,
    none: 'none',
    missing: '(missing)',
    label: (value: string, label: number): string => `${value} (${label})`,
    all: (count: number): string => `Show all ${counted(count)} rows`,
    fewer: 'Show fewer rows',
    row: 'Row',
    labelName: 'label',
    steps: 'Test rows',
    previous: 'Previous row',
    next: 'Next row',
    random: 'Random row',
    worst: 'Worst error',
    shown: (row: number, [at, of]: readonly [number, number], name: string, label: string): string =>
      `Row ${counted(row)} of the file, test row ${counted(at)} of ${counted(of)}; ${name}: ${label}.`,
    changed: (names: readonly string[]): string =>
      `Changed here: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`,
  },
  threshold: {
    heading: 'Threshold',
    intro: (one: string): string =>
      `At this probability and above, the student answers ${one}. Move it to see what it gives on the labelled test rows.`,
    threshold: 'Threshold of the student',
    called: (words: string): string => `Called ${words}`,
    of: (words: string): string => `Of ${words}`,
    missed: 'missed positives',
    alarms: 'false alarms',
    missedOf: (words: string): string => `Missed positives, of ${words}`,
    alarmsOf: (words: string): string => `False alarms, of ${words}`,
    missedCost: 'Cost of a missed positive',
    alarmCost: 'Cost of a false alarm',
    wrong: (text: string): string => `“${text}”: expected a cost, a number from 0, such as 8; they cannot both be 0`,
    cheapest: (threshold: string, cost: string): string =>
      `The cheapest threshold for these costs is ${threshold}, at a cost of ${cost}.`,
    rule: (alarm: string, missed: string): string =>
      `The test rows both choose and measure it, so expect a slightly higher cost. To avoid that, set “Threshold by” to cost:FP=${alarm},FN=${missed} in the settings and distil again.`,
    goCheapest: 'Show the cheapest',
    goOwn: 'Show the threshold of the run',
    use: 'Use this threshold',
    used: (threshold: string): string =>
      `What-if, scoring and the downloads now use threshold ${threshold}, until another run is opened; report.html and result.json still describe the run. SHA-256 of student.debkd:`,
    isOwn: 'What-if, scoring and the downloads use the threshold of the run again. SHA-256 of student.debkd:',
  },
  whatIf: {
    heading: 'What if',
    picture: 'Choose a picture, or drop one on the page.',
    startsFromRow: 'Step through the test rows, and change a value to see what it does.',
    type: 'Type a record to compare the models.',
    empty: 'Leave a field empty if its value is missing.',
    models: { teacher: 'teacher', plain: 'plain KD student', debiased: 'de-biased student' },
    probability: (model: string, of: string): string => `Probability of ${of}, ${model}`,
    bars: (of: string): string => `The bars show the probability of ${of}.`,
    predicts: (label: string): string => `The de-biased student predicts ${label}.`,
    defers: (label: string): string => `The de-biased student defers; it would predict ${label}.`,
    means: (name: string, positive: string, negative: string): string =>
      `Class 1 means ${name} = ${positive}, class 0 means ${name} = ${negative}.`,
    cut: (threshold: string, by: 'run' | 'yours'): string =>
      `The mark on the student’s bar is the threshold ${by === 'run' ? 'of the run' : 'that you chose'}: ${threshold}.`,
    unknown: (names: readonly string[]): string => `It ignores values that it does not know: ${names.join(', ')}.`,
    noNumber: (text: string): string => `“${text}”: expected a number, or nothing if it is missing`,
    range: (least: number, largest: number): string => `training rows: ${least} to ${largest}`,
    outside: (least: number, largest: number): string => `outside the training rows: ${least} to ${largest}`,
    outsideAll: (names: readonly string[]): string =>
      `Outside the range of the training rows: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`,
    teacherOnly: '(teacher only)',
    typeText: 'Type a text',
    missing: '(missing)',
  },
} as const;
