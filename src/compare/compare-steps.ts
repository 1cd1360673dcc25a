// The steps of a comparison and their expected times, for its progress.
import { answerSeconds, askedTeachers, debiasSeconds, expected, studentSeconds } from '../distill-plan.ts';
import type { Step } from '../io/overall.ts';
import type { CompareOptions } from './compare-options.ts';
import type { Method } from './method.ts';
import { DEBIASED_METHODS, methodSpec } from './methods.ts';
import { featureLayer } from './prepare.ts';

/** How long a student is trained, in the fewest epochs, where the validation rows end training. */
const LENGTH = 5;

/** @param seeds their number */
export function compareSteps(methods: readonly Method[], options: CompareOptions, seeds: number): Step[] {
  const { teacher, data, layer, tune, student, epochs, batchSize, optimizer, dropout } = options;
  const { train, validation } = data;
  const rows = train.rows + validation.rows;
  const asked = askedTeachers(teacher);
  const answers = { kind: 'teacher', seconds: answerSeconds(rows, train.features.width) };
  const training = { student, train, seed: 1, epochs, batchSize, optimizer, dropout };
  const [ofStudent = 0] = expected(() => [studentSeconds(training, LENGTH)]);
  const [ofMaps = 0] = expected(() => [debiasSeconds({ ...data, debias: options.debias })]);
  const students = methods.reduce((sum, method) => sum + (tune ? methodSpec(method).settings.length : 1), 0);
  const debiases = methods.some((method) => DEBIASED_METHODS.includes(method));
  const [hasFeatures = false] = expected(() => [featureLayer(teacher, methods, layer) !== undefined]);
  return [
    ...(hasFeatures
      ? [{ ...answers, stage: 'features', name: 'asking the teacher for its hidden layer', units: rows }]
      : []),
    ...(asked > 0
      ? [
          {
            ...{ ...answers, stage: 'soft labels', name: 'asking the teacher (soft labels)' },
            ...{ units: rows * asked, seconds: answers.seconds * asked },
          },
        ]
      : []),
    {
      stage: 'compare',
      name: 'training and measuring the students of all methods',
      seconds: seeds * (students * ofStudent + (debiases ? ofMaps : 0)),
    },
  ];
}
