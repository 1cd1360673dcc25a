// debkd demo --data text: simulated support tickets, few of them labelled, and a teacher that takes polite ones for less urgent.
import { exampleTable } from '../examples/simulated.ts';
import { ticketRows } from '../examples/tickets.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { distilSimulated, modelPath } from './demo-simulated.ts';
import { type Story, tellStory } from './demo-story.ts';
import { print } from './messages.ts';

/** Tickets; the training and validation rows whose urgency is known. */
const ROWS = 12_000;
const KNOWN = { train: 200, validation: 100 };
/** Three tickets of ten are treated as urgent, by any model. */
const THRESHOLD = 'rate=0.3';

const STORY: Story = {
  question: (percent) =>
    `Of the polite tickets that are urgent, the de-biased student misses ${percent['de-biased']}. The teacher misses ${percent.teacher}, plain distillation ${percent['plain KD']}, a student of the few labels ${percent['hard labels']}.`,
  rows: (train, labelled) =>
    `Simulated support tickets, all invented: ${train} training rows; the urgency of only ${labelled} training and validation rows is known. The teacher\nlearned from history that takes polite tickets for less urgent than they are, and it is over-confident (models/README.md). Class 1 is "urgent".`,
  missed:
    'of the polite tickets that are urgent, the share that is not called urgent. Each model calls 30 % of the tickets urgent',
};

/** Distils, writes to `out` and tells the story. @param seed of the rows (the history of the teacher has another) and of training */
export async function demoText(out: string, seed: number): Promise<void> {
  const folder = modelPath('tickets');
  using teacher = await loadTeacher(folder);
  const measured = await distilSimulated(
    {
      table: await exampleTable(ticketRows(ROWS, seed), KNOWN),
      target: 'urgent',
      teacher,
      preprocessing: undefined,
      group: { column: 'polite', value: 'yes' },
      text: ['text'],
      student: parseArchitecture('logistic'),
      seed,
      threshold: THRESHOLD,
    },
    { out, command: `debkd demo --data text --seed ${seed}` },
  );
  const distill = `debkd distill --teacher ${folder} --data ${out}/rows.csv --target urgent --groups polite --threshold-by ${THRESHOLD} --seed ${seed} --baselines --out again`;
  await print(tellStory(STORY, measured, { out, distill, groups: 'polite', target: 'urgent' }));
}
