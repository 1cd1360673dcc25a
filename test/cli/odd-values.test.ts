// Values that once had a silent meaning: lists with nothing in a place, names given twice, numbers in another spelling, options without effect.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { imageOptions } from '../../src/cli/image-options.ts';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { debiasedSettings } from '../../src/settings/training.ts';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const all = Object.entries(COMMANDS).flatMap(([command, { options }]) =>
  Object.entries(options).map(([name, spec]) => ({ command, name, spec })),
);
const lists = all.filter(({ spec }) => spec.list);

describe('lists', () => {
  test('are the options whose placeholder is one, and those whose help says so', () => {
    const shown = all.filter(({ spec }) => spec.value?.includes(','));
    // of --inputs each part has a list
    expect([...new Set(shown.filter(({ spec }) => !spec.list).map(({ name }) => name))]).toEqual(['inputs']);
    const others = lists.filter((option) => !shown.includes(option));
    expect([...new Set(others.map(({ name }) => name))].sort()).toEqual(['soft-labels', 'text']);
  });

  test.each(lists.map(({ command, name }) => [command, name] as const))(
    '%s --%s has no empty entry',
    (command, name) => {
      const { argument } = COMMANDS[command] ?? {};
      const parse = (value: string): unknown =>
        parseCommand([command, ...(argument === undefined ? [] : ['x']), `--${name}`, value]);
      for (const value of [',', 'a,', ',a', 'a,,b', 'a, ,b'])
        expect(() => parse(value), value).toThrow(
          `option --${name}: ${JSON.stringify(value)} has a comma without a name before or after it, expected`,
        );
      for (const value of ['a', 'a, b', 'a,""', '""']) expect(() => parse(value), value).not.toThrow();
    },
  );

  test('of --config have the same entries, and no other option takes one', () => {
    const merge = (config: object): unknown => mergeConfig('distill', config, {});
    expect(merge({ exclude: ['a', ''], student: [32, 16] })).toEqual({ exclude: 'a,""', student: '32,16' });
    expect(merge({ 'train-rows': 5, exclude: 'a' })).toEqual({ 'train-rows': '5', exclude: 'a' });
    expect(merge({ naValues: [] })).toEqual({ 'na-values': '""' });
    expect(merge({ teacher: ['a.onnx', 'b.onnx'] })).toEqual({ teacher: ['a.onnx', 'b.onnx'] });
    for (const [config, words] of [
      [{ out: ['a', 'b'] }, 'option --config, key "out": a list, expected DIR'],
      [{ seed: [3] }, 'key "seed": a list, expected a whole number from 0 to '],
      [{ metric: ['auc'] }, 'key "metric": a list'],
      [{ drop: [] }, 'key "drop": an empty list, expected a,b'],
      [{ features: [] }, 'key "features": an empty list'],
      [{ temperature: null }, 'key "temperature": null, expected a number from '],
      [{ epochs: true }, 'key "epochs": true, expected a whole number from 1 to '],
      [{ metric: null }, 'key "metric": null, expected one of logLoss, '],
      [{ seed: 1, Seed: 2 }, 'key "Seed": unknown; did you mean seed?'],
      [{ trainRows: 5, 'train-rows': 6 }, 'key "train-rows": it is the same option as key "trainRows"; give it once'],
      [{ groups: 'a,' }, 'key "groups": "a," has a comma without a name'],
    ] as const)
      expect(() => merge(config), JSON.stringify(config)).toThrow(words);
  });
});

test('numbers are decimals in every option', () => {
  for (const weight of ['0x10', ' 2', '2 ', '1_0', 'Infinity'])
    expect(() => debiasedSettings({ 'class-weight': weight }), weight).toThrow(
      /^class weight: ".*", expected balanced/,
    );
  expect(debiasedSettings({ 'class-weight': '1.5e1' }).classWeight).toBe(15);
  for (const mean of ['0x1', '0.5,0x1,0.5', '1e999'])
    expect(() => imageOptions({ 'image-mean': mean }), mean).toThrow(/^option --image-mean: /);
  expect(imageOptions({ 'image-mean': '.5, 1e-1,-0.5' }).imageMean).toEqual([0.5, 0.1, -0.5]);
});

describe('the command line', () => {
  const cwd = temporary();
  const [teacher, data, preprocessing] = [WDBC.slice(0, 2), WDBC.slice(2, 4), WDBC.slice(4, 6)];
  const label = ['label', ...teacher, ...data, ...preprocessing, '--no-cache'];

  test.each(['x.csv.gz', 'x.parquet', 'x.XLSX', 'x.npy'])('writes no text into %s', (out) => {
    for (const args of [label, ['next', ...label.slice(1)]]) {
      const { status, stderr } = debkd([...args, '--out', out], { cwd });
      expect([status, stderr]).toEqual([
        2,
        `debkd: option --out "${out}": answers are written as text, expected a name such as answers.csv\n`,
      ]);
    }
    expect(existsSync(join(cwd, out))).toBe(false);
  });

  test('names options without effect', () => {
    expect(debkd([...label, '--escape-formulas']).stderr).toMatch(
      /note: ignoring --escape-formulas: no columns are kept \(--keep\)\n/,
    );
    expect(debkd([...label, '--escape-formulas', '--keep', 'mean_radius']).stderr).not.toMatch(/ignoring/);
    const inspected = debkd(['inspect', modelPath('wdbc-mlp/teacher.onnx'), '--target', 'y', '--drop', 'a']);
    expect([inspected.status, inspected.stderr]).toEqual([
      0,
      expect.stringMatching(/note: ignoring --target, --drop: no rows are read without --data\n/),
    ]);
  });

  test('says why a folder cannot be written', () => {
    writeFileSync(join(cwd, 'file'), '');
    for (const [folder, why] of [
      ['none', 'there is no such folder'],
      ['file', 'it is in a file'],
    ] as const) {
      const { status, stderr } = debkd(['distill', ...WDBC, '--temp-dir', folder], { cwd });
      expect([status, stderr]).toEqual([
        2,
        expect.stringContaining(`debkd: "${folder}": cannot be written (${why}); choose another place\n`),
      ]);
    }
    expect(readdirSync(cwd)).toEqual(['file']);
  });
});
