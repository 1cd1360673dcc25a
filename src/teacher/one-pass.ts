// Asks a model for the margins and the hidden layer of each row at once, where this changes no bit; otherwise one after the other.
import type { Progress, ProgressOptions } from '../io/progress.ts';
import { type Answer, eachAnswer, eachBatch, type Place, type Run, type Watch } from './each-batch.ts';
import type { Gathered, GatheredFeatures } from './gather-answers.ts';
import type { LayerSessions } from './layer-sessions.ts';

/** Rows that run in all sessions before one of them answers both questions: the batches with so many rows. */
const COMPARED = 32;

/** What is asked. `session` is that of the margins; `margins` and `features` may have rows that are known already. */
export interface BothAsked extends Run {
  readonly sessions: LayerSessions;
  readonly margins: Gathered<unknown>;
  readonly features: GatheredFeatures;
}

/**
 * Completes margins and features. A session that returns both runs the model once per row. Another output may change how the runtime
 * fuses the model, and the last bits of its answers: the session is used only if the first rows have the bits of sessions of their own.
 */
export async function runBoth(asked: BothAsked, watch: Watch): Promise<void> {
  const { session, sessions, rows, call, margins, features } = asked;
  const score = margins.tensor;
  const layer = features.tensor;
  const isAlike = sessions.isAlike(score, layer) ?? (await compareSessions(asked, watch));
  const run = { rows, call };
  if (isAlike !== true) {
    const first = { ...watch, ...half(watch, 0), isKnown: margins.isKnown };
    await eachBatch({ ...run, session, tensor: score }, first, margins.put);
    const second = { ...watch, ...half(watch, 1), isKnown: features.isKnown };
    await runLayer(asked, second);
    return;
  }
  const wanted = (from: number, to: number): string[] => [
    ...new Set([margins, features].filter((one) => !one.isKnown(from, to)).map(({ tensor }) => tensor)),
  ];
  await sessions.use([score, layer], call, (both) =>
    eachAnswer({ ...run, session: both }, wanted, watch, (answers, place) => {
      put(margins, answers, place);
      put(features, answers, place);
    }),
  );
}

/** Completes features, in the session that has returned the layer with its own bits. */
export async function runLayer(
  { sessions, rows, call, features }: Pick<BothAsked, 'sessions' | 'rows' | 'call' | 'features'>,
  watch: Watch,
): Promise<void> {
  const layer = features.tensor;
  await sessions.use(sessions.withLayer(layer), call, (session) =>
    eachBatch({ session, rows, call, tensor: layer }, { ...watch, isKnown: features.isKnown }, features.put),
  );
}

function put(gathered: Gathered<unknown>, answers: ReadonlyMap<string, Answer>, place: Place): void {
  const answer = answers.get(gathered.tensor);
  if (answer) gathered.put(answer.values, { ...place, dims: answer.dims });
}

/**
 * Runs the first rows without margins in each session, and compares bits. Their margins and features are then known, from the sessions
 * of their own.
 * @returns undefined if there are too few rows to tell
 */
async function compareSessions(
  { session, sessions, rows, call, margins, features }: BothAsked,
  { stage, batchSize, signal }: Watch,
): Promise<boolean | undefined> {
  const score = margins.tensor;
  const layer = features.tensor;
  const run = { rows, call };
  const watch = { stage, ...(batchSize !== undefined && { batchSize }), signal, most: COMPARED };
  const scores = new Map<number, readonly number[]>();
  await eachBatch({ ...run, session, tensor: score }, { ...watch, isKnown: margins.isKnown }, (values, place) => {
    for (let row = place.from; row < place.to; row++) scores.set(row, rowOf(values, place, row));
    margins.put(values, place);
  });
  const hasRun = (from: number, to: number): boolean => {
    for (let row = from; row < to; row++) if (scores.has(row)) return true;
    return false;
  };
  if (scores.size === 0) return undefined;
  const isOwn = sessions.isSame([layer], [score, layer], call);
  if (!isOwn)
    await sessions.use([layer], call, (own) =>
      eachBatch(
        { ...run, session: own, tensor: layer },
        { ...watch, isKnown: (from, to) => !hasRun(from, to) },
        features.put,
      ),
    );
  let isAlike = true;
  await sessions.use([score, layer], call, (both) =>
    eachAnswer(
      { ...run, session: both },
      (from, to) => (hasRun(from, to) ? [...new Set([score, layer])] : []),
      watch,
      (answers, place) => {
        const { values } = answers.get(score) as Answer;
        const hidden = answers.get(layer) as Answer;
        for (let row = place.from; row < place.to; row++) {
          const known = scores.get(row);
          if (known && !sameBits(known, rowOf(values, place, row))) isAlike = false;
        }
        const at = { ...place, dims: hidden.dims };
        if (isOwn) features.put(hidden.values, at);
        else if (!features.equals(hidden.values, at)) isAlike = false;
      },
    ),
  );
  if (isAlike && scores.size < COMPARED) return undefined;
  sessions.setAlike(score, layer, isAlike);
  if (!isOwn) await sessions.close(isAlike ? [layer] : [score, layer], call);
  return isAlike;
}

/** The values of a row. */
function rowOf(values: ArrayLike<number>, { from, called }: Place, row: number): number[] {
  const width = values.length / called;
  return Array.from({ length: width }, (_, k) => values[(row - from) * width + k] as number);
}

function sameBits(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((value, k) => Object.is(value, others[k]));
}

/** The progress of two passes as that of one. */
function half({ onProgress }: ProgressOptions, before: 0 | 1): ProgressOptions {
  if (!onProgress) return {};
  return {
    onProgress: (progress: Progress) =>
      onProgress({ ...progress, done: Math.floor((before * progress.total + progress.done) / 2) }),
  };
}
