// Several tests at once.

/**
 * Adjusts a family of p-values so that the probability of any false rejection stays below the level (Holm 1979).
 * @param values undefined ones do not count
 * @returns the adjusted p-values, in the order of `values`
 */
export function holm(values: readonly number[]): number[];
export function holm(values: readonly (number | undefined)[]): (number | undefined)[];
export function holm(values: readonly (number | undefined)[]): (number | undefined)[] {
  const order = values
    .flatMap((p, i) => (p === undefined ? [] : [i]))
    .sort((i, j) => (values[i] as number) - (values[j] as number));
  const adjusted: (number | undefined)[] = values.map(() => undefined);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (order.length - rank) * (values[i] as number)));
    adjusted[i] = largest;
  });
  return adjusted;
}
