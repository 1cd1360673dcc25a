// The texts of deferral bands: the part of the catalogue (texts.ts) that loads with a student that defers.

export const BAND_TEXTS = {
  band: ([from, to]: readonly [string, string], [share, wrong]: readonly [string, string]): string =>
    `It defers from ${from} to ${to}, the marks on the slider: ${share} of the test rows. Of the others ${wrong} are wrong.`,
  noneDeferred: (wrong: string): string =>
    `It defers no row here: its band is empty. Of the test rows ${wrong} are wrong.`,
  promised: (promise: string): string =>
    `${promise.replace(/^promise/, 'Promised')}. It holds at every threshold that changes no answer outside this band.`,
  notPromised: (threshold: string): string =>
    `Nothing is promised at this threshold. Its band is chosen by the same rule on the same held-out rows, but you can look at many thresholds, and the promise is for one that is fixed before. For a promise here, distil with “Threshold by” ${threshold} and another seed.`,
  chosen: (words: string): string => `It was ${words}. This is no promise about other rows.`,
  chosenAgain: 'Its band is chosen by the same share of the same held-out rows. This is no promise about other rows.',
  noBand: (aim: string): string =>
    `This threshold cannot be used: the held-out rows do not show that ${aim}. The numbers here are of a student that answers every row.`,
  gone: 'The student now defers in another band, and promises nothing.',
  deferred: 'Deferred',
  wrong: 'Wrong, of the others',
  cost: 'Cost of a deferred row',
} as const;
