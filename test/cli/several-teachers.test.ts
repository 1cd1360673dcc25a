// --teacher given several times, each with its own preprocessing; a list in --config.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { teacherFiles } from '../../src/cli/teacher-files.ts';
import { commandLine } from '../../src/settings/command-line.ts';
import { model } from '../models.ts';
import { debkd, temporary } from './run.ts';

const path = (name: string): string => fileURLToPath(model(name));
const [a, b] = [path('wdbc-mlp/teacher.onnx'), path('wdbc-mlp-biased/teacher.onnx')];
const preprocessing = path('wdbc/preprocessing.json');

test.each<[string[], object[]]>([
  [['a.onnx'], [{ path: 'a.onnx' }]],
  [
    ['a.onnx=p.json', 'b=c.onnx'],
    [{ path: 'a.onnx', preprocessing: 'p.json' }, { path: 'b=c.onnx' }],
  ],
  [[`${a}=${preprocessing}`], [{ path: a, preprocessing }]],
])('%j', (teacher, files) => {
  expect(teacherFiles({ teacher })).toEqual(files);
});

test('an option that may be repeated, in arguments and in --config; others are refused twice', () => {
  const parsed = parseCommand(['distill', '--teacher', 'a', '--teacher', 'b', '--data', 'd']);
  expect(parsed).toMatchObject({ values: { teacher: ['a', 'b'], data: 'd' } });
  expect(() => parseCommand(['distill', '--data', 'a', '--data', 'b'])).toThrow('option --data: given twice');
  expect(() => parseCommand(['label', '--teacher', 'a', '--teacher', 'b'])).toThrow('option --teacher: given twice');
  expect(mergeConfig('compare', { teacher: ['a', 'b'] }, {})).toEqual({ teacher: ['a', 'b'] });
  expect(mergeConfig('compare', { teacher: ['a', 'b'] }, { teacher: 'c' })).toEqual({ teacher: 'c' });
  expect(commandLine('distill', { teacher: ['a', 'b c'] })).toBe("debkd distill --teacher a --teacher 'b c'");
});

test('distill and compare', () => {
  const folder = temporary();
  const both = ['--teacher', `${a}=${preprocessing}`, '--teacher', b, '--preprocessing', preprocessing];
  const rows = ['--data', path('wdbc/data.csv'), '--student', '4', '--epochs', '2', '--json'];
  const out = join(folder, 'out');
  const { stdout, stderr, status } = debkd(['distill', ...both, ...rows, '--out', out]);
  expect(status).toBe(0);
  expect(stderr).toContain('note: teacher 2 of 2:');
  expect(stderr).toContain('hidden features are those of');
  expect(JSON.parse(stdout).teacher.teachers).toHaveLength(2);
  const config = join(folder, 'c.json');
  writeFileSync(config, JSON.stringify({ teacher: [a, b], preprocessing }));
  const again = debkd(['distill', '--config', config, ...rows]);
  expect(JSON.parse(again.stdout).student.sha256).toBe(JSON.parse(stdout).student.sha256);
  const compared = debkd(['compare', ...both, ...rows, '--seeds', '1', '--methods', 'kd,debiased', '--threads', '1']);
  expect(JSON.parse(compared.stdout).methods).toContain('debiased@teacher-2');
  const within = debkd(['distill', ...both, ...rows, '--out', path('wdbc-mlp-biased')]);
  expect(within.stderr).toContain('holds the input of --teacher');
});
