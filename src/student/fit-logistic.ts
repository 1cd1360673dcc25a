// Fits a logistic student to the minimum of its convex loss by truncated Newton (Newton-CG; Dembo, Steihaug 1983), without learning
// rate, epochs or seed. The selection's rows choose the ridge penalty from a decreasing path.
import type { AnyDataset } from '../data/dataset.ts';
import { textColumnsOf } from '../data/encode-texts.ts';
import { TEXT_FIELD } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { idfOf } from '../data/text-column.ts';
import { DebkdError } from '../io/errors.ts';
import type { AbortSignalLike } from '../io/host-types.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import { openArena } from '../kernels/memory.ts';
import { takesMargins } from '../loss/loss.ts';
import { openMeasure } from './evaluator.ts';
import type { FitTask } from './fit-context.ts';
import type { PenaltyPath, TrainingOptions } from './fit-options.ts';
import { writeParameters } from './network.ts';
import { type Effort, minimise, placeLogistic } from './newton.ts';
import { Student } from './student.ts';
import type { Training } from './student-data.ts';

const SHAPE = { hidden: [] };
/** Values of lambda in the penalty lambda / 2 |w|^2 on the sum of losses, in order. Each fit starts at the previous minimum. */
const PENALTIES: readonly number[] = [1000, 300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01];
/** The same for rows of texts, which are as long as 1 and have far more columns. */
const TEXT_PENALTIES: readonly number[] = [3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003];
/** The penalty without validation rows: the default of scikit-learn's LogisticRegression. */
const UNCHOSEN = 1;
/** The path ends after this number of penalties in a row without an improvement. */
const PATIENCE = 3;
const TEXT_PATIENCE = 2;
/** Near the limit of rounding. */
const EXACT: Effort = { tolerance: 1e-13, products: Infinity, share: 0.1 };
/**
 * With texts, the path compares penalties near their minima: 20 products give the selection loss to three digits, and the exact
 * minimum takes ten times as many. The chosen penalty is then fitted closer.
 */
const ROUGH: Effort = { tolerance: 1e-6, products: 20, share: 0.3 };
const FINAL: Effort = { tolerance: 1e-6, products: 60, share: 0.3 };
/** A path that starts near the best penalty of similar targets begins with more products. */
const FIRST: Effort = { tolerance: 1e-6, products: 60, share: 0.3 };

/**
 * Fits a logistic student to the minimum of its loss.
 * @throws DebkdError `value` when the loss is not a number, `memory`; the signal's reason when aborted
 */
export async function fitLogistic(
  dataset: AnyDataset,
  { targets, loss, validation }: FitTask,
  options: Pick<TrainingOptions, 'weights' | 'path' | 'initial'> & ProgressOptions,
): Promise<Student> {
  const { weights, path: asked = {}, initial, signal, onProgress } = options;
  using arena = openArena();
  const { width } = dataset.features;
  const measure = validation && openMeasure(arena, { evaluators: new Map(), shape: SHAPE, width }, validation);
  const problem = placeLogistic(arena, {
    features: dataset.features,
    labels: dataset.labels,
    weights,
    targets: targets.margins,
    loss: { alpha: loss.alpha, temperature: loss.temperature, byMargins: takesMargins(loss.name) },
    factors: dataset.penaltyFactors ?? penaltyFactors(dataset.preprocessing),
    centres: initial && Float64Array.from(initial.subarray(0, width)),
  });
  if (initial) arena.write(problem.theta, Float64Array.of(initial[width] as number));
  const texts = dataset.features.fieldColumns.includes(TEXT_FIELD);
  const path = pathOf(asked, texts, measure !== undefined);
  const history: Training['history'][number][] = [];
  const fitTo = async (penalty: number, effort: Effort): Promise<Minimum> => {
    const { value, converged } = await inTurns(minimise(problem, penalty, effort), signal);
    const theta = arena.f64(problem.theta, width + 1);
    const parameters = new Float32Array(width + 1);
    parameters.set(theta.subarray(1));
    parameters[width] = theta[0] as number;
    if (measure) writeParameters(arena, measure.net, { inputs: { width }, architecture: SHAPE }, parameters);
    return { value, converged, theta, parameters, loss: measure ? measure.loss() : NaN };
  };
  let best: Minimum | undefined;
  let place = 0;
  for (const [k, penalty] of path.entries()) {
    const found = await fitTo(penalty, !texts ? EXACT : k === 0 && asked.around !== undefined ? FIRST : ROUGH);
    history.push({ train: found.value / dataset.rows, validation: found.loss });
    if (!best || found.loss < best.loss) [best, place] = [found, k];
    onProgress?.({ stage: 'student', done: k + 1, total: path.length, losses: history[k] as (typeof history)[number] });
    if (k - place >= (texts ? TEXT_PATIENCE : PATIENCE)) break;
  }
  if (texts && best && !asked.rough) {
    arena.write(problem.theta, best.theta);
    best = await fitTo(path[place] as number, FINAL);
  }
  if (!best) throw new RangeError('the path of penalties is empty');
  if (!best.parameters.every(Number.isFinite) || Number.isNaN(best.value)) {
    throw new DebkdError('value', {
      subject: 'student',
      seen: 'the training loss is not a number',
      remedy: 'check the targets and row weights for values that are not finite',
    });
  }
  onProgress?.({ stage: 'student', done: path.length, total: path.length });
  return new Student({
    architecture: SHAPE,
    parameters: best.parameters,
    preprocessing: dataset.preprocessing,
    threshold: 0.5,
    provenance: {},
    training: {
      epoch: place + 1,
      epochs: history.length,
      selectionLoss: best.loss,
      history,
      penalty: path[place] as number,
      // with texts, the minimum is approached, and the path ended beyond it
      settled: texts ? path[place] !== TEXT_PENALTIES.at(-1) : best.converged,
    },
  });
}

function pathOf({ penalties, around }: PenaltyPath, texts: boolean, measured: boolean): readonly number[] {
  if (penalties) return penalties;
  if (!measured) return [UNCHOSEN];
  if (!texts) return PENALTIES;
  const place = around === undefined ? -1 : TEXT_PENALTIES.indexOf(around);
  return place < 0 ? TEXT_PENALTIES : TEXT_PENALTIES.slice(Math.max(0, place - 1), place + 2);
}

/** What a penalty's fit reached. */
interface Minimum {
  readonly value: number;
  readonly converged: boolean;
  readonly theta: Float64Array;
  readonly parameters: Float32Array<ArrayBuffer>;
  /** The selection loss. */
  readonly loss: number;
}

/**
 * The factors of the penalty: weights of n-grams count in units of their rarity, w / idf, because a row has the same value
 * for all its n-grams. Returns undefined where all are 1.
 */
function penaltyFactors(preprocessing: Preprocessing): Float64Array | undefined {
  const texts = textColumnsOf(preprocessing).filter(({ idf }) => idf);
  if (texts.length === 0) return undefined;
  const factors = new Float64Array(preprocessing.encodedWidth).fill(1);
  for (const spec of texts)
    idfOf(spec)?.squares.forEach((square, place) => {
      factors[spec.offset + place] = 1 / square;
    });
  return factors;
}

/** Runs steps, with the event loop in between. */
async function inTurns<T>(steps: Generator<void, T>, signal: AbortSignalLike | undefined): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
}
