// How the page writes numbers. Shares are those of the report (percentText): whole per cents from 10 % on, one decimal below.

/** A metric, a loss or a number of log-odds: three decimals, because few intervals are narrower. */
export const metricText = (value: number): string => withMinus(value.toFixed(3));

/** A probability or a threshold: four decimals, as in the files of `debkd predict`. */
export const probabilityText = (value: number): string => value.toFixed(4);

/** A number as text with a minus sign instead of a hyphen, and no sign before 0. */
export const withMinus = (text: string): string => (Number(text) < 0 ? text.replace('-', '−') : text.replace(/^-/, ''));
