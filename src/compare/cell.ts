// One cell of a comparison: a method under a seed. Every setting is trained, the one with the lowest selection loss on the
// validation rows is measured on the test rows, once.
import type { Dataset } from '../data/dataset.ts';
import type { Watch } from '../io/progress.ts';
import { resampleMetrics } from '../metrics/resample.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import type { Architecture } from '../student/architecture.ts';
import { type FitOptions, fit } from '../student/fit.ts';
import type { Student } from '../student/student.ts';
import type { Material } from './material.ts';
import { type Method, methodSpec, type Setting } from './methods.ts';

/** How the students of a method are trained. */
export interface TuneOptions
  extends Watch,
    Pick<FitOptions, 'epochs' | 'batchSize' | 'optimizer' | 'dropout' | 'earlyStopping'> {
  readonly student: Architecture;
  readonly seed: number;
  /** Try every setting; default: the first alone. */
  readonly tune?: boolean | undefined;
}

export interface CellOptions extends TuneOptions {
  /** Resamples of the test rows; 0: none. */
  readonly replicates: number;
}

export interface Candidate {
  readonly setting: Setting;
  /** Cross-entropy on the validation rows against what the method is chosen by. */
  readonly selectionLoss: number;
}

export interface CellResult {
  readonly candidates: readonly Candidate[];
  /** The place of the chosen one among them. */
  readonly chosen: number;
  readonly threshold: number;
  /** The metrics in METRICS' order. */
  readonly values: Float64Array;
  /** The same on resampled test rows, float64 [replicates x metrics]; equal rows are drawn for every cell. */
  readonly resampled: Float64Array;
}

/** Trains the candidates of a method and keeps the best, its threshold chosen on the validation labels. */
export async function tuneMethod(
  method: Method,
  material: Material,
  options: TuneOptions,
): Promise<{ student: Student; candidates: Candidate[]; chosen: number }> {
  const { student: architecture, seed, tune, signal } = options;
  const spec = methodSpec(method);
  const candidates: Candidate[] = [];
  let best: Student | undefined;
  let chosen = 0;
  for (const setting of tune ? spec.settings : spec.settings.slice(0, 1)) {
    const { targets, loss, selection, features, optimizer } = await spec.plan(setting, material);
    const student = await fit(architecture, material.train.data, targets, loss, {
      ...{ seed, epochs: options.epochs, batchSize: options.batchSize, dropout: options.dropout, signal },
      ...{ earlyStopping: options.earlyStopping, features, validation: selection },
      optimizer: { ...options.optimizer, ...optimizer },
    });
    const selectionLoss = student.training?.selectionLoss as number;
    candidates.push({ setting, selectionLoss });
    if (best && selectionLoss >= (candidates[chosen] as Candidate).selectionLoss) continue;
    best = student;
    chosen = candidates.length - 1;
  }
  const { data } = material.validation;
  const threshold = chooseThreshold((best as Student).predictProba(data), data.labels);
  return { student: (best as Student).with({ threshold }), candidates, chosen };
}

/** @param test rows that nothing was chosen by */
export async function runCell(
  method: Method,
  material: Material,
  test: Dataset,
  options: CellOptions,
): Promise<CellResult> {
  const { student, candidates, chosen } = await tuneMethod(method, material, options);
  const { threshold } = student;
  const measured = resampleMetrics(student.predictProba(test), test.labels, {
    threshold,
    replicates: options.replicates,
  });
  return { candidates, chosen, threshold, ...measured };
}
