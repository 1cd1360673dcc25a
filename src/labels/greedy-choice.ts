// The greedy choice of rows to label: each next row reduces the posterior variance of d most, averaged over the rows (I-optimality).
//   covariance C = H^-1, H = sum over labelled rows of q x x^T + penalties; q = p (1 - p), times the row's weight
//   a label of row c makes it C - k s s^T, s = C x_c, k = q_c / (1 + q_c x_c . s)
//   expected log-loss above that of the true parameters: 1/2 trace(M C), M = sum over all rows of p (1 - p) x x^T, weighted
// The factor p (1 - p) turns a variance of d into expected log-loss. The reduction by row c is 1/2 k r_c with r_c = x_c^T C M C x_c, which
// needs no sum over rows. h_c = x_c^T C x_c and r_c are updated for all rows after each choice.
import { below } from '../kernels/random.ts';
import { type DesignRows, dotRow, quadraticForm, secondMoments } from './design-rows.ts';
import { invert, product } from './symmetric.ts';

/** Of this many rows one is drawn at random. */
const DRAWN_EVERY = 4;

/** A choice of rows, in order. */
export interface GreedyChoice {
  /** Row numbers in the order of choice; uint32. */
  readonly rows: Uint32Array;
  /** Whether each was drawn at random. */
  readonly atRandom: readonly boolean[];
  /** The expected reduction of the mean log-loss by each; float64. */
  readonly reductions: Float64Array;
  /** The expected mean log-loss above that of the true parameters, before the first choice. */
  readonly before: number;
}

/**
 * Chooses rows one by one; of equal ones the first.
 * @param curvatures p (1 - p) of each row, float64 [rows]
 * @param options.information weight of each row's label in H, float64 [rows]
 * @param options.labelled whether a row has a label, [rows]
 * @param options.weights weight of each row in the mean, with the sum 1; float64 [rows]
 * @param options.penalties of each parameter, all above 0; float64 [size]
 * @param options.candidates the rows to choose from, in ascending order
 * @param options.random words from which every fourth row is drawn, each with the same probability; default none
 * @param options.onChoice is called after each choice
 */
export async function chooseGreedily(
  design: DesignRows,
  curvatures: Float64Array,
  options: {
    readonly information: Float64Array;
    readonly labelled: ArrayLike<boolean>;
    readonly weights: Float64Array;
    readonly penalties: Float64Array;
    readonly candidates: Uint32Array;
    readonly count: number;
    readonly random?: Iterator<number> | undefined;
    readonly onChoice?: (done: number) => Promise<void>;
  },
): Promise<GreedyChoice> {
  const { information, labelled, weights, penalties, candidates, count, random, onChoice } = options;
  const { size } = design;
  // what a label of the row adds to H
  const added = curvatures.map((q, i) => q * (information[i] as number));
  const hessian = secondMoments(
    design,
    added.map((q, i) => (labelled[i] ? q : 0)),
  );
  for (let j = 0; j < size; j++) hessian[j * size + j] = (hessian[j * size + j] as number) + (penalties[j] as number);
  const covariance = invert(hessian, size);
  const target = secondMoments(
    design,
    curvatures.map((q, i) => q * (weights[i] as number)),
  );
  const inner = product(product(covariance, target, size), covariance, size);
  let before = 0;
  for (let k = 0; k < size * size; k++) before += 0.5 * (target[k] as number) * (covariance[k] as number);
  const variances = Float64Array.from(candidates, (i) => quadraticForm(design, i, covariance));
  const gains = Float64Array.from(candidates, (i) => quadraticForm(design, i, inner));
  const left = new Uint8Array(candidates.length).fill(1);
  const scores = new Float64Array(candidates.length);
  const rows = new Uint32Array(count);
  const atRandom: boolean[] = [];
  const reductions = new Float64Array(count);
  for (let done = 0; done < count; done++) {
    for (let c = 0; c < candidates.length; c++) {
      const q = added[candidates[c] as number] as number;
      const reduction = (0.5 * q * (gains[c] as number)) / (1 + q * (variances[c] as number));
      scores[c] = left[c] ? Math.max(0, reduction) : -1;
    }
    const draws = random !== undefined && done % DRAWN_EVERY === DRAWN_EVERY - 1;
    const best = draws ? drawn(left, below(random, candidates.length - done)) : largest(scores);
    atRandom.push(draws);
    const row = candidates[best] as number;
    left[best] = 0;
    rows[done] = row;
    reductions[done] = scores[best] as number;
    const q = added[row] as number;
    const s = columnOf(design, row, covariance);
    const t = columnOf(design, row, inner);
    const k = q / (1 + q * (variances[best] as number));
    const squared = k * k * (gains[best] as number);
    for (let c = 0; c < candidates.length; c++) {
      if (!left[c]) continue;
      const i = candidates[c] as number;
      const [bySignal, byGain] = [dotRow(design, i, s), dotRow(design, i, t)];
      variances[c] = (variances[c] as number) - k * bySignal * bySignal;
      gains[c] = (gains[c] as number) - 2 * k * bySignal * byGain + squared * bySignal * bySignal;
    }
    for (let i = 0; i < size; i++) {
      const [si, ti] = [s[i] as number, t[i] as number];
      for (let j = 0; j < size; j++) {
        const [sj, tj] = [s[j] as number, t[j] as number];
        covariance[i * size + j] = (covariance[i * size + j] as number) - k * si * sj;
        inner[i * size + j] = (inner[i * size + j] as number) - k * (si * tj + ti * sj) + squared * si * sj;
      }
    }
    await onChoice?.(done + 1);
  }
  return { rows, atRandom, reductions, before };
}

/** A x of a row. */
function columnOf({ size, starts, indices, values }: DesignRows, row: number, matrix: Float64Array): Float64Array {
  const out = new Float64Array(size);
  for (let k = starts[row] as number; k < (starts[row + 1] as number); k++) {
    const line = (indices[k] as number) * size;
    const value = values[k] as number;
    for (let j = 0; j < size; j++) out[j] = (out[j] as number) + value * (matrix[line + j] as number);
  }
  return out;
}

/** The index of the largest value; the first of equal ones. */
function largest(values: Float64Array): number {
  let best = 0;
  for (let c = 1; c < values.length; c++) if ((values[c] as number) > (values[best] as number)) best = c;
  return best;
}

/** The index of the remaining row number k. */
function drawn(left: Uint8Array, k: number): number {
  let index = left.indexOf(1);
  for (let passed = 0; passed < k; passed++) index = left.indexOf(1, index + 1);
  return index;
}
