// From numbers to places in a picture.

/** The place of a number, in pixels rounded to tenths. */
export type Scale = (value: number) => number;

/** The least and the greatest number of an axis; they may be given from the greatest on. */
export type Domain = readonly [number, number];

const STEPS = [1, 2, 2.5, 5, 10];
const MOST_STEPS = 6;
const MOST_DECIMALS = 8;
/** Free space at both ends of an axis, as a share of it. */
const PADDING = 0.06;

/** @param from the place of the domain's first number */
export function linearScale([low, high]: Domain, from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => Math.round(10 * (from + ((value - low) / span) * (to - from))) / 10;
}

/** Round numbers within a domain, at most seven. */
export function roundTicks([low, high]: Domain): number[] {
  const rough = (high - low) / MOST_STEPS || 1;
  const power = Number(rough.toExponential().replace(/^.*e/, '1e'));
  const step = STEPS.map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Texts of ticks: all with the same decimals, as few as tell them apart. */
export function tickTexts(ticks: readonly number[]): string[] {
  let decimals = 0;
  while (decimals < MOST_DECIMALS && ticks.some((tick) => Number(tick.toFixed(decimals)) !== tick)) decimals++;
  return ticks.map((tick) => {
    const [whole = '', fraction] = Math.abs(tick).toFixed(decimals).split('.');
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
    return `${tick < 0 ? '−' : ''}${grouped}${fraction ? `.${fraction}` : ''}`;
  });
}

/** From the least to the greatest, with some space on both sides. */
export function paddedDomain(values: readonly number[]): Domain {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const space = PADDING * (high - low || Math.abs(high) || 1);
  return [low - space, high + space];
}

/** The path of a line through points. */
export function linePath(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${x(a)} ${y(b)}`).join('');
}
