// debkd demo --data images: simulated pictures of metal plates, few of them inspected, and a teacher that misses cracks at night.
import { plateRows } from '../examples/plates.ts';
import { exampleTable } from '../examples/simulated.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { distilSimulated, modelPath } from './demo-simulated.ts';
import { type Story, tellStory } from './demo-story.ts';
import { print } from './messages.ts';

/** Pictures; the training and validation rows that were inspected again, by good light. */
const ROWS = 6000;
const KNOWN = { train: 270, validation: 130 };
/** As many plates as have a crack are set aside, by any model. */
const THRESHOLD = 'rate=0.35';
/** One label mix: to try all six would train six students. */
const MIX = 0.3;

const STORY: Story = {
  question: (percent) =>
    `Of the cracked plates of the night shift, the de-biased student misses ${percent['de-biased']}. The teacher misses ${percent.teacher}, plain distillation ${percent['plain KD']}, a student of the few labels ${percent['hard labels']}.`,
  rows: (train, labelled) =>
    `Simulated pictures of metal plates: ${train} training rows; of only ${labelled} training and validation rows it is known whether the plate is cracked.\nThe teacher learned from inspectors who overlooked most cracks at night (models/README.md). Class 1 is "cracked".`,
  missed:
    'of the cracked plates of the night shift, the share that is not called cracked. Each model calls 35 % of the plates cracked',
  distance:
    'the mean difference between the probability and the truth, which is 1 for a cracked plate and 0 for another',
};

/** Distils, writes to `out` and tells the story. @param seed of the rows (the history of the teacher has another) and of training */
export async function demoImages(out: string, seed: number): Promise<void> {
  const folder = modelPath('plates');
  using teacher = await loadTeacher(folder);
  const measured = await distilSimulated(
    {
      table: await exampleTable(await plateRows(ROWS, seed), KNOWN),
      target: 'cracked',
      teacher,
      teacherName: 'plates',
      preprocessing: undefined,
      group: { column: 'shift', value: 'night' },
      student: parseArchitecture('conv:8,16,32'),
      infusion: { form: 'mix', strength: MIX },
      seed,
      threshold: THRESHOLD,
    },
    { out, command: `debkd demo --data images --seed ${seed}` },
  );
  const distill = `debkd distill --teacher ${folder} --data ${out}/rows.zip --target cracked --groups shift --threshold-by ${THRESHOLD} --infuse mix:${MIX} --seed ${seed} --baselines --out again`;
  await print(tellStory(STORY, measured, { out, distill, groups: 'shift', target: 'cracked', test: 'test.zip' }));
}
