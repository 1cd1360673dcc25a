// Trains a student: mini-batches, AdamW, the best epoch kept. Forward, backward, loss and optimizer run in the
// kernel, a slice of an epoch a call, so that the caller's page or signal gets its turn.
import type { Dataset } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { breathe, type Watch } from '../io/progress.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import { seedWords } from '../kernels/random.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { checkLoss, type Loss } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import { type Architecture, checkArchitecture } from './architecture.ts';
import { bindLoss, hintWidth } from './bind-loss.ts';
import type { Selection } from './early-stopping.ts';
import { bindMatrix, createNetwork, readParameters } from './network.ts';
import { type CheckedOptimizer, checkOptimizer, type Optimizer, rateOf } from './optimizer.ts';
import { Student, type Training } from './student.ts';

export interface FitOptions extends Watch {
  /** A whole number from 0 to 2^53 - 1: start and order of rows follow from it. */
  readonly seed: number;
  /** Default max(15, min(80, 150000 / rows)). */
  readonly epochs?: number | undefined;
  /** Default 64. */
  readonly batchSize?: number | undefined;
  /** Default AdamW at 2e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** Share of hidden units left out of each training step, from 0 to .9; default 0. */
  readonly dropout?: number | undefined;
  /** Weight of each row's loss, float64 [rows]; default 1. */
  readonly weights?: Float64Array | undefined;
  /** The teacher's features of the training rows, where the loss has a hint. */
  readonly features?: Features | undefined;
  /** The epoch with the lowest cross-entropy on these rows is kept; without them, the last. */
  readonly validation?: Selection | undefined;
  /** Stop after so many epochs without a better one; default: never. */
  readonly earlyStopping?: { readonly patience: number } | undefined;
}

/** Batches a kernel call. */
const SLICE = 64;

/** Epochs when none are asked for. */
export function defaultEpochs(rows: number): number {
  return Math.max(15, Math.min(80, Math.floor(150000 / rows)));
}

/**
 * Fits a student to targets. Its threshold is .5 until one is chosen; `training` says how it went.
 * @param dataset encoded training rows
 * @param targets a margin a row (infuse)
 * @throws DebkdError `value`, `rows` or `memory`; the signal's reason when aborted
 */
export async function fit(
  architecture: Architecture,
  dataset: Dataset,
  targets: Targets,
  loss: Loss,
  options: FitOptions,
): Promise<Student> {
  const shape = checkArchitecture(architecture);
  checkLoss(loss);
  const { features } = dataset;
  const { seed, epochs, batchSize, optimizer, dropout } = checkFitOptions(options, dataset.rows);
  using arena = openArena();
  const { kernels } = arena;
  const net = createNetwork(
    arena,
    features.width,
    shape,
    dropout,
    hintWidth(loss, shape, options.features, dataset.rows),
  );
  bindMatrix(arena, net, features, batchSize);
  const q = arena.put(targets.margins);
  const entropy = arena.reserve(8 * dataset.rows);
  if (loss.name !== 'logit-matching') kernels.temper(q, dataset.rows, loss.temperature, q, entropy);
  bindLoss(arena, net, dataset, targets, loss, options.features);
  const order = arena.reserve(4 * dataset.rows);
  const weights = options.weights ? arena.put(options.weights) : 0;
  kernels.bindTargets(
    net,
    dataset.rows,
    order,
    arena.put(dataset.labels),
    q,
    entropy,
    weights,
    loss.alpha,
    loss.temperature,
    optimizer.rate,
    optimizer.decay,
  );
  const [low, high] = seedWords(seed);
  kernels.startNetwork(net, low, high);
  using judge = options.validation ? openJudge(options.validation, features.width, shape) : undefined;
  const history: Training['history'][number][] = [];
  let best: { epoch: number; loss: number; parameters: Float32Array } = {
    epoch: 0,
    loss: Infinity,
    parameters: new Float32Array(0),
  };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    kernels.setOptimizer(net, optimizer.name === 'sgd' ? 1 : 0, optimizer.momentum, rateOf(optimizer, epoch, epochs));
    kernels.beginEpoch(net, low, high, epoch);
    for (let from = 0; from < dataset.rows; from += SLICE * batchSize) {
      kernels.trainRows(net, from, Math.min(dataset.rows, from + SLICE * batchSize));
      await breathe();
      options.signal?.throwIfAborted();
    }
    const parameters = readParameters(arena, net, features.width, shape);
    const validation = judge ? judge.loss(arena.f32(kernels.networkParameters(net), kernels.networkSize(net))) : NaN;
    history.push({ train: kernels.networkLoss(net) / dataset.rows, validation });
    if (!judge || validation < best.loss) best = { epoch, loss: validation, parameters };
    options.onProgress?.({ stage: 'student', done: epoch, total: epochs });
    if (epoch - best.epoch >= (options.earlyStopping?.patience ?? Infinity)) break;
  }
  if (best.epoch === 0 || !best.parameters.every(Number.isFinite)) {
    throw new DebkdError(
      'value',
      `student: training diverged (loss ${history.at(-1)?.train}); use a learning rate below ${optimizer.rate}`,
    );
  }
  return new Student({
    architecture: shape,
    parameters: best.parameters,
    preprocessing: dataset.preprocessing,
    threshold: 0.5,
    provenance: {},
    training: { epoch: best.epoch, epochs, selectionLoss: best.loss, history },
  });
}

/** Options with their defaults. @throws DebkdError `value` or `rows` */
export function checkFitOptions(
  options: Pick<FitOptions, 'seed' | 'epochs' | 'batchSize' | 'optimizer' | 'dropout'>,
  rows: number,
): { seed: number; epochs: number; batchSize: number; optimizer: CheckedOptimizer; dropout: number } {
  const { seed, epochs = defaultEpochs(rows), batchSize = 64, dropout = 0 } = options;
  const optimizer = checkOptimizer(options.optimizer ?? {});
  const demand = (name: string, value: number, ok: boolean, expected: string): void => {
    if (!ok) throw new DebkdError('value', `fit: ${name} is ${value}, expected ${expected}`);
  };
  if (rows === 0) throw new DebkdError('rows', 'fit: no training rows; give some');
  demand('seed', seed, Number.isSafeInteger(seed) && seed >= 0, 'a whole number from 0 to 2^53 - 1');
  demand(
    'epochs',
    epochs,
    Number.isInteger(epochs) && epochs >= 1 && epochs <= 100000,
    'a whole number from 1 to 100000',
  );
  demand(
    'batchSize',
    batchSize,
    Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 65536,
    'a whole number from 1 to 65536',
  );
  demand('dropout', dropout, dropout >= 0 && dropout <= 0.9, 'a number from 0 to 0.9');
  return { seed, epochs, batchSize, optimizer, dropout };
}

/** Measures a network of the same shape on the validation rows, from an arena of its own. */
function openJudge(
  selection: Selection,
  width: number,
  architecture: Architecture,
): Disposable & { loss(padded: Float32Array): number } {
  const arena: Arena = openArena();
  const { kernels } = arena;
  try {
    const { dataset, rows, targets } = selection;
    if (dataset.features.width !== width) {
      throw new DebkdError(
        'value',
        `validation: ${dataset.features.width} encoded columns, the training rows have ${width}; encode both alike`,
      );
    }
    const net = createNetwork(arena, width, architecture);
    bindMatrix(arena, net, dataset.features, Math.min(256, dataset.rows));
    const list = arena.put(rows);
    const t = arena.put(targets);
    const z = arena.reserve(4 * rows.length);
    return {
      loss(padded) {
        // a hint's regressor follows the layers in the trained network; this one has none
        arena.write(kernels.networkParameters(net), padded.subarray(0, kernels.networkSize(net)));
        kernels.predictRows(net, list, rows.length, z);
        return kernels.crossEntropy(z, t, rows.length) / rows.length;
      },
      [Symbol.dispose]: () => arena[Symbol.dispose](),
    };
  } catch (error) {
    arena[Symbol.dispose]();
    throw error;
  }
}
