// Chooses the band of probabilities in which a student defers, so that its error rate outside it has a bound with 95 % confidence. Bands
// are tested in a fixed order, from the one that answers fewest rows on, until a test fails: fixed sequence testing of "Learn then test"
// (Angelopoulos, Bates, Candès, Jordan and Lei 2022), with exact binomial tests.
import { DebkdError } from '../io/errors.ts';
import type { DeferBand } from '../student/decide.ts';
import { hypergeometricCdf, upperBound } from './binomial.ts';

/** The confidence of a promise. */
export const CONFIDENCE = 0.95;

/** What is asked: a bound of the error rate, or a share of rows. */
export type DeferralRule =
  /** `target` is the highest error rate of the rows that the student answers, of all or of each class apart. */
  | { readonly target: number; readonly by?: 'class' | undefined; readonly rate?: undefined }
  /** `rate` is the highest share of rows that are deferred, without a promise about errors. */
  | { readonly rate: number; readonly target?: undefined; readonly by?: undefined };

/** Labelled rows that neither trained nor chose anything of the student. */
export interface HeldOutRows {
  /** Probabilities of class 1, float64 [rows]. */
  readonly probabilities: Float64Array;
  /** 1 or 0, [rows]. */
  readonly labels: ArrayLike<number>;
  /** Weights, [rows]; default: all 1. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** The rows that a band answers, and the errors among them. */
export interface AnsweredRows {
  /** Of the class, or undefined for both. */
  readonly label?: number;
  /** Answered rows; with weights, as many rows of equal weight as are as uncertain. */
  readonly answered: number;
  /** Errors among them. */
  readonly errors: number;
}

/** A band and what it gave on the held-out rows. */
export interface ChosenBand {
  readonly band: DeferBand;
  /** Held-out rows. */
  readonly rows: number;
  /** Share of them, by weight, that are deferred. */
  readonly deferred: number;
  /** Answered rows and errors, of both classes together or of each, with the upper bound of the error rate at 95 % confidence. */
  readonly counts: readonly (AnsweredRows & { readonly bound: number })[];
}

/** The level of each test: below 5 %, because the band that is chosen is the last of many that pass. */
const LEVEL = 0.03;
/** Bands that are tested. */
const STEPS = 100;
/** Shares of errors of a class: the first, and the factor from one to the next. */
const FIRST_SHARE = 0.0005;
const NEXT_SHARE = 1.08;
/** The test starts at the band that is likeliest to pass if the student errs so much more often than its own probabilities say. */
const OVERCONFIDENCE = 1.5;

/**
 * Chooses a band. The student's own probability of an error decides which rows are deferred first. A band passes if the error rate of
 * the rows that it answers is at most the target with 95 % confidence, on as many new rows of the same kind as these (chanceOf).
 * @param threshold of the student
 * @throws DebkdError `rows` if the held-out rows are too few to show the target, or their errors are too many
 */
export function chooseBand(rule: DeferralRule, threshold: number, rows: HeldOutRows): ChosenBand {
  const n = rows.probabilities.length;
  const bands = rule.by === 'class' ? classBands(threshold, rows) : bandsByShare(threshold, rows);
  if (rule.rate !== undefined) {
    const found = bands.find((band) => shareIn(band, rows) <= rule.rate) ?? (bands.at(-1) as DeferBand);
    const counts = countsOf(rule, found, { threshold, rows }).map(withBound);
    return { band: found, rows: n, deferred: shareIn(found, rows), counts };
  }
  const tested = bands.map((band) => ({ band, counts: countsOf(rule, band, { threshold, rows }) }));
  const start = startOf(rule.target, tested, { threshold, rows });
  let passed: (typeof tested)[number] | undefined;
  for (const one of tested.slice(start)) {
    if (!one.counts.every(({ answered, errors }) => chanceOf(errors, answered, rule.target) <= LEVEL)) break;
    passed = one;
  }
  if (!passed) throw unmet(rule.target, tested[start]?.counts ?? [], n);
  const { band, counts } = passed;
  return { band, rows: n, deferred: shareIn(band, rows), counts: counts.map(withBound) };
}

/**
 * The bands that answer the rows with the lowest probability of an error, 1 % of the rows, 2 %, and so on; the last answers all. They
 * depend on no label.
 */
function bandsByShare(threshold: number, { probabilities }: HeldOutRows): DeferBand[] {
  const errors = probabilities.map((p) => (p >= threshold ? 1 - p : p)).sort();
  return Array.from({ length: STEPS }, (_, j) => {
    if (j === STEPS - 1) return { from: threshold, to: threshold };
    const limit = errors[Math.max(0, Math.ceil(((j + 1) * errors.length) / STEPS) - 1)] as number;
    return { from: Math.min(limit, threshold), to: Math.max(1 - limit, threshold) };
  });
}

/** Bands whose two sides err on equal shares of their classes, as the probabilities expect: they depend on no label. */
function classBands(threshold: number, { probabilities, weights }: HeldOutRows): DeferBand[] {
  const order = [...probabilities.keys()].sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number) || a - b,
  );
  const weighed = order.map((i) => ({ p: probabilities[i] as number, weight: weights ? (weights[i] as number) : 1 }));
  const ones = weighed.reduce((sum, { p, weight }) => sum + weight * p, 0);
  const zeros = weighed.reduce((sum, { p, weight }) => sum + weight * (1 - p), 0);
  const reversed = weighed.map(({ p, weight }) => ({ p: 1 - p, weight })).reverse();
  let share = FIRST_SHARE;
  return Array.from({ length: STEPS }, (_, j) => {
    if (j === STEPS - 1) return { from: threshold, to: threshold };
    const from = edge(weighed, share * ones, threshold);
    const to = 1 - edge(reversed, share * zeros, 1 - threshold);
    share *= NEXT_SHARE;
    // of probabilities near 1, the rounding of 1 - (1 - p) must not put a row outside
    return { from, to: Math.max(threshold, to) };
  });
}

/** The highest probability, up to a limit, up to which the expected rows of class 1 weigh at most `most`. @param rows the lowest first */
function edge(rows: readonly { p: number; weight: number }[], most: number, limit: number): number {
  let [sum, at] = [0, 0];
  for (const { p, weight } of rows) {
    sum += weight * p;
    if (sum > most || p >= limit) break;
    at = p;
  }
  return Math.min(at, limit);
}

function countsOf(
  rule: DeferralRule,
  band: DeferBand,
  { threshold, rows }: { threshold: number; rows: HeldOutRows },
): AnsweredRows[] {
  const classes = rule.by === 'class' ? ([1, 0] as const) : [undefined];
  return classes.map((label) => {
    let [sum, squares, wrong] = [0, 0, 0];
    rows.probabilities.forEach((p, i) => {
      if ((p > band.from && p < band.to) || (label !== undefined && rows.labels[i] !== label)) return;
      const weight = rows.weights ? (rows.weights[i] as number) : 1;
      sum += weight;
      squares += weight * weight;
      if ((p >= threshold ? 1 : 0) !== rows.labels[i]) wrong += weight;
    });
    const answered = squares === 0 ? 0 : (sum * sum) / squares;
    const errors = sum === 0 ? 0 : (wrong / sum) * answered;
    return { ...(label !== undefined && { label }), answered, errors };
  });
}

function withBound(counts: AnsweredRows): AnsweredRows & { readonly bound: number } {
  const { errors, answered } = counts;
  return { ...counts, bound: answered === 0 ? 1 : upperBound(errors, answered, CONFIDENCE) };
}

function shareIn(band: DeferBand, { probabilities, weights }: HeldOutRows): number {
  let [inside, all] = [0, 0];
  probabilities.forEach((p, i) => {
    const weight = weights ? (weights[i] as number) : 1;
    all += weight;
    if (p > band.from && p < band.to) inside += weight;
  });
  return all === 0 ? 0 : inside / all;
}

/**
 * The probability of so few errors on these rows, given that as many new rows have more than the target: the prediction limit of Thatcher
 * (1964), by the hypergeometric distribution. A test holds for the error rate on as many new rows, and so for the true one. The bound
 * of the true rate alone would be broken on such new rows more often, because the band that is chosen is always near the limit.
 */
export function chanceOf(errors: number, answered: number, target: number): number {
  const n = Math.floor(answered + 1e-9);
  const k = Math.ceil(errors - 1e-9);
  const others = Math.floor(target * n + 1e-9) + 1;
  if (n === 0 || others > n) return target >= 1 ? 0 : 1;
  return hypergeometricCdf(k, { draws: n, population: 2 * n, successes: k + others });
}

/**
 * The first band to test: the one with most room between the target and the errors that the student's own probabilities expect. It depends
 * on the labels only by the number of rows of each class.
 */
function startOf(
  target: number,
  tested: readonly { band: DeferBand; counts: readonly AnsweredRows[] }[],
  { threshold, rows }: { threshold: number; rows: HeldOutRows },
): number {
  const least = leastRows(target);
  let [best, room] = [tested.length, -Infinity];
  tested.forEach(({ band, counts }, j) => {
    const rooms = counts.map(({ label, answered }) => {
      if (answered < least) return -Infinity;
      const allowed = target * answered;
      return (
        (allowed - OVERCONFIDENCE * expectedRate(band, label, { threshold, rows }) * answered) / Math.sqrt(allowed)
      );
    });
    const smallest = Math.min(...rooms);
    if (smallest > room) [best, room] = [j, smallest];
  });
  return best;
}

/** The error rate of the answered rows, of a class or of both, that their probabilities expect. */
function expectedRate(
  { from, to }: DeferBand,
  label: number | undefined,
  { threshold, rows: { probabilities, weights } }: { threshold: number; rows: HeldOutRows },
): number {
  let [errors, all] = [0, 0];
  probabilities.forEach((p, i) => {
    if (p > from && p < to) return;
    const weight = weights ? (weights[i] as number) : 1;
    const [ofOne, ofZero] = [label === 0 ? 0 : p * weight, label === 1 ? 0 : (1 - p) * weight];
    all += ofOne + ofZero;
    errors += p >= threshold ? ofZero : ofOne;
  });
  return all === 0 ? 1 : errors / all;
}

/**
 * Checks, before anything is trained, that so many held-out rows could show a target.
 * @throws DebkdError `rows` if they could not, even without an error
 */
export function checkHeldOut(rule: DeferralRule, rows: number): void {
  const { target } = rule;
  if (target !== undefined && rows < leastRows(target)) throw unmet(target, [], rows);
}

function unmet(target: number, counts: readonly AnsweredRows[], rows: number): DebkdError {
  const subject = `deferral with an error rate of at most ${target}`;
  if (counts.length === 0)
    return new DebkdError('rows', {
      subject,
      seen: `${rows} held-out labelled rows`,
      expected: `at least ${leastRows(target)} answered ones, of each class where they are apart, to show it with 95 % confidence`,
      remedy: ['give more labelled validation rows', 'ask for a higher error rate'],
    });
  const worst = counts.map(withBound).reduce((a, b) => (b.bound > a.bound ? b : a));
  const size = Math.round(worst.answered);
  const ofClass = worst.label === undefined ? '' : ` of class ${worst.label}`;
  return new DebkdError('rows', {
    subject,
    seen: `of the ${size} held-out rows${ofClass} that the student is surest of, ${(worst.errors / worst.answered).toFixed(3)} are wrong, and up to ${worst.bound.toFixed(3)} of new ones with 95 % confidence`,
    remedy: [
      `ask for at least ${(Math.ceil(110 * Math.max(worst.bound, target)) / 100).toFixed(2)}`,
      'defer a share of rows',
      'give more labelled validation rows',
    ],
  });
}

/** Fewest rows without an error that show a target. */
function leastRows(target: number): number {
  let [low, high] = [1, 2];
  const shows = (n: number): boolean => chanceOf(0, n, target) <= LEVEL;
  while (!shows(high) && high < 1e7) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (shows(middle)) high = middle;
    else low = middle;
  }
  return high;
}
