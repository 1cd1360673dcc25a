// The worker of the page, without the page: a run whose teacher or rows could not be opened again opens at the next request.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Outcome, RunInputs, TestRow } from '../../src/app/messages.ts';
import { openWork } from '../../src/app/work/work.ts';
import { once } from '../../src/io/once.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { modelPath } from '../cli/run.ts';

test('once: a success is kept, a failure is not', async () => {
  const opened: string[] = [];
  let failures = 2;
  const open = once(async () => {
    opened.push('opened');
    if (failures-- > 0) throw new Error('away');
    return opened.length;
  });
  const both = await Promise.allSettled([open(), open()]);
  expect([both.map(({ status }) => status), opened.length]).toEqual([['rejected', 'rejected'], 1]);
  await expect(open()).rejects.toThrow('away');
  expect([await open(), await open(), opened.length]).toEqual([3, 3, 3]);
});

const fileOf = (path: string): File => new File([readFileSync(modelPath(path))], path.split('/').at(-1) as string);

/** A file that cannot be read for a while, as one on a drive that was removed. */
class Removable extends File {
  static isAway = false;
  override stream(): ReturnType<File['stream']> {
    if (Removable.isAway) throw new DOMException('the file could not be read', 'NotReadableError');
    return super.stream();
  }
  override arrayBuffer(): ReturnType<File['arrayBuffer']> {
    if (Removable.isAway) throw new DOMException('the file could not be read', 'NotReadableError');
    return super.arrayBuffer();
  }
}

test('a kept run asks its teacher again after a failure, and reads its rows again', async () => {
  const inputs: RunInputs = {
    teachers: { models: [fileOf('wdbc-mlp/teacher.onnx')], jsons: [fileOf('wdbc/preprocessing.json')] },
    rows: { rows: new Removable([readFileSync(modelPath('wdbc/data.csv'))], 'data.csv') },
    choice: { target: 'label', positive: '1', exclude: [] },
    settings: { epochs: '2', student: '4', debias: 'platt' },
  };
  const first = openWork({ loadTeacher });
  await first.openTeachers(inputs.teachers);
  const { target, positive } = await first.openTable(inputs.rows);
  expect([target, positive]).toEqual([inputs.choice.target, inputs.choice.positive]);
  const { result, first: row }: Outcome = await first.run({ ...inputs, keep: false }, {});
  const { record } = row as TestRow;
  const answers = await first.answer(record);

  let failures = 1;
  const again = openWork({
    loadTeacher: (source, options) =>
      failures-- > 0 ? Promise.reject(new Error('out of memory')) : loadTeacher(source, options),
  });
  await again.restore(await first.pack(), { result, asksTeacher: true }, inputs);
  await expect(again.answer(record)).rejects.toThrow('out of memory');
  expect(await again.answer(record)).toEqual(answers);

  Removable.isAway = true;
  const names = Object.keys(record);
  await expect(again.testRow(0, names)).rejects.toThrow();
  Removable.isAway = false;
  expect((await again.testRow(0, names)).record).toEqual(record);
});

test('the check before a run counts the labelled rows that the AUC of the teacher rests on', async () => {
  const [header = '', ...lines] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').trimEnd().split('\n');
  const place = header.split(',').indexOf('label');
  const every = lines.map((line, i) =>
    line
      .split(',')
      .map((text, j) => (j === place && i % 4 > 0 ? '' : text))
      .join(','),
  );
  const work = openWork({ loadTeacher });
  await work.openTeachers({
    models: [fileOf('wdbc-mlp/teacher.onnx')],
    jsons: [fileOf('wdbc/preprocessing.json')],
  });
  await work.openTable({ rows: new File([[header, ...every, ''].join('\n')], 'data.csv') });
  const { rows, labelled, sampled } = await work.check({ target: 'label', positive: '1', exclude: [] });
  expect(labelled).toBe(Math.ceil(lines.length / 4));
  expect(sampled).toBeGreaterThan(0);
  expect(sampled).toBeLessThan(rows.validation / 2);
});
