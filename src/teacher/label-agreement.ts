// Whether a model's own label output follows its scores.
import { sameClass } from './class-names.ts';

/**
 * Share of rows whose label is the class of the largest score; undefined where no label is one of the classes.
 * @param labels one a row
 * @param values scores, [rows x classes]
 * @param names of the classes, in the order of the scores
 */
export function agreement(
  labels: readonly string[],
  values: Float64Array,
  names: readonly string[],
): number | undefined {
  const width = names.length;
  let [known, same] = [0, 0];
  labels.forEach((label, i) => {
    const said = names.findIndex((name) => sameClass(name, label));
    const row = values.subarray(i * width, (i + 1) * width);
    const largest = row.indexOf(Math.max(...row));
    const ties = row.filter((value) => value === row[largest]).length;
    if (said < 0 || row.length < width || ties > 1) return;
    known++;
    if (said === largest) same++;
  });
  return known > 0 ? same / known : undefined;
}

/**
 * The threshold, 0 or .5, that a label of two values follows in every row of one score each; undefined where it follows both,
 * or none, or is the same everywhere. negate: the label is 1, true or yes below the threshold.
 */
export function followed({
  labels,
  values,
}: {
  readonly labels?: readonly string[] | undefined;
  readonly values: Float64Array;
}): { readonly threshold: 0 | 0.5; readonly negate: boolean } | undefined {
  if (!labels || labels.length !== values.length) return undefined;
  const ones = labels.map((label) =>
    sameClass(label, '1') || sameClass(label, 'yes') ? true : isZero(label) ? false : undefined,
  );
  if (ones.includes(undefined) || !ones.includes(true) || !ones.includes(false)) return undefined;
  const fits: { threshold: 0 | 0.5; negate: boolean }[] = [];
  for (const threshold of [0, 0.5] as const) {
    for (const negate of [false, true]) {
      const agrees = ones.every((one, i) => {
        const value = values[i] as number;
        return value === threshold || (value > threshold !== negate) === one;
      });
      if (agrees) fits.push({ threshold, negate });
    }
  }
  return fits.length === 1 ? fits[0] : undefined;
}

function isZero(label: string): boolean {
  return sameClass(label, '0') || sameClass(label, '-1') || sameClass(label, 'no');
}
