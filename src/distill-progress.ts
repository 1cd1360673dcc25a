// The progress of a whole distillation; loaded where the call asks for progress.
import type { DistillOptions } from './distill-options.ts';
import { distillSteps } from './distill-plan.ts';
import { type Overall, openOverall } from './io/overall.ts';
import type { ProgressOptions } from './io/progress.ts';

/** The progress of a distillation. */
export interface DistillProgress extends Pick<Overall, 'end' | 'finish'> {
  readonly onProgress: NonNullable<ProgressOptions['onProgress']>;
  /** Says whether the hidden layer was read: it may be too large. */
  readonly asked: (withFeatures: boolean) => void;
}

export function openDistillProgress(
  options: DistillOptions,
  onProgress: NonNullable<ProgressOptions['onProgress']>,
): DistillProgress {
  const overall = openOverall(distillSteps(options), onProgress);
  return {
    ...overall,
    asked(withFeatures) {
      for (const stage of ['soft labels', 'features']) overall.end(stage);
      if (!withFeatures) overall.plan(distillSteps(options, false).filter(({ stage }) => stage !== 'soft labels'));
    },
  };
}
