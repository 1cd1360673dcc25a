// debkd demo --data lending: simulated applications for loans, few of them checked, and a teacher that is unfair to the self-employed.

import { parsePreprocessing } from '../data/preprocessing.ts';
import { lendingRows } from '../examples/lending.ts';
import { exampleTable } from '../examples/simulated.ts';
import { jsonOf } from '../io/source.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { distilSimulated, modelPath } from './demo-simulated.ts';
import { type Story, tellStory } from './demo-story.ts';
import { print } from './messages.ts';

/** Applications; the training and validation rows whose outcome is known. */
const ROWS = 20_000;
const KNOWN = { train: 270, validation: 130 };
/** The bank grants seven loans of ten, by any model. */
const THRESHOLD = 'rate=0.7';

const STORY: Story = {
  question: (percent) =>
    `Of the self-employed who would repay, the de-biased student refuses ${percent['de-biased']}. The teacher refuses ${percent.teacher}, plain distillation ${percent['plain KD']}, a student of the few labels ${percent['hard labels']}.`,
  rows: (train, labelled) =>
    `Simulated loans, all invented: ${train} training rows; the outcome of only ${labelled} training and validation rows is known. The teacher learned from\nhistory of a crisis that is unfair to the self-employed, and it is over-confident (models/README.md). Class 1 is "repaid".`,
  missed: 'of the self-employed who would repay, the share that is refused. Each model grants 70 % of the loans',
};

/** Distils, writes to `out` and tells the story. @param seed of the rows (the history of the teacher has another) and of training */
export async function demoLending(out: string, seed: number): Promise<void> {
  const [model, encoding] = ['teacher.onnx', 'preprocessing.json'].map((name) => modelPath(`lending/${name}`)) as [
    string,
    string,
  ];
  const preprocessing = parsePreprocessing(await jsonOf(encoding), 'lending');
  using teacher = await loadTeacher(model, { preprocessing });
  const measured = await distilSimulated(
    {
      table: await exampleTable(lendingRows(ROWS, seed), KNOWN),
      target: 'repaid',
      teacher,
      teacherName: 'lending/teacher.onnx',
      preprocessing,
      group: { column: 'employment', value: 'self-employed' },
      student: parseArchitecture('32,16'),
      seed,
      threshold: THRESHOLD,
    },
    { out, command: `debkd demo --data lending --seed ${seed}` },
  );
  const distill = `debkd distill --teacher ${model} --preprocessing ${encoding} --data ${out}/rows.csv --target repaid --groups employment --threshold-by ${THRESHOLD} --seed ${seed} --baselines --out again`;
  await print(tellStory(STORY, measured, { out, distill, groups: 'employment', target: 'repaid' }));
}
