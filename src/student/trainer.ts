// One student in training: its network and loss in the kernel, its selection loss, and the best epoch so far.
import type { AnyDataset } from '../data/dataset.ts';
import { imageFormOf } from '../data/row-source.ts';
import { DebkdError } from '../io/errors.ts';
import type { Floats } from '../io/host-types.ts';
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import { openArena } from '../kernels/memory.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { takesMargins } from '../loss/loss.ts';
import { kernelChanges } from './augmentation.ts';
import { bindLoss, hintWidth } from './bind-loss.ts';
import { constantInputs, foldConstants } from './constant-inputs.ts';
import { type EpochLosses, openEpochLog } from './epoch-log.ts';
import { openMeasure } from './evaluator.ts';
import type { FitContext, FitTask } from './fit-context.ts';
import type { Budget } from './fit-options.ts';
import { bindMatrix, createNetwork, inputsOf, readParameters, writeParameters } from './network.ts';
import { type CheckedOptimizer, RATE_BATCHES, rateOf } from './optimizer.ts';
import type { PairwiseDistances } from './pairwise-distances.ts';
import { Student } from './student.ts';
import type { RowBlock } from './training-rows.ts';

/** A student in training. */
export interface Trainer {
  /** Handle of the network. */
  readonly net: number;
  /** Draws the first weights from the seed, and sets the output's bias to the log-odds of the mean target; or takes the initial ones. */
  start(seedLow: number, seedHigh: number): void;
  /** Sets what the random changes of an epoch depend on. */
  beginEpoch(epoch: number, seedLow: number, seedHigh: number): void;
  /** Sets the learning rate of the steps from position `from` of an epoch's order on. */
  beginSlice(epoch: number, from: number): void;
  /** Loads the targets of a block's rows. */
  beginBlock(span: RowBlock): void;
  /** Records the epoch's losses, and keeps its parameters if it is the best so far. */
  endEpoch(): void;
  /** The best epoch so far; 0 where no epoch had a finite loss. */
  bestEpoch(): number;
  /** The last epoch with a clear fall of the selection loss; -Infinity without validation rows. */
  lastImprovement(): number;
  /** Losses of the last finished epoch. */
  losses(): EpochLosses;
  /** Returns the state after an epoch, for `restore` of a trainer with the same task. */
  state(): Uint8Array;
  /** Restores a state. */
  restore(state: Uint8Array): void;
  /** Returns the student of the best epoch. @throws DebkdError `value` when training diverged */
  student(): Student;
}

/** Opens the training of one student. @throws DebkdError `value` or `memory` */
export function openTrainer(
  context: FitContext,
  { targets, loss, features, validation }: FitTask,
  optimizer: CheckedOptimizer,
  distances: PairwiseDistances | undefined,
): Trainer {
  const { arena, dataset, shape, budget } = context;
  const { kernels } = arena;
  const { width } = dataset.features;
  const hint = hintWidth(loss, shape, features, dataset.rows);
  const inputs = inputsOf(dataset.features);
  const isConvolutional = shape.conv !== undefined;
  const net = createNetwork(arena, inputs, shape, { dropout: context.dropout, hint, training: isConvolutional });
  const constants = constantInputs(inputs, shape, context.constants);
  const read = (): Floats =>
    foldConstants(
      readParameters(arena, net, { inputs, architecture: shape }, { training: isConvolutional }),
      constants,
    );
  const { trainingRows } = context;
  const { image } = inputs;
  const { order, labels, weights } = trainingRows;
  bindMatrix(arena, net, trainingRows.matrix, Math.min(context.batchSize, dataset.rows));
  if (image) kernels.setChanges(net, ...kernelChanges(context.changes, image.size));
  const [q, entropy] = [arena.reserve(8 * trainingRows.capacity), arena.reserve(8 * trainingRows.capacity)];
  const adjustTargets = bindLoss(context, net, { targets, loss, features }, distances);
  const setTargets = (margins: Float64Array, place: number): void => {
    const [to, entropies] = [q + 8 * place, entropy + 8 * place];
    arena.write(to, margins);
    adjustTargets?.(to, place, margins.length);
    if (!takesMargins(loss.name)) kernels.softenTargets(to, margins.length, loss.temperature, to, entropies);
  };
  if (!trainingRows.blocks) setTargets(targets.margins, 0);
  const { learningRate, weightDecay } = optimizer;
  kernels.bindTargets(net, order, labels, q, entropy, weights, loss.alpha, loss.temperature, learningRate, weightDecay);
  const measured =
    validation &&
    openMeasure(
      arena,
      { evaluators: context.evaluators, shape, width, image: imageFormOf(dataset.features) },
      validation,
    );
  const measure = (): number => {
    if (!measured) return NaN;
    if (isConvolutional || constants.all.length > 0) {
      writeParameters(arena, measured.net, { inputs, architecture: shape }, read());
      return measured.loss();
    }
    // the trained network's parameters end with the hint's regressor, which the measuring network does not have
    const from = arena.f32(kernels.networkParameters(net), kernels.networkSize(measured.net));
    arena.write(kernels.networkParameters(measured.net), from);
    return measured.loss();
  };
  const log = openEpochLog(measured !== undefined);
  const bias = startBias(dataset, targets, context.weights);
  const bytes = kernels.stateBytes(net);
  const state = arena.reserve(bytes);
  return {
    net,
    start(seedLow, seedHigh) {
      kernels.startNetwork(net, seedLow, seedHigh);
      if (context.initial)
        return writeParameters(arena, net, { inputs, architecture: shape }, context.initial, { keep: true });
      const at = kernels.networkParameters(net) + kernels.layerBias(net, shape.hidden.length);
      arena.write(at, Float32Array.of(bias));
    },
    beginEpoch(epoch, seedLow, seedHigh) {
      kernels.beginEpoch(net, seedLow, seedHigh, epoch);
    },
    beginSlice(epoch, from) {
      const { name, momentum } = optimizer;
      const steady = RATE_BATCHES * context.batchSize;
      const rate = rateOf(optimizer, epoch, budget.least, (from - (from % steady)) / dataset.rows);
      kernels.setOptimizer(net, name === 'sgd' ? 1 : 0, momentum, rate);
    },
    beginBlock({ from, offset, select }) {
      setTargets(select(targets.margins), offset);
      // the kernel indexes by positions of the whole epoch, and `order` holds those from `from` on; addresses wrap
      kernels.setOrder(net, (order - 4 * from) >>> 0);
    },
    endEpoch() {
      log.add({ train: kernels.networkLoss(net) / dataset.rows, validation: measure() }, read);
    },
    bestEpoch: () => log.best().epoch,
    lastImprovement: () => (measured ? log.lastImprovement() : -Infinity),
    losses: () => log.history.at(-1) as EpochLosses,
    state() {
      kernels.saveState(net, state);
      return encodeState(log.numbers(), log.best().parameters, arena.bytes(state, bytes));
    },
    restore(saved) {
      const { numbers, parameters, kernel } = decodeState(saved, bytes);
      arena.write(state, kernel);
      kernels.loadState(net, state);
      log.restore(numbers, parameters);
    },
    student() {
      const best = log.best();
      if (best.epoch === 0 || !best.parameters.every(Number.isFinite)) {
        throw new DebkdError('value', {
          subject: 'student',
          seen: `training diverged (loss ${log.history.at(-1)?.train})`,
          remedy: { id: 'lower-rate', below: learningRate },
        });
      }
      return new Student({
        architecture: shape,
        parameters: best.parameters,
        preprocessing: dataset.preprocessing,
        threshold: 0.5,
        provenance: {},
        training: {
          epoch: best.epoch,
          epochs: log.history.length,
          selectionLoss: best.loss,
          history: [...log.history],
          settled: !measured || isSettled(budget, log.lastImprovement(), best.epoch, log.history.length),
        },
      });
    },
  };
}

/** Whether training ended at a plateau: false when it reached its cap while the selection loss was falling. */
function isSettled({ patience, most }: Budget, lastImprovement: number, best: number, trained: number): boolean {
  if (trained < most) return true;
  return patience === Infinity ? best < trained : trained - lastImprovement >= patience;
}

/** The first value of the output's bias, the log-odds of the mean target: a rare class is rare from the first step on. */
function startBias({ labels, rows }: AnyDataset, { margins }: Targets, weights: Float64Array | undefined): number {
  using arena = openArena();
  const at = weights ? arena.put(weights) : 0;
  return arena.kernels.meanTarget(arena.put(margins), arena.put(labels), at, rows);
}

/** Encodes a state: the count of the numbers, the numbers (float64), the kernel's state, the parameters (float32). */
function encodeState(numbers: readonly number[], parameters: Float32Array, kernel: Uint8Array): Uint8Array {
  const head = Float64Array.of(numbers.length, ...numbers);
  return concat([littleEndian(head), kernel, littleEndian(parameters)]);
}

function decodeState(
  bytes: Uint8Array,
  kernel: number,
): { numbers: number[]; parameters: Float32Array<ArrayBuffer>; kernel: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getFloat64(0, true);
  const at = 8 * (1 + count);
  const from = at + kernel;
  return {
    numbers: Array.from({ length: count }, (_, i) => view.getFloat64(8 * (1 + i), true)),
    kernel: bytes.subarray(at, from),
    parameters: Float32Array.from({ length: (bytes.length - from) / 4 }, (_, i) => view.getFloat32(from + 4 * i, true)),
  };
}
