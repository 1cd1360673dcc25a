// One student in training: its network and loss in the kernel, what it is judged by, and the best epoch so far.
import type { AnyDataset } from '../data/stored-dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import { type Loss, takesMargins } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import { bindLoss, hintWidth } from './bind-loss.ts';
import type { Ground, Span } from './ground.ts';
import { type Judge, openJudge } from './judge.ts';
import { bindMatrix, createNetwork, readParameters } from './network.ts';
import { type CheckedOptimizer, type Optimizer, rateOf } from './optimizer.ts';
import type { Relations } from './relations.ts';
import type { Selection } from './selection.ts';
import { Student, type Training } from './student.ts';

/** What one student learns, and how. */
export interface Lesson {
  /** A margin a training row. */
  readonly targets: Targets;
  /** Of each row against its target and label. */
  readonly loss: Loss;
  /** The teacher's features of the training rows, where the loss has a hint. */
  readonly features?: Features | undefined;
  /** Default AdamW at 2e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** The epoch with the lowest cross-entropy on these rows is kept; without them, the last. */
  readonly validation?: Selection | undefined;
}

/** What all students of a fit share; pointers are byte addresses in the arena. */
export interface Room {
  readonly arena: Arena;
  readonly dataset: AnyDataset;
  readonly shape: Architecture;
  readonly ground: Ground;
  readonly batchSize: number;
  readonly dropout: number;
  readonly epochs: number;
  /** What answers for the rows of each validation part. */
  readonly judges: Map<AnyDataset, Judge>;
  /** Where features lie that regressors predict. */
  readonly features: Map<Features, number>;
}

export interface Learner {
  /** The network's handle. */
  readonly net: number;
  beginEpoch(epoch: number, seedLow: number, seedHigh: number): void;
  /** Takes what it is to learn of a span's rows. */
  enter(span: Span): void;
  endEpoch(epoch: number): void;
  /** 0 where no epoch had a finite loss. */
  bestEpoch(): number;
  /** Of the epoch that ended last. */
  losses(): Training['history'][number];
  /** All that it goes on from after an epoch, for `restore` of a learner of the same lesson. */
  state(): Uint8Array;
  restore(state: Uint8Array): void;
  /** The student of the best epoch. @throws DebkdError `value` when training diverged */
  student(): Student;
}

export function openLearner(
  room: Room,
  { targets, loss, features, validation }: Lesson,
  optimizer: CheckedOptimizer,
  relations: Relations | undefined,
): Learner {
  const { arena, dataset, shape, epochs } = room;
  const { kernels } = arena;
  const { width } = dataset.features;
  const hint = hintWidth(loss, shape, features, dataset.rows, 'read' in dataset.features);
  const net = createNetwork(arena, width, shape, room.dropout, hint);
  const { ground } = room;
  const { order, labels, weights } = ground;
  bindMatrix(arena, net, ground.matrix, Math.min(room.batchSize, dataset.rows));
  const [q, entropy] = [arena.reserve(8 * ground.rows), arena.reserve(8 * ground.rows)];
  const weigh = bindLoss(room, net, { targets, loss, features }, relations);
  const aim = (margins: Float64Array, place: number): void => {
    const [to, beside] = [q + 8 * place, entropy + 8 * place];
    arena.write(to, margins);
    weigh?.(to, place, margins.length);
    if (!takesMargins(loss.name)) kernels.temper(to, margins.length, loss.temperature, to, beside);
  };
  if (!ground.spans) aim(targets.margins, 0);
  const { rate, decay } = optimizer;
  kernels.bindTargets(net, order, labels, q, entropy, weights, loss.alpha, loss.temperature, rate, decay);
  const measure = validation && judgeOf(room, net, validation);
  let history: Training['history'][number][] = [];
  let best = { epoch: 0, loss: Infinity, parameters: new Float32Array(0) };
  const bytes = kernels.stateBytes(net);
  const state = arena.reserve(bytes);
  return {
    net,
    beginEpoch(epoch, seedLow, seedHigh) {
      const { name, momentum } = optimizer;
      kernels.setOptimizer(net, name === 'sgd' ? 1 : 0, momentum, rateOf(optimizer, epoch, epochs));
      kernels.beginEpoch(net, seedLow, seedHigh, epoch);
    },
    enter({ from, place, pick }) {
      aim(pick(targets.margins), place);
      // position `from` of the epoch is the first of the order that lies there; addresses wrap
      kernels.setOrder(net, (order - 4 * from) >>> 0);
    },
    endEpoch(epoch) {
      const selectionLoss = measure ? measure() : NaN;
      history.push({ train: kernels.networkLoss(net) / dataset.rows, validation: selectionLoss });
      if (measure && !(selectionLoss < best.loss)) return;
      best = { epoch, loss: selectionLoss, parameters: readParameters(arena, net, width, shape) };
    },
    bestEpoch: () => best.epoch,
    losses: () => history.at(-1) as Training['history'][number],
    state() {
      kernels.saveState(net, state);
      const past = history.flatMap(({ train, validation }) => [train, validation]);
      return encodeState([best.epoch, best.loss, ...past], best.parameters, arena.bytes(state, bytes));
    },
    restore(saved) {
      const { numbers, parameters, kernel } = decodeState(saved, bytes);
      const [epoch = 0, loss = 0, ...past] = numbers;
      arena.write(state, kernel);
      kernels.loadState(net, state);
      best = { epoch, loss, parameters };
      history = Array.from({ length: past.length / 2 }, (_, i) => ({
        train: past[2 * i] as number,
        validation: past[2 * i + 1] as number,
      }));
    },
    student() {
      if (best.epoch === 0 || !best.parameters.every(Number.isFinite)) {
        throw new DebkdError(
          'value',
          `student: training diverged (loss ${history.at(-1)?.train}); use a learning rate below ${rate}`,
        );
      }
      return new Student({
        ...{ architecture: shape, parameters: best.parameters, preprocessing: dataset.preprocessing },
        ...{ threshold: 0.5, provenance: {} },
        training: { epoch: best.epoch, epochs, selectionLoss: best.loss, history },
      });
    },
  };
}

/** Length of the numbers, these (float64), the kernel's state, the parameters (float32). */
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

/** Measures a network's cross-entropy on the validation rows, by a second network that has these rows. */
function judgeOf(room: Room, net: number, { dataset, rows, targets }: Selection): () => number {
  const { arena, shape } = room;
  const { kernels } = arena;
  const { width } = room.dataset.features;
  if (dataset.features.width !== width) {
    throw new DebkdError(
      'value',
      `validation: ${dataset.features.width} encoded columns, the training rows have ${width}; encode both alike`,
    );
  }
  const judge = room.judges.get(dataset) ?? openJudge(arena, shape, dataset);
  room.judges.set(dataset, judge);
  const t = arena.put(targets);
  const z = arena.reserve(4 * rows.length);
  return () => {
    // a hint's regressor follows the layers in the trained network; the judge has none
    const own = judge.net;
    arena.write(kernels.networkParameters(own), arena.f32(kernels.networkParameters(net), kernels.networkSize(own)));
    judge.answer(rows, z);
    return kernels.crossEntropy(z, t, rows.length) / rows.length;
  };
}
