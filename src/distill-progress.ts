// The progress of a whole distillation; loaded where the call asks for progress.
import type { DistillFacts } from './distill-facts.ts';
import { distillSteps } from './distill-plan.ts';
import { type Overall, openOverall } from './io/overall.ts';
import type { Progress } from './io/progress.ts';

/** The progress of a distillation. */
export interface DistillProgress extends Omit<Overall, 'plan'> {
  /** Says that the teacher has answered, and whether the hidden layer was read: it may be too large. */
  readonly answered: (withFeatures: boolean) => void;
}

export function openDistillProgress(facts: DistillFacts, onProgress: (progress: Progress) => void): DistillProgress {
  const overall = openOverall(distillSteps(facts), onProgress);
  return {
    ...overall,
    answered(withFeatures) {
      overall.end('soft labels');
      if (withFeatures || !facts.withFeatures) return;
      const steps = distillSteps({ ...facts, withFeatures, withHint: false });
      overall.plan(steps.filter(({ stage }) => stage !== 'soft labels'));
    },
  };
}
