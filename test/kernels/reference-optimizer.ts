// assembly/optimizer.ts in TypeScript, with the same bits.
const round = Math.fround;

/** AdamW's moments, and beta1^t and beta2^t of the last step. */
export interface AdamState {
  readonly m: Float32Array;
  readonly v: Float32Array;
  power1: number;
  power2: number;
}

/** One AdamW step in place, with betas 0.9 and 0.999 and epsilon 1e-8. */
export function adamw(p: Float32Array, g: Float32Array, s: AdamState, rate: number, decay: number): void {
  s.power1 *= 0.9;
  s.power2 *= 0.999;
  const keep = round(1 - rate * decay);
  const step = round(rate / (1 - s.power1));
  const root = round(Math.sqrt(1 - s.power2));
  const [b1, c1, b2, c2, eps] = [0.9, 1 - 0.9, 0.999, 1 - 0.999, 1e-8].map(round) as [
    number,
    number,
    number,
    number,
    number,
  ];
  for (let i = 0; i < p.length; i++) {
    const x = g[i] as number;
    const first = round(round(b1 * (s.m[i] as number)) + round(c1 * x));
    const second = round(round(b2 * (s.v[i] as number)) + round(c2 * round(x * x)));
    s.m[i] = first;
    s.v[i] = second;
    const denominator = round(round(round(Math.sqrt(second)) / root) + eps);
    p[i] = round(round((p[i] as number) * keep) - round(step * round(first / denominator)));
  }
}

/** One step in place of SGD with momentum m; weight decay is added to the gradient. */
export function sgd(
  p: Float32Array,
  g: Float32Array,
  m: Float32Array,
  rate: number,
  momentum: number,
  decay: number,
): void {
  const [keep, shrink, step] = [momentum, decay, rate].map(round) as [number, number, number];
  for (let i = 0; i < p.length; i++) {
    const here = p[i] as number;
    const gradient = round((g[i] as number) + round(shrink * here));
    const moved = round(round(keep * (m[i] as number)) + gradient);
    m[i] = moved;
    p[i] = round(here - round(step * moved));
  }
}
