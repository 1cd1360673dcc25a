// Compiles the kernels once and lends instances. The core is a WebAssembly.Module: hosts that refuse to compile
// bytes give one to init().

import { DebkdError } from '../io/errors.ts';
import { bytesOf } from '../io/source.ts';
import { bytes } from './binary.ts';

/** N arguments, no more and no fewer: for functions whose names alone fill a line. */
type Numbers<N extends number, T extends number[] = []> = T['length'] extends N ? T : Numbers<N, [...T, number]>;

/** What the wasm module exports; all pointers are byte addresses, all contracts are in assembly/. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  alloc(bytes: number): number;
  mark(): number;
  release(to: number): void;
  sigmoids(v: number, n: number, out: number): void;
  sigmoids32(z: number, n: number, out: number): void;
  moments(values: number, n: number, out: number): void;
  addSum(values: number, n: number, at: number): void;
  addCentral(values: number, n: number, total: number, at: number): void;
  finishMoments(total: number, at: number): void;
  sha256(data: number, bytes: number, out: number): void;
  hashRows(data: number, offsets: number, n: number, out: number, state: number): void;
  logisticScratch(features: number, fields: number, n: number): number;
  fitLogistic(
    ...[theta, v, y, fold, skip, n, data, fields, columns, features, penalties, centre, scratch, reuse]: Numbers<14>
  ): number;
  blockEvidence(...[theta, features, penalties, blocks, count, scratch, out]: Numbers<7>): void;
  applyLogistic(...[theta, v, data, fields, columns, n, out]: Numbers<7>): void;
  fitPrior(v: number, y: number, fold: number, skip: number, n: number): number;
  columnsScratch(k: number): number;
  fitColumns(...[theta, x, k, y, fold, skip, n, penalty, centre, scratch]: Numbers<10>): number;
  fitIsotonic(...[order, v, y, fold, skip, n, starts, margins, sums, counts, ends]: Numbers<11>): number;
  applyIsotonic(v: number, n: number, starts: number, margins: number, blocks: number, out: number): void;
  stackGradient(z: number, k: number, n: number, labels: number, weights: number, gradient: number): void;
  treesScratch(n: number, bins: number): number;
  fitTrees(
    ...[codes, fields, kinds, offsets, y, fold, skip, n, count, rate, least, z, out, scratch]: Numbers<14>
  ): void;
  applyTrees(trees: number, count: number, codes: number, fields: number, kinds: number, n: number, z: number): void;
  infuseMix(d: number, labels: number, n: number, w: number, out: number): void;
  infuseResidual(d: number, labels: number, n: number, k: number, out: number): void;
  infuseEvidence(d: number, labels: number, n: number, one: number, zero: number, out: number): void;
  infuseAdjusted(d: number, labels: number, n: number, w: number, epsilon: number, out: number): void;
  infuseOrthogonal(...[d, labels, n, g, temperature, limit, out]: Numbers<7>): void;
  softenTargets(u: number, n: number, temperature: number, q: number, entropy: number): void;
  crossEntropy(z: number, t: number, n: number): number;
  labelLosses(v: number, labels: number, n: number, out: number): void;
  pairedDifference(a: number, b: number, labels: number, n: number, out: number): void;
  createNetwork(...[features, widths, hidden, activation, residual, dropout, hinted, hint]: Numbers<8>): number;
  networkSize(net: number): number;
  networkParameters(net: number): number;
  networkLoss(net: number): number;
  layerWeight(net: number, layer: number): number;
  layerBias(net: number, layer: number): number;
  layerStride(net: number, layer: number): number;
  startNetwork(net: number, low: number, high: number): void;
  bindRows(net: number, data: number, fields: number, columns: number, dense: number, batch: number): number;
  bindTargets(...[net, order, labels, target, entropy, weights, alpha, temperature, rate, decay]: Numbers<10>): void;
  setLoss(net: number, marginLoss: number, teacherLosses: number, own: number): void;
  bindRegression(net: number, features: number, weight: number): number;
  bindRelation(net: number, own: number, other: number, weight: number): number;
  teacherRelations(...[features, width, order, from, to, batch, out]: Numbers<7>): void;
  setOptimizer(net: number, sgd: number, momentum: number, rate: number): void;
  drawOrder(order: number, rows: number, low: number, high: number, epoch: number): void;
  beginEpoch(net: number, low: number, high: number, epoch: number): void;
  trainRows(net: number, from: number, to: number): void;
  setOrder(net: number, order: number): void;
  stateBytes(net: number): number;
  saveState(net: number, out: number): void;
  loadState(net: number, from: number): void;
  predictRows(net: number, rows: number, n: number, out: number): void;
  convexRows(
    ...[
      theta,
      data,
      fields,
      columns,
      n,
      labels,
      q,
      entropy,
      weights,
      alpha,
      temperature,
      marginLoss,
      gradient,
      diagonal,
      curvatures,
    ]: Numbers<15>
  ): number;
  convexMultiply(...[direction, data, fields, columns, n, curvatures, out]: Numbers<7>): void;
  convexPenalty(theta: number, size: number, penalty: number, gradient: number, diagonal: number): number;
  convexTrial(theta: number, size: number, length: number, work: number, trial: number): void;
  conjugateBytes(size: number): number;
  conjugateDirection(work: number, size: number): number;
  conjugateProduct(work: number, size: number): number;
  conjugateStart(size: number, gradient: number, diagonal: number, work: number): number;
  conjugateAdvance(size: number, penalty: number, diagonal: number, work: number): number;
  conjugateFinish(size: number, gradient: number, diagonal: number, work: number): number;
  meanTarget(u: number, labels: number, weights: number, n: number): number;
  sortDescending(scores: number, n: number, order: number, spare: number): void;
  rowLosses(p: number, labels: number, n: number, out: number): void;
  measure(...[order, scores, p, labels, losses, counts, n, threshold, bins, out]: Numbers<10>): void;
  bootstrap(
    ...[order, scores, p, labels, losses, counts, n, threshold, bins, low, high, from, to, out]: Numbers<14>
  ): void;
  bestF1Threshold(order: number, p: number, labels: number, n: number): number;
  // what other kernels use, for tests alone
  exp(x: number): number;
  log(x: number): number;
  log1p(x: number): number;
  sigmoid(v: number): number;
  softplus(v: number): number;
  softpluses(v: number, n: number, out: number): void;
  philoxBlock(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number, out: number): void;
  networkGradient(net: number): number;
  lossGradient(net: number, rows: number, m: number): void;
}

let compiled: WebAssembly.Module | undefined;

/**
 * Gives the kernels' wasm to a host that cannot compile the built-in copy. Optional elsewhere.
 * @param options.wasm a compiled module, its bytes, or where to fetch it
 * @throws DebkdError `wasm` when it is not this version's kernel module, `source` when it cannot be fetched
 */
export async function init(options: { wasm?: WebAssembly.Module | BufferSource | URL } = {}): Promise<void> {
  const { wasm } = options;
  if (wasm === undefined) {
    compile();
    return;
  }
  const found =
    wasm instanceof WebAssembly.Module
      ? wasm
      : await WebAssembly.compile(wasm instanceof URL ? await bytesOf(wasm) : wasm).catch((error: Error) => {
          throw new DebkdError(
            'wasm',
            `init: the bytes given as \`wasm\` do not compile here (${error.message}); give a WebAssembly.Module where the host compiles none`,
          );
        });
  if (!WebAssembly.Module.exports(found).some((item) => item.name === 'convexRows')) {
    throw new DebkdError(
      'wasm',
      'init: the module given as `wasm` is not the debkd kernels; give kernels.wasm of this version',
    );
  }
  compiled = found;
}

/** @throws DebkdError `wasm` where the host cannot */
function compile(): WebAssembly.Module {
  if (compiled) return compiled;
  if (typeof WebAssembly === 'undefined') {
    throw new DebkdError(
      'wasm',
      'kernels: this host has no WebAssembly, or it is switched off; switch it on, or answer by debkd/edge, which needs none',
    );
  }
  try {
    compiled = new WebAssembly.Module(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
  } catch (error) {
    throw new DebkdError(
      'wasm',
      `kernels: this host does not compile them (${(error as Error).message}); it needs WebAssembly with SIMD, in a page 'wasm-unsafe-eval' in script-src, and where bytes are not compiled a module given to init()`,
    );
  }
  return compiled;
}

/** The loss of a batch by the caller's function, as assembly/training.ts calls it. */
export type CustomStep = (...[z, rows, m, labels, target, weights, scale, d]: Numbers<8>) => number;

const steps: WeakMap<Kernels, Map<number, CustomStep>> = /* @__PURE__ */ new WeakMap();

/** The callers' losses of an instance, by network. */
export function ownSteps(kernels: Kernels): Map<number, CustomStep> {
  return steps.get(kernels) as Map<number, CustomStep>;
}

export function instantiate(): Kernels {
  const own = new Map<number, CustomStep>();
  const call = (net: number, ...batch: Parameters<CustomStep>): number => (own.get(net) as CustomStep)(...batch);
  const kernels = new WebAssembly.Instance(compile(), { loss: { own: call } }).exports as unknown as Kernels;
  steps.set(kernels, own);
  return kernels;
}
