// Statistics of paired runs: two methods with the same seeds.

/** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. */
const T_975 = [
  12.706204736, 4.30265273, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252, 2.306004135, 2.262157163,
  2.228138852, 2.20098516, 2.17881283, 2.160368656, 2.144786688, 2.131449546, 2.119905299, 2.109815578, 2.10092204,
  2.093024054, 2.085963447, 2.079613845, 2.073873068, 2.06865761, 2.063898562, 2.059538553, 2.055529439, 2.051830516,
  2.048407142, 2.045229642, 2.042272456,
];
const Z_975 = 1.959963985;

/** The 97.5 % quantile of Student's t: from a table up to 30 degrees of freedom, then by Cornish-Fisher expansion (error 1e-6). */
export function tQuantile(degrees: number): number {
  const tabled = T_975[degrees - 1];
  if (tabled !== undefined) return tabled;
  const [z, n] = [Z_975, degrees];
  const z3 = z * z * z;
  const z5 = z3 * z * z;
  const z7 = z5 * z * z;
  const z9 = z7 * z * z;
  return (
    z +
    (z3 + z) / (4 * n) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * n * n * n * n)
  );
}

/** The mean with its 95 % t interval; `low` and `high` are NaN with fewer than two values. */
export function meanInterval(values: ArrayLike<number>): { value: number; low: number; high: number } {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[i] as number;
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - mean) * ((values[i] as number) - mean);
  if (n < 2) return { value: mean, low: NaN, high: NaN };
  const half = tQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { value: mean, low: mean - half, high: mean + half };
}

/** With fewer pairs, no two-sided p-value can be below .05. */
export const FEWEST_PAIRS = 6;

/**
 * The exact two-sided p-value of the signed-rank test (Wilcoxon 1945), with average ranks for ties. Zero differences are dropped;
 * undefined with fewer than six others.
 */
export function wilcoxon(differences: ArrayLike<number>): number | undefined {
  const values = Array.from(differences).filter((d) => d !== 0);
  const n = values.length;
  if (n < FEWEST_PAIRS) return undefined;
  const order = values.map((_, i) => i).sort((a, b) => Math.abs(values[a] as number) - Math.abs(values[b] as number));
  // twice the ranks: integers also with ties
  const ranks = new Array<number>(n).fill(0);
  for (let from = 0; from < n; ) {
    let to = from + 1;
    const here = Math.abs(values[order[from] as number] as number);
    while (to < n && Math.abs(values[order[to] as number] as number) === here) to++;
    for (let k = from; k < to; k++) ranks[order[k] as number] = from + to + 1;
    from = to;
  }
  const total = ranks.reduce((a, b) => a + b, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + ((values[i] as number) > 0 ? rank : 0), 0);
  // the distribution of the sum of positive ranks over the 2^n sign assignments
  let shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (const rank of ranks) {
    const next = new Float64Array(total + 1);
    for (let s = 0; s <= total; s++) {
      const share = 0.5 * (shares[s] as number);
      if (share === 0) continue;
      next[s] = (next[s] as number) + share;
      next[s + rank] = (next[s + rank] as number) + share;
    }
    shares = next;
  }
  const extreme = Math.min(positive, total - positive);
  let tail = 0;
  for (let s = 0; s <= extreme; s++) tail += shares[s] as number;
  return Math.min(1, 2 * tail);
}
