// The texts of the comparison of runs: the part of the catalogue (texts.ts) that loads with it.

export const COMPARE_TEXTS = {
  compared: 'Runs side by side',
  otherLabels: (labels: readonly string[]): string =>
    `These runs predict different labels (${labels.join('; ')}): the differences below say nothing about their students.`,
  otherRows: 'These runs were measured on different test rows: the differences below say little about their students.',
  unknownRows: 'It is not known whether these runs were measured on the same test rows.',
  teacherRow: 'Teacher',
  studentRow: 'Student',
  teacherAuc: 'AUC of the teacher',
  default: 'default',
  undefinedMetric: 'not defined',
} as const;
