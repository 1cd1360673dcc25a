// The steps of a comparison and their expected times, for its progress.
import { labelFacts, trainingFacts } from '../distill-facts.ts';
import { debiasSeconds, expected, studentSeconds, teacherSteps } from '../distill-plan.ts';
import type { Step } from '../io/step.ts';
import type { CompareOptions } from './compare-options.ts';
import type { Method } from './method.ts';
import { DEBIASED_METHODS, methodSpec } from './methods.ts';
import { featureLayer } from './prepare.ts';

/** How long a student is trained, in the fewest epochs, where the validation rows end training. */
const LENGTH = 5;

/** @param seeds their number */
export function compareSteps(methods: readonly Method[], options: CompareOptions, seeds: number): Step[] {
  const { teacher, data, layer, tune, student, epochs, batchSize, optimizer, dropout } = options;
  const training = { student, train: data.train, seed: 1, epochs, batchSize, optimizer, dropout };
  const [ofStudent = 0] = expected(() => [studentSeconds(trainingFacts(training), LENGTH)]);
  const labels = labelFacts({ ...data, teacher, debias: options.debias });
  const students = methods.reduce((sum, method) => sum + (tune ? methodSpec(method).settings.length : 1), 0);
  const debiases = methods.some((method) => DEBIASED_METHODS.includes(method));
  const [hasFeatures = false] = expected(() => [featureLayer(teacher, methods, layer) !== undefined]);
  return [
    ...teacherSteps(labels, hasFeatures),
    {
      stage: 'compare',
      name: 'training and measuring the students of all methods',
      seconds: seeds * (students * ofStudent + (debiases ? debiasSeconds(labels) : 0)),
    },
  ];
}
