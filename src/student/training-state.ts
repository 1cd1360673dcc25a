// The state of a student in training as a part of a checkpoint: the epoch (float64), then what its learner goes on from.
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Trainer } from './trainer.ts';

/** Where a fit keeps its state, and under which name. */
export interface Resume {
  /** Where states are kept. */
  readonly checkpoint: Checkpoint;
  /** The name of this fit among the parts of a run. */
  readonly part: string;
}

const PAUSE = 1000;

/** Restores the learner; the epoch it had reached, 0 where nothing was kept. */
export async function restore(trainer: Trainer, { checkpoint, part }: Resume): Promise<number> {
  const stored = await checkpoint.get(part);
  if (!stored) return 0;
  trainer.restore(stored.subarray(8));
  return new DataView(stored.buffer, stored.byteOffset).getFloat64(0, true);
}

/** Keeps the learner's state after an epoch, unless it has just been kept. */
export function openKeeper(trainer: Trainer, { checkpoint, part }: Resume): (epoch: number) => Promise<void> {
  const { pause = PAUSE } = checkpoint;
  let last = performance.now();
  return async (epoch) => {
    if (performance.now() - last < pause) return;
    await checkpoint.put(part, concat([littleEndian(Float64Array.of(epoch)), trainer.state()]));
    last = performance.now();
  };
}
