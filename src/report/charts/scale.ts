// Scales and ticks of an axis.

/** Maps a value to pixels, rounded to tenths. */
export type Scale = (value: number) => number;

/** The two ends of an axis; the first may be the larger one. */
export type Domain = readonly [number, number];

const STEPS = [1, 2, 2.5, 5, 10];
const MAX_STEPS = 6;
const MAX_DECIMALS = 8;
/** Padding at both ends of an axis, as a share of its length. */
const PADDING = 0.06;

/** @param from the position of the domain's first end, in pixels @param to that of its second end */
export function linearScale([low, high]: Domain, from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => Math.round(10 * (from + ((value - low) / span) * (to - from))) / 10;
}

/** At most seven round numbers within a domain. */
export function roundTicks([low, high]: Domain): number[] {
  const rough = (high - low) / MAX_STEPS || 1;
  const power = Number(rough.toExponential().replace(/^.*e/, '1e'));
  const step = STEPS.map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Formats ticks with the same number of decimals, as few as are exact. */
export function tickTexts(ticks: readonly number[]): string[] {
  let decimals = 0;
  while (decimals < MAX_DECIMALS && ticks.some((tick) => Number(tick.toFixed(decimals)) !== tick)) decimals++;
  return ticks.map((tick) => {
    const [whole = '', fraction] = Math.abs(tick).toFixed(decimals).split('.');
    const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
    return `${tick < 0 ? '−' : ''}${grouped}${fraction ? `.${fraction}` : ''}`;
  });
}

/** The range of the values, with padding; [0, 1] without values. */
export function paddedDomain(values: readonly number[]): Domain {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const space = PADDING * (high - low || Math.abs(high) || 1);
  return [low - space, high + space];
}

/** The SVG path of a line through points. */
export function linePath(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points.map(([a, b], i) => `${i === 0 ? 'M' : 'L'}${x(a)} ${y(b)}`).join('');
}
