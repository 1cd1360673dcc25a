// The texts of step 2 and of how the teacher is read: the second part of the catalogue (texts.ts), which loads with the first files.

const counted = (count: number): string => count.toLocaleString('en');

/** The texts, by the part of the page. */
export const CHECK_TEXTS = {
  check: {
    heading: '2. Check the data',
    said: (label: string | undefined, positive: string | undefined, labelled: number | undefined): string =>
      label === undefined
        ? 'no label'
        : `class 1: ${label} = ${positive ?? '?'}${labelled === undefined ? '' : `, ${counted(labelled)} labelled rows`}`,
    choose: 'choose',
    values: (name: string, count: number): string => `${name} (${count} values)`,
    splits: { '': 'A hash of the features', group: 'A hash of the group', time: 'Time' },
    found: (
      labelled: number,
      positives: string,
      by: string,
      rows: { train: number; validation: number; test: number },
    ): string =>
      `${counted(labelled)} rows have a label; ${positives} of these are class 1. ${by} splits the rows into ${counted(rows.train)} training, ${counted(rows.validation)} validation and ${counted(rows.test)} test rows.`,
    softLabels: (are: string): string => `The teacher's answers are ${are}.`,
    oneClass: 'The sample has only one class, and the AUC of the teacher is not defined.',
    auc: (rows: number, isWeighted: boolean, auc: string): string =>
      `On ${counted(rows)} labelled validation rows the teacher has ${isWeighted ? 'a weighted' : 'an'} AUC of ${auc}.`,
    low: ' This is low: check the preprocessing, which value is class 1, and the meaning of the output.',
    columns: (label: string, given: number, all: number): string => `${label} (${given} of ${all})`,
    exclude:
      'The teacher takes its columns in any case. Untick those that the student must not use: a sensitive attribute, an identifier, or a value known only after the label.',
    table: 'Columns',
    head: ['Student', 'Sensitive', 'Column', 'Type', 'Distinct values', 'Missing', 'Examples'],
    give: (name: string): string => `Give ${name} to the student`,
    text: 'text',
    noTarget: 'No column is clearly the label; choose a column with two classes',
    oneValue: (name: string, value: string | undefined): string =>
      `"${name}": only one value (${value}), expected two classes; add rows of the other class`,
    manyValues: (name: string, count: number, examples: readonly string[]): string =>
      `"${name}": ${count} distinct values (${examples.join(', ')}${count > 3 ? ', ...' : ''}), expected two; choose a binary column`,
    unclear: (examples: readonly string[]): string =>
      `It is unclear whether ${examples.join(' or ')} is class 1; choose one`,
  },
  roles: {
    softLabels: 'Soft labels',
    none: 'none',
    conventions: [
      ['', 'as detected'],
      ['probability', 'a probability'],
      ['percentage', 'a percentage'],
      ['logit', 'log-odds'],
    ],
  },
  split: {
    summary: 'Split of the rows',
    ways: [
      ['', 'hash of the features'],
      ['group', 'group: rows of one value stay together'],
      ['time', 'time: the newest rows are for the test'],
    ],
    column: 'Column',
    shares: 'Training/validation/test',
  },
  texts: {
    teacher: 'The teacher reads one of them, or two as a text and its pair. ',
    student: 'The student reads each as n-grams: words, pairs of words, and pieces of words.',
  },
  teacher: {
    wrong: 'Are the inputs or the output read wrongly?',
    asLabels: "as the label's values name it",
    detected: 'as detected',
    conventions: [
      ['', 'as detected'],
      ['logit', 'one logit'],
      ['probability', 'one probability'],
      ['logits', 'two logits'],
      ['probabilities', 'two probabilities'],
    ],
    positive: [
      ['', 'as detected'],
      ['second', 'the second'],
      ['first', 'the first'],
    ],
    name: 'Teacher',
    inputs: 'Inputs',
    output: 'Output',
    class1: 'Class 1',
    is: 'is',
    open: 'open',
    value: (which: string): string => `the ${which} value`,
  },
} as const;
