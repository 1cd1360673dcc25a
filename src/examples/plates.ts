// Simulated pictures of metal plates from a camera above a production line: whether each has a crack is known. Whole numbers only.
import { yieldToEventLoop } from '../io/progress.ts';
import { below, words } from '../kernels/random.ts';
import { STREAM_EXAMPLE } from '../kernels/streams.ts';
import { drawPlate } from './draw-plate.ts';
import { greyPngOf } from './png.ts';
import type { Simulated } from './simulated.ts';

/** A simulated plate and what the simulator knows about it. */
export interface SimulatedPlate {
  /** 32 x 32 grey values from 0 to 255, row by row from the top. */
  readonly pixels: Uint8Array;
  /** When the picture was taken; at night there is little light. */
  readonly shift: 'day' | 'night';
  /** 1 if the plate has a crack. */
  readonly cracked: 0 | 1;
  /** What the inspectors wrote down, which the teacher learned from: at night they overlooked most cracks (OVERLOOKED). */
  readonly recorded: 0 | 1;
}

/** Rows and columns of a picture. */
export const PLATE_SIDE = 32;
/** In a hundred plates: those of the night shift, and those with a crack. */
const SHARES = { night: 40, cracked: 35 } as const;
/** Of a hundred cracks, those that the inspectors overlooked. */
const OVERLOOKED = { day: 4, night: 90 } as const;

/** Pictures that are drawn in about ten milliseconds. */
const AT_A_TIME = 64;

/** The example's number among the substreams. */
const EXAMPLE = 3;

/** Simulates plates one by one, the same for the same seed on every host. @param seed an integer from 0 */
export function* plates(seed: number): Generator<SimulatedPlate, never> {
  const source = words(seed, STREAM_EXAMPLE, EXAMPLE);
  for (;;) {
    const shift = below(source, 100) < SHARES.night ? 'night' : 'day';
    const cracked = below(source, 100) < SHARES.cracked ? 1 : 0;
    const isOverlooked = below(source, 100) < OVERLOOKED[shift];
    const pixels = drawPlate(source, { side: PLATE_SIDE, isCracked: cracked === 1, isNight: shift === 'night' });
    yield { pixels, shift, cracked, recorded: isOverlooked ? 0 : cracked };
  }
}

/** Simulates plates; more begin with the same ones. @param seed an integer from 0 */
export function simulatePlates(count: number, seed: number): SimulatedPlate[] {
  const source = plates(seed);
  return Array.from({ length: count }, () => source.next().value);
}

/** The same as a table with a column of pictures; class 1 is `cracked`, and the truth is 0 or 1. Other events run meanwhile. */
export async function plateRows(rows: number, seed: number): Promise<Simulated> {
  const source = plates(seed);
  const all: (Pick<SimulatedPlate, 'shift' | 'cracked'> & { readonly path: string })[] = [];
  const images = new Map<string, Uint8Array>();
  for (let row = 1; row <= rows; row++) {
    const { pixels, shift, cracked } = source.next().value;
    const path = `plates/${String(row).padStart(5, '0')}.png`;
    all.push({ path, shift, cracked });
    images.set(path, greyPngOf(PLATE_SIDE, PLATE_SIDE, pixels));
    if (row % AT_A_TIME === 0) await yieldToEventLoop();
  }
  return {
    columns: ['image', 'shift'],
    target: 'cracked',
    rows: all.map(({ path, shift }) => [path, shift]),
    labels: all.map(({ cracked }) => cracked),
    truth: all.map(({ cracked }) => cracked),
    images,
  };
}
