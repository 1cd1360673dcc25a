// Which options take a path, and that no output may be an input.
import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { OptionSpec } from '../../src/cli/option-spec.ts';
import { checkOutputPath } from '../../src/cli/output-path.ts';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const all = Object.entries(COMMANDS).flatMap(([command, { options }]) =>
  Object.entries(options).map(([name, spec]) => ({ command, name, spec })),
);
const namesOf = (of: readonly { name: string }[]): string[] => [...new Set(of.map(({ name }) => name))].sort();

test.each<[OptionSpec['path'], string[]]>([
  [
    'input',
    [
      ...['config', 'counts', 'data', 'from', 'groups', 'image-config', 'image-root', 'labels', 'preprocessing'],
      ...['reference', 'replay', 'soft-labels', 'split', 'student', 'teacher', 'tokenizer'],
    ],
  ],
  ['output', ['out', 'poster']],
  ['own', ['cache', 'store', 'temp-dir']],
])('options whose path is: %s', (path, names) => {
  expect(namesOf(all.filter(({ spec }) => spec.path === path))).toEqual(names);
});

test('every option whose placeholder or help speaks of files or folders says what its path is', () => {
  const isPath = ({ value = '', help }: OptionSpec): boolean =>
    /^(D|DIR|F|FILE|FOLDER|PLACE|\w+\.\w+)$/.test(value) || (value !== '' && /\b(file|folder|FILE)\b/.test(help));
  const unmarked = all.filter(({ spec }) => isPath(spec) && spec.path === undefined);
  // a class, a decay, and columns of a part of a file
  expect(namesOf(unmarked)).toEqual(['columns', 'positive-class', 'weight-decay']);
  // an option of one name takes a path in all commands or none, but for names of demos and widths of students
  const marked = new Set(all.filter(({ spec }) => spec.path).map(({ name }) => name));
  const others = all.filter(({ name, spec }) => marked.has(name) && !spec.path);
  expect(others.map(({ command, name }) => `${command} --${name}`)).toEqual([
    ...['distill --student', 'compare --student', 'demo --data'],
  ]);
});

const pairs = Object.entries(COMMANDS).flatMap(([command, { options }]) => {
  const of = (path: OptionSpec['path']): string[] =>
    Object.entries(options).flatMap(([name, spec]) => (spec.path === path ? [name] : []));
  return of('output').flatMap((output) => of('input').map((input) => [command, output, input] as const));
});

/** Values of options that name files within a longer text. */
const WITHIN: Readonly<Record<string, (file: string) => readonly string[]>> = {
  teacher: (file) => [file, `other.onnx=${file}.json`],
  'soft-labels': (file) => [`${file}.csv:p`],
  groups: (file) => [`sex,rude=${file}`],
};

describe.each(pairs)('%s --%s', (command, output, input) => {
  test(`is not the input of --${input}`, async () => {
    const file = join(temporary(), 'file');
    writeFileSync(file, '');
    for (const ending of ['.json', '.csv']) linkSync(file, `${file}${ending}`);
    for (const value of WITHIN[input]?.(file) ?? [file]) {
      const refused = checkOutputPath(command, { [output]: file, [input]: value }, '');
      await expect(refused, value).rejects.toThrow(`option --${output} "${file}": is the input of --${input} ("`);
    }
    const elsewhere = { [output]: `${file}.new`, [input]: WITHIN[input]?.(file)[0] ?? file };
    await expect(checkOutputPath(command, elsewhere, '')).resolves.toBeUndefined();
  });
});

test('distill does not replace the student that it goes on from', () => {
  const cwd = temporary();
  expect(debkd(['distill', ...WDBC, '--debias', 'none', '--out', 'x'], { cwd }).status).toBe(0);
  const data = modelPath('wdbc/data.csv');
  for (const [from, out, words] of [
    ['x', 'x', /^debkd: option --out "x": is the input of --from \("x"\); choose another place\n$/],
    ['x/student.debkd', './x/', /holds the input of --from \("x\/student.debkd"\)/],
  ] as const) {
    const { status, stderr } = debkd(['distill', '--from', from, '--data', data, '--out', out, '--force'], { cwd });
    expect([status, stderr]).toEqual([2, expect.stringMatching(words)]);
  }
  mkdirSync(join(cwd, 'hash'));
  // the name of a split is no file
  const split = debkd(['distill', ...WDBC.slice(0, 6), '--split', 'hash', '--debias', 'none', '--out', 'hash'], {
    cwd,
  });
  expect([split.status, split.stderr]).toEqual([0, expect.any(String)]);
});
