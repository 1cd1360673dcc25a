// The check of the teacher on the rows, before a run.
import { expect, test } from 'vitest';
import { checkInputs } from '../../src/app/work/check.ts';
import type { Inputs } from '../../src/app/work/inputs.ts';
import { readTable } from '../../src/data/read-table.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { modelPath } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';

test('the label cannot be a feature of the teacher', async () => {
  const { preprocessing } = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
  const table = await readTable(modelPath('wdbc/data.csv'), { target: 'label' });
  const choice = { target: 'mean_radius', positive: '1', drop: [] };
  const inputs: Inputs = { teacher, teacherSettings: {}, preprocessing, choice, file: new Blob(), table };
  await expect(checkInputs(inputs)).rejects.toMatchObject({
    code: 'target',
    subject: 'column "mean_radius"',
    seen: 'the teacher takes it as a feature',
    remedies: [{ id: 'choose-target' }],
  });
  const checked = await checkInputs({ ...inputs, choice: { ...choice, target: 'label' } });
  expect(checked).toMatchObject({ labelled: 569, positives: 212, known: false });
});
