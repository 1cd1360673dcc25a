// Tries on labelled rows how a teacher reads images: chooses how bytes become numbers where nothing says it, and warns where the labels
// contradict what is stated.
import { DebkdError } from '../io/errors.ts';
import { softplus } from '../kernels/elementary.ts';
import type { ImageReading } from './image-reading.ts';

/** The fewest labelled rows of each class that can decide. */
export const FEWEST_LABELLED = 8;
/** Losses of a row beyond this count as this: a single row must not decide. */
const MOST_LOSS = 8;
/** Standard errors of the mean difference in log-loss from which one way is clearly better, and from which what is stated seems wrong. */
const CLEAR = 2;
const CLEARLY_OTHER = 3;
/** A teacher with a smaller AUC does not read the images as it should. */
const LEAST_AUC = 0.6;
/** Where what is stated gives a smaller AUC, the common ways are tried, too. */
const SUSPICIOUS_AUC = 0.9;
/** The AUC by which one of them must be better. */
const BETTER_AUC = 0.02;

/** What labelled rows show. */
export interface Decision {
  readonly reading: ImageReading;
  readonly notes: readonly string[];
}

/** The rows' log-odds, if images are read in a way. */
export type AskMargins = (reading: ImageReading) => Promise<Float64Array>;

/** How well margins fit labels. */
interface Fit {
  readonly labels: Int8Array;
  /** The share of the rows of the other class that each row is on the right side of. */
  readonly ranks: Float64Array;
  readonly auc: number;
  readonly losses: Float64Array;
  readonly loss: number;
}

/**
 * Decides how images are read.
 * @param labels 1 or 0; both with FEWEST_LABELLED rows or more
 * @throws DebkdError `teacher` where the labels do not clearly decide
 */
export async function decideImage(reading: ImageReading, labels: Int8Array, ask: AskMargins): Promise<Decision> {
  const fitOf = async (way: ImageReading): Promise<Fit> => fitTo(labels, await ask(way));
  const { chosen, fit, notes } = reading.refusal
    ? await chooseWay(reading, labels.length, fitOf)
    : await checkWay(reading, labels.length, fitOf);
  if (fit.auc < 0.5)
    notes.push(
      `teacher: on ${labels.length} labelled rows its AUC is ${shown(fit.auc)}, below .5; check which class is class 1, and how it reads images (${chosen.shown.values}, ${chosen.shown.order})`,
    );
  const swapped = chosen.swapped();
  const other = swapped && (await fitOf(swapped));
  if (other && other.auc > fit.auc && advantage(other, fit) >= CLEARLY_OTHER)
    notes.push(
      `teacher: it may expect ${swapped.shown.order.toUpperCase()}: with red and blue exchanged, its AUC on ${labels.length} labelled rows is ${shown(other.auc)} instead of ${shown(fit.auc)}, and its log-loss ${shown(other.loss)} instead of ${shown(fit.loss)}`,
    );
  return { reading: chosen, notes };
}

/** Tries the common ways where the stated one fits the labels badly. */
async function checkWay(
  reading: ImageReading,
  rows: number,
  fitOf: (way: ImageReading) => Promise<Fit>,
): Promise<{ chosen: ImageReading; fit: Fit; notes: string[] }> {
  const fit = await fitOf(reading);
  const stated = { chosen: reading, fit, notes: [] as string[] };
  if (fit.auc >= SUSPICIOUS_AUC) return stated;
  const clear: { readonly name: string; readonly other: Fit }[] = [];
  for (const { name, pixels } of reading.candidates) {
    const other = await fitOf(reading.withPixels(pixels, ''));
    const isBetter = other.auc >= LEAST_AUC && other.auc > fit.auc + BETTER_AUC;
    if (isBetter && advantage(other, fit) >= CLEARLY_OTHER) clear.push({ name, other });
  }
  const [best] = clear.sort((a, b) => a.other.loss - b.other.loss);
  if (best)
    stated.notes.push(
      `teacher: it may expect ${best.name}: so read, its AUC on ${rows} labelled rows is ${shown(best.other.auc)} instead of ${shown(fit.auc)} with ${reading.shown.values}, and its log-loss ${shown(best.other.loss)} instead of ${shown(fit.loss)}`,
    );
  return stated;
}

async function chooseWay(
  reading: ImageReading,
  rows: number,
  fitOf: (way: ImageReading) => Promise<Fit>,
): Promise<{ chosen: ImageReading; fit: Fit; notes: string[] }> {
  const tried: { name: string; way: ImageReading; fit: Fit }[] = [];
  for (const { name, pixels } of reading.candidates) {
    const way = reading.withPixels(pixels, `${rows} labelled rows`);
    tried.push({ name, way, fit: await fitOf(way) });
  }
  tried.sort((a, b) => a.fit.loss - b.fit.loss);
  const figures = tried.map(({ name, fit }) => `${name}: AUC ${shown(fit.auc)}, log-loss ${shown(fit.loss)}`);
  const best = tried.find(({ fit }) => tried.every((other) => other.fit === fit || isClearlyBetter(fit, other.fit)));
  if (!best || best.fit.auc < LEAST_AUC)
    throw new DebkdError('teacher', {
      subject: reading.refusal?.subject ?? 'teacher',
      seen: `nothing says how bytes become numbers, and ${rows} labelled rows do not clearly decide it (${figures.join('; ')})`,
      remedy: [{ id: 'give-image-config' }, { id: 'set-image-mean' }],
    });
  const size = best.way.shown.size;
  return {
    chosen: best.way,
    fit: best.fit,
    notes: [
      `teacher: nothing says how it reads images; of the common ways, ${best.name}${size ? `, resized to ${size.join(' x ')}` : ''}, fits ${rows} labelled rows best (${figures.join('; ')}); its preprocessor_config.json would make this certain`,
    ],
  };
}

/** Whether rows are ordered clearly better, or as well and with a clearly smaller loss: a biased teacher may have a large one. */
function isClearlyBetter(one: Fit, other: Fit): boolean {
  const z = orderAdvantage(one, other);
  return z >= CLEAR || (z > -CLEAR / 2 && advantage(one, other) >= CLEAR);
}

/** The difference of two AUC in standard errors, as DeLong et al. (1988) estimate them. */
function orderAdvantage(one: Fit, other: Fit): number {
  const variance = [0, 1].reduce((total, y) => {
    const differences = one.ranks
      .map((rank, i) => rank - (other.ranks[i] as number))
      .filter((_, i) => one.labels[i] === y);
    const mean = sum(differences) / differences.length;
    return total + sum(differences.map((x) => (x - mean) * (x - mean))) / (differences.length - 1) / differences.length;
  }, 0);
  const difference = one.auc - other.auc;
  if (variance === 0) return difference === 0 ? 0 : Math.sign(difference) * Infinity;
  return difference / Math.sqrt(variance);
}

/** The mean by which the losses of `better` are below those of `worse`, in standard errors. */
function advantage(better: Fit, worse: Fit): number {
  const differences = worse.losses.map((loss, i) => loss - (better.losses[i] as number));
  const mean = sum(differences) / differences.length;
  const variance = sum(differences.map((x) => (x - mean) * (x - mean))) / (differences.length - 1);
  if (variance === 0) return mean > 0 ? Infinity : 0;
  return mean / Math.sqrt(variance / differences.length);
}

/** The AUC and the log-loss of each row. */
function fitTo(labels: Int8Array, margins: Float64Array): Fit {
  const losses = margins.map((v, i) => Math.min(MOST_LOSS, softplus(labels[i] === 1 ? -v : v)));
  const classes = [0, 1].map((y) => margins.filter((_, i) => labels[i] === y));
  const share = (v: number, others: Float64Array): number =>
    others.reduce((total, other) => total + (v > other ? 1 : v === other ? 0.5 : 0), 0) / others.length;
  const ranks = margins.map((v, i) =>
    labels[i] === 1 ? share(v, classes[0] as Float64Array) : 1 - share(v, classes[1] as Float64Array),
  );
  const auc = sum(ranks.filter((_, i) => labels[i] === 1)) / (classes[1] as Float64Array).length;
  return { labels, ranks, auc, losses, loss: sum(losses) / losses.length };
}

const sum = (values: Float64Array): number => values.reduce((total, x) => total + x, 0);

/** Three digits. */
const shown = (x: number): string => x.toFixed(3);
