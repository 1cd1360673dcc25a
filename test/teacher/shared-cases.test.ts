// Cases of ../shared that must label rightly; the margins of the first rows are numpy's.
import { expect, test } from 'vitest';
import { encodeForTeacher } from '../../src/data/dataset.ts';
import { readTable } from '../../src/data/read-table.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { describeShared, shared } from '../shared.ts';

const cases: readonly (readonly [
  model: string,
  data: string,
  options: TeacherOptions,
  target: string,
  margins: readonly number[],
])[] = [
  ['10_two_classes_strict_encoder', 'texts', {}, 'label', [0.26, -0.22]],
  ['13_free_width', 'rows3', {}, 'label', [8.66542, 0.10258]],
  ['22_three_classes', 'rows3', { class: 'high' }, 'label', [8.61398342, -0.63972327]],
  ['23_multi_label', 'rows3', { class: '2' }, 'label', [-0.57464176, -0.87583667]],
  ['25_mlnet', 'mlnet', {}, 'Label', [1.46, 0.95]],
  ['35_text', 'sms', {}, 'label', [-0.2]],
];

describeShared('cases', () => {
  test.each(cases)('%s', async (model, data, options, target, margins) => {
    using opened = await loadTeacher(shared(`cases/teachers/${model}.onnx`), options);
    const table = await readTable(shared(`cases/teachers/${data}.csv`), { target });
    const teacher = opened.forTarget(table.target).forTable(table);
    const got = (await teacher.margins(encodeForTeacher(table, undefined))).margins;
    for (const [i, v] of margins.entries()) expect(got[i]).toBeCloseTo(v, 4);
  });

  test('the classes of 22 and the labels of 23 are listed before one is chosen', async () => {
    using three = await loadTeacher(shared('cases/teachers/22_three_classes.onnx'));
    expect([three.reading.positiveClass, three.reading.classes]).toEqual(['open', ['low', 'mid', 'high']]);
    using four = await loadTeacher(shared('cases/teachers/23_multi_label.onnx'));
    expect([four.reading.positiveClass, four.convention, four.reading.margin.width]).toEqual([
      'open',
      'probability',
      4,
    ]);
  });
});
