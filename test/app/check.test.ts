// The check of the teacher on the rows, before a run.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkInputs } from '../../src/app/work/check.ts';
import { choiceSettings, columnOptions, type Models, openInputs, splitRows } from '../../src/app/work/inputs.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { split } from '../../src/data/split.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { modelPath } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** One open model. */
const one = (model: Teacher, preprocessing?: Preprocessing): Models => ({
  models: [model],
  preprocessings: [preprocessing],
  preprocessing,
  settings: {},
});
const wdbcRows = new Blob([readFileSync(modelPath('wdbc/data.csv'))]);

test('the label cannot be a feature of the teacher', async () => {
  const { preprocessing } = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
  const choice = { target: 'mean_radius', positive: '1', exclude: [] };
  await expect(openInputs(one(teacher, preprocessing), wdbcRows, choice)).rejects.toMatchObject({
    code: 'target',
    subject: 'column "mean_radius"',
    seen: 'the teacher takes it as a feature',
    remedies: [{ id: 'choose-target' }],
  });
  const checked = await checkInputs(
    await openInputs(one(teacher, preprocessing), wdbcRows, { ...choice, target: 'label' }),
  );
  expect(checked).toMatchObject({ labelled: 569, positives: 212, known: false });
});

describe('columns that are not ticked', () => {
  const lines = Array.from({ length: 300 }, (_, i) => `${i},${(i * 7) % 11},${(i * 5) % 13},${i % 2}`);
  const file = new Blob([`id,x,y,label\n${lines.join('\n')}\n`]);
  const choice = { target: 'label', positive: '1', exclude: ['id'] };

  test.each([
    [2, ['x', 'y'], 'drop'], // as many as are ticked: the identifier is for neither
    [3, ['id', 'x', 'y'], 'exclude'],
  ])('a teacher that takes %d columns in order gets %j', async (width, names, option) => {
    using teacher = await loadTeacher(tinyOnnx({ inputs: width }));
    const inputs = await openInputs(one(teacher), file, choice);
    const { table } = inputs;
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(choiceSettings(inputs)).toEqual({ target: 'label', positive: '1', [option]: 'id' });
    const { train } = await encodeParts(table, splitRows(inputs), undefined, columnOptions(inputs));
    expect(train.preprocessing.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    expect((await teacher.margins(train.teacherInputs)).margins.length).toBe(train.rows);
    expect((await checkInputs(inputs)).notes.filter((note) => note.includes('"id"'))).toEqual([]);
  });

  test('with a preprocessing they are withheld, and the split is that of the choice', async () => {
    const { preprocessing } = await wdbc();
    using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
    const by = { by: 'time', column: 'mean_area', shares: '70/15/15' } as const;
    const other = { ...choice, exclude: ['mean_radius'], split: by };
    const inputs = await openInputs(one(teacher, preprocessing), wdbcRows, other);
    const { table } = inputs;
    expect(splitRows(inputs)).toEqual(split(table, { time: 'mean_area', shares: [70, 15, 15] }));
    expect(choiceSettings(inputs)).toMatchObject({
      exclude: 'mean_radius',
      split: '70/15/15',
      'split-by': 'time:mean_area',
    });
    const { rows: sizes, notes } = await checkInputs(inputs);
    expect(sizes.train + sizes.validation + sizes.test).toBe(569);
    expect(notes.filter((note) => note.includes('it splits the rows'))).toHaveLength(1);
    expect(splitRows({ ...inputs, choice })).toEqual(split(table));
    for (const shares of ['70', 'many', '70//30', '70/20/5'])
      expect(() => splitRows({ ...inputs, choice: { ...choice, split: { shares } } })).toThrow(
        /^shares of the split: /,
      );
  });
});
