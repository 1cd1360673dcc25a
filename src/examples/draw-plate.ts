// Draws the picture of a metal plate with whole numbers only, so that its bytes are the same on every host.
import { below } from '../kernels/random.ts';

/** What a picture shows. */
export interface PlateKind {
  /** Rows and columns in pixels. */
  readonly side: number;
  readonly isCracked: boolean;
  readonly isNight: boolean;
}

/** Sixteen directions, each as 16 times its cosine and sine, rounded. */
const DIRECTIONS = [
  [16, 0],
  [15, 6],
  [11, 11],
  [6, 15],
  [0, 16],
  [-6, 15],
  [-11, 11],
  [-15, 6],
  [-16, 0],
  [-15, -6],
  [-11, -11],
  [-6, -15],
  [0, -16],
  [6, -15],
  [11, -11],
  [15, -6],
] as const;

/** The grey values of a plate, row by row: a brushed surface with stains and scratches, and perhaps a crack. */
export function drawPlate(source: Iterator<number>, { side, isCracked, isNight }: PlateKind): Uint8Array {
  const light = surface(source, side);
  for (let k = below(source, 4); k > 0; k--) stain(light, source, side);
  for (let k = below(source, 3); k > 0; k--) band(light, source, side);
  // scratches are thin as cracks are, but bright and straight
  for (let k = below(source, 3); k > 0; k--) line(light, source, { side, level: between(source, 20, 60), segments: 1 });
  if (isCracked) line(light, source, { side, level: -between(source, 40, 110), segments: between(source, 3, 5) });
  return expose(light, source, isNight);
}

/** A whole number from `low` to `high`. */
function between(source: Iterator<number>, low: number, high: number): number {
  return low + below(source, high - low + 1);
}

/** A brushed surface: uneven light, and rows that are a little lighter or darker. */
function surface(source: Iterator<number>, side: number): Int32Array {
  const base = between(source, 130, 190);
  const [right, down] = [between(source, -40, 40), between(source, -40, 40)];
  const rows = Array.from({ length: side }, () => between(source, -7, 7));
  return Int32Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return base + Math.floor((right * (2 * x - side) + down * (2 * y - side)) / (2 * side)) + (rows[y] as number);
  });
}

/** A round dark stain, darkest in its middle. */
function stain(light: Int32Array, source: Iterator<number>, side: number): void {
  const [x0, y0, radius] = [below(source, side), below(source, side), between(source, 2, 6)];
  const level = between(source, 15, 60);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const rest = radius * radius - (x - x0) * (x - x0) - (y - y0) * (y - y0);
      if (rest > 0) add(light, y * side + x, -Math.floor((level * rest) / (radius * radius)));
    }
}

/** A broad dark scratch from edge to edge. */
function band(light: Int32Array, source: Iterator<number>, side: number): void {
  const [dx, dy] = DIRECTIONS[below(source, 16)] as (typeof DIRECTIONS)[number];
  const [x0, y0, half] = [below(source, side), below(source, side), 16 * between(source, 2, 3)];
  const level = between(source, 10, 40);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const away = Math.abs((x - x0) * dy - (y - y0) * dx);
      if (away < half) add(light, y * side + x, -Math.floor((level * (half - away)) / half));
    }
}

/** A thin line of straight segments, which stays inside the picture. */
function line(
  light: Int32Array,
  source: Iterator<number>,
  { side, level, segments }: { readonly side: number; readonly level: number; readonly segments: number },
): void {
  // places are in 256ths of a pixel
  let [x, y] = [between(source, 4, side - 5) << 8, between(source, 4, side - 5) << 8];
  let direction = below(source, 16);
  // how much of each pixel the line covers, in 256ths
  const covered = new Int32Array(side * side);
  for (let k = 0; k < segments; k++) {
    const [dx, dy] = DIRECTIONS[direction & 15] as (typeof DIRECTIONS)[number];
    const steps = segments === 1 ? between(source, 16, 40) : between(source, 6, 13);
    for (let step = 0; step < steps; step++) {
      cover(covered, side, x, y);
      x += 8 * dx;
      y += 8 * dy;
    }
    direction += (below(source, 2) === 0 ? 1 : -1) * between(source, 1, 2);
  }
  for (let i = 0; i < covered.length; i++) add(light, i, (level * (covered[i] as number)) >> 8);
}

/** Covers the four pixels around a place, by how near they are. */
function cover(covered: Int32Array, side: number, x: number, y: number): void {
  for (const [dx, dy] of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ] as const) {
    const [column, row] = [(x >> 8) + dx, (y >> 8) + dy];
    if (column < 0 || row < 0 || column >= side || row >= side) continue;
    const near = (256 - Math.abs(x - (column << 8))) * (256 - Math.abs(y - (row << 8)));
    const i = row * side + column;
    covered[i] = Math.max(covered[i] as number, near >> 8);
  }
}

/** What the camera sees: at night half the light, and nearly as much noise as by day. */
function expose(light: Int32Array, source: Iterator<number>, isNight: boolean): Uint8Array {
  const gain = isNight ? between(source, 110, 150) : between(source, 220, 280);
  const noise = isNight ? between(source, 4, 7) : between(source, 5, 9);
  let state = source.next().value as number;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  return Uint8Array.from(light, (level) => {
    const grain = ((random() + random() - 65535) * noise) >> 15;
    return Math.max(0, Math.min(255, ((level * gain) >> 8) + grain));
  });
}

function add(light: Int32Array, i: number, level: number): void {
  light[i] = (light[i] as number) + level;
}
