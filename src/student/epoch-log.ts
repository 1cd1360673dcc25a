// The epochs of one student's training: their losses, the best one with its parameters, and the last clear improvement.
import type { Floats } from '../io/host-types.ts';
import { CLEAR_FALL } from './fit-options.ts';
import type { Training } from './student-data.ts';

/** Losses of an epoch; `validation` is NaN without validation rows. */
export type EpochLosses = Training['history'][number];

/** The epochs so far. */
export interface EpochLog {
  readonly history: readonly EpochLosses[];
  /** The epoch with the lowest selection loss, or the last one without validation rows; epoch 0 where no loss was finite. */
  best(): { readonly epoch: number; readonly loss: number; readonly parameters: Float32Array };
  /** The last epoch with a clear fall of the selection loss. */
  lastImprovement(): number;
  /** Adds an epoch. @param read returns the parameters, which are kept if the epoch is the best */
  add(losses: EpochLosses, read: () => Floats): void;
  /** The numbers of the log, for `restore`; the parameters of the best epoch are kept apart. */
  numbers(): number[];
  restore(numbers: readonly number[], parameters: Float32Array): void;
}

/** @param isMeasured whether there are validation rows */
export function openEpochLog(isMeasured: boolean): EpochLog {
  const history: EpochLosses[] = [];
  let best = { epoch: 0, loss: Infinity, parameters: new Float32Array(0) };
  let improvement = { epoch: 0, loss: Infinity };
  const note = (epoch: number, loss: number): void => {
    if (loss < improvement.loss - CLEAR_FALL || improvement.loss === Infinity) improvement = { epoch, loss };
  };
  return {
    history,
    best: () => best,
    lastImprovement: () => improvement.epoch,
    add(losses, read) {
      const epoch = history.push(losses);
      note(epoch, losses.validation);
      if (isMeasured && !(losses.validation < best.loss)) return;
      best = { epoch, loss: losses.validation, parameters: read() };
    },
    numbers: () => [best.epoch, best.loss, ...history.flatMap(({ train, validation }) => [train, validation])],
    restore([epoch = 0, loss = 0, ...past], parameters) {
      best = { epoch, loss, parameters: new Float32Array(parameters) };
      history.length = 0;
      improvement = { epoch: 0, loss: Infinity };
      for (let i = 0; i < past.length; i += 2) {
        const losses = { train: past[i] as number, validation: past[i + 1] as number };
        note(history.push(losses), losses.validation);
      }
    },
  };
}
