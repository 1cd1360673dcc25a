// Saves a student in training as a part of a checkpoint: the epoch (float64), then the trainer's state.
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Trainer } from './trainer.ts';

/** The checkpoint that a fit saves its state in. */
export interface Resume {
  /** The checkpoint. */
  readonly checkpoint: Checkpoint;
  /** Name of this fit's part. */
  readonly part: string;
}

/** Default pause between saved states, in ms. */
const PAUSE = 1000;

/** Restores the trainer and returns its last finished epoch; 0 where no state was saved. */
export async function restore(trainer: Trainer, { checkpoint, part }: Resume): Promise<number> {
  const stored = await checkpoint.get(part);
  if (!stored) return 0;
  trainer.restore(stored.subarray(8));
  return new DataView(stored.buffer, stored.byteOffset).getFloat64(0, true);
}

/** Returns a function that saves the trainer's state after an epoch, unless the last save was less than the pause ago. */
export function openKeeper(trainer: Trainer, { checkpoint, part }: Resume): (epoch: number) => Promise<void> {
  const { pause = PAUSE } = checkpoint;
  let last = performance.now();
  return async (epoch) => {
    if (performance.now() - last < pause) return;
    await checkpoint.put(part, concat([littleEndian(Float64Array.of(epoch)), trainer.state()]));
    last = performance.now();
  };
}
