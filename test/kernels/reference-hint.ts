// assembly/hint.ts in TypeScript, with the same bits.
const round = Math.fround;

/** A batch's hint loss, times its rows, and its derivatives by the hidden units and the regressor. */
export interface HintGradient {
  readonly loss: number;
  /** By the last hidden layer: one array per row. */
  readonly deltas: readonly Float32Array[];
  /** By the regressor: weights [inputs x outputs], then biases; empty for relations. */
  readonly g: Float32Array;
}

/**
 * FitNets' hint (Romero et al. 2015): for each row, weight times the mean over j of (h R + b - t)_j^2.
 * @param regressor weights [inputs x outputs] row-major, then biases
 * @param weights of the rows; default all 1
 */
export function regressionHint(
  hidden: readonly Float32Array[],
  features: readonly Float32Array[],
  regressor: Float32Array,
  weight: number,
  weights: ArrayLike<number> = hidden.map(() => 1),
): HintGradient {
  const inputs = (hidden[0] as Float32Array).length;
  const outputs = (features[0] as Float32Array).length;
  const share = weight / outputs;
  const g = new Float32Array(regressor.length);
  const squares: [number, number] = [0, 0];
  const deltas = hidden.map((h, i) => {
    const rowWeight = weights[i] as number;
    const slope = round(rowWeight * ((2 * share) / hidden.length));
    const r = new Float32Array(outputs);
    const delta = new Float32Array(inputs);
    h.forEach((v, k) => {
      for (let j = 0; j < outputs; j++)
        r[j] = round((r[j] as number) + round(v * (regressor[k * outputs + j] as number)));
    });
    for (let j = 0; j < outputs; j++) {
      const predicted = round((r[j] as number) + (regressor[inputs * outputs + j] as number));
      const d = round(predicted - (features[i]?.[j] as number));
      squares[j & 1] = (squares[j & 1] as number) + rowWeight * (d * d);
      r[j] = round(d * slope);
    }
    h.forEach((v, k) => {
      let sum = 0;
      for (let j = 0; j < outputs; j++) {
        const at = k * outputs + j;
        g[at] = round((g[at] as number) + round(v * (r[j] as number)));
        sum = round(sum + round((r[j] as number) * (regressor[at] as number)));
      }
      delta[k] = sum;
    });
    for (let j = 0; j < outputs; j++) {
      const at = inputs * outputs + j;
      g[at] = round((g[at] as number) + (r[j] as number));
    }
    return delta;
  });
  return { loss: share * (squares[0] + squares[1]), deltas, g };
}

const LEAST = 1e-12;

/**
 * Distance-wise relational distillation (Park et al. 2019): weight times the mean over pairs of the Huber loss of the difference between
 * the scaled distances.
 * @param weights of the rows; a pair's weight is their product; default all 1
 */
export function relationHint(
  hidden: readonly Float32Array[],
  features: readonly Float32Array[],
  weight: number,
  weights: ArrayLike<number> = hidden.map(() => 1),
): HintGradient {
  const m = hidden.length;
  const own = distances(hidden, weights);
  const other = distances(features, weights);
  const share = (2 * weight) / (m * m);
  const inverse = 1 / own.mean;
  const inverseOther = 1 / other.mean;
  const huber = (at: number): { e: number; slope: number } => {
    const e = (own.values[at] as number) * inverse - (other.values[at] as number) * inverseOther;
    return { e, slope: Math.min(Math.max(e, -1), 1) };
  };
  let through = 0;
  let loss = 0;
  own.values.forEach((distance, at) => {
    const { e, slope } = huber(at);
    const pair = own.weights[at] as number;
    loss += pair * (slope * (e - 0.5 * slope));
    through += pair * (slope * (distance * inverse));
  });
  through /= own.total;
  const deltas = hidden.map((h) => new Float32Array(h.length));
  let at = 0;
  for (let i = 0; i < m; i++) {
    for (let j = i + 1; j < m; j++, at++) {
      const distance = own.values[at] as number;
      if (distance * distance <= LEAST) continue;
      const s = round((share * ((own.weights[at] as number) * (huber(at).slope - through)) * inverse) / distance);
      const [x, y, to, from] = [hidden[i], hidden[j], deltas[i], deltas[j]] as Float32Array[] as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      x.forEach((v, k) => {
        const step = round(s * round(v - (y[k] as number)));
        to[k] = round((to[k] as number) + step);
        from[k] = round((from[k] as number) - step);
      });
    }
  }
  return { loss: share * m * loss, deltas, g: new Float32Array(0) };
}

/** The distances of all pairs of rows i < j, in order, with their weights, and the mean. */
function distances(
  rows: readonly Float32Array[],
  of: ArrayLike<number>,
): { values: number[]; weights: number[]; total: number; mean: number } {
  const values: number[] = [];
  const weights: number[] = [];
  let sum = 0;
  let total = 0;
  rows.forEach((x, i) => {
    for (const [k, y] of rows.slice(i + 1).entries()) {
      const pair = (of[i] as number) * (of[i + 1 + k] as number);
      // two partial sums, like the kernel's two lanes
      const squares: [number, number] = [0, 0];
      x.forEach((v, k) => {
        const d = round(v - (y[k] as number));
        squares[k & 1] = (squares[k & 1] as number) + d * d;
      });
      const square = squares[0] + squares[1];
      const distance = Math.sqrt(Math.max(square, LEAST));
      values.push(distance);
      weights.push(pair);
      sum += pair * distance;
      total += pair;
    }
  });
  return { values, weights, total, mean: total > 0 ? sum / total : 1 };
}
