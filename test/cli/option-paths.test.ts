// Which options take a path, that no output may be an input, and that no place of debkd's own may be an output.
import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { OptionSpec } from '../../src/cli/option-spec.ts';
import { checkOutputPath } from '../../src/cli/output-path.ts';
import { checkOwnPlaces } from '../../src/cli/own-places.ts';
import type { Values } from '../../src/settings/values.ts';
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

describe("places of debkd's own", () => {
  afterEach(() => vi.unstubAllEnvs());
  /** The message of the refusal in a folder with `result`, `link` to it and `here`; undefined where the options are fine. */
  async function refusal(command: string, values: Values, cwd = temporary()): Promise<string | undefined> {
    if (!existsSync(join(cwd, 'result'))) {
      mkdirSync(join(cwd, 'result'));
      symlinkSync('result', join(cwd, 'link'));
    }
    const placed = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        /^(out|cache|store|temp-dir)$/.test(name) && !/^s3:/.test(String(value)) ? join(cwd, String(value)) : value,
      ]),
    );
    return checkOwnPlaces(command, placed).then(
      () => undefined,
      (error: Error) => error.message.replaceAll(`${cwd}/`, ''),
    );
  }
  const apart = 'expected a folder apart from the result; choose another place for one of them';

  const owners = all.filter(({ command, spec }) => spec.path === 'own' && COMMANDS[command]?.options['out']);
  test.each(owners.map(({ command, name }) => [command, name] as const))('%s --%s', async (command, name) => {
    const seen = (values: Values): Promise<string | undefined> => refusal(command, { queue: 'redis://x', ...values });
    expect(await seen({ [name]: 'a', out: 'a' })).toBe(`option --${name} "a": the same as --out "a", ${apart}`);
    expect(await seen({ [name]: './result/', out: 'link', force: true })).toMatch(/: the same as --out "link", /);
    expect(await seen({ [name]: 'a/b', out: 'a' })).toBe(`option --${name} "a/b": in --out "a", ${apart}`);
    expect(await seen({ [name]: 'link/new', out: 'result' })).toMatch(/: in --out "result", /);
    // the other way round each keeps to its own names
    expect(await seen({ [name]: 'a', out: 'a/b' })).toBeUndefined();
    expect(await seen({ [name]: 'a', out: 'ab' })).toBeUndefined();
    expect(await seen({ [name]: 'a' })).toBeUndefined();
  });

  test.each([
    ['distill', 'cache', '.checkpoint'],
    ['distill', 'temp-dir', '.checkpoint'],
    ['compare', 'store', '.cells'],
  ])('%s --%s is not where the unfinished run is (%s)', async (command, name, suffix) => {
    for (const place of [`a${suffix}`, `a${suffix}/b`])
      expect(await refusal(command, { [name]: place, out: 'a', force: true })).toMatch(
        new RegExp(`^option --${name} "${place}": in ".*a${suffix}", where --out "a" keeps its unfinished run, `),
      );
    expect(await refusal(command, { [name]: `b${suffix}`, out: 'a' })).toBeUndefined();
  });

  test('with --force a folder in that of a result stays, and no file can hold a folder', async () => {
    expect(await refusal('compare', { cache: 'result/cache', out: 'result', force: true })).toBeUndefined();
    expect(await refusal('label', { cache: 'rows.csv/cache', out: 'rows.csv', force: true })).toMatch(/in --out/);
  });

  test('a result is no file of the cache or the store', async () => {
    const entry = `${'ab'.repeat(32)}.labels`;
    expect(await refusal('label', { cache: 'c', out: `c/${entry}` })).toBe(
      `option --cache "c": --out "c/${entry}" has a name of its files, expected another name; choose another place for one of them`,
    );
    expect(await refusal('compare', { queue: 'redis://x', store: 's', out: 's/01' })).toMatch(
      /has a name of its files/,
    );
    expect(await refusal('compare', { queue: 'redis://x', store: 's', out: 's/001' })).toBeUndefined();
  });

  test('places that are not used, or that are in a bucket, are not looked at', async () => {
    expect(await refusal('distill', { cache: 'a', 'no-cache': true, out: 'a' })).toBeUndefined();
    expect(await refusal('label', { queue: 'redis://x', store: 's3://bucket/a', out: 'a' })).toBeUndefined();
  });

  test('of the environment and of the system', async () => {
    const cwd = temporary();
    vi.stubEnv('DEBKD_STORE', join(cwd, 'a'));
    expect(await refusal('compare', { out: 'a' }, cwd)).toBeUndefined();
    expect(await refusal('compare', { queue: 'redis://x', out: 'a' }, cwd)).toMatch(/^DEBKD_STORE "a": the same as/);
    vi.stubEnv('DEBKD_CACHE', join(cwd, 'b'));
    expect(await refusal('next', { out: 'b' }, cwd)).toMatch(/^DEBKD_CACHE "b": the same as/);
    vi.stubEnv('DEBKD_CACHE', '');
    if (process.platform === 'linux') {
      vi.stubEnv('XDG_CACHE_HOME', join(cwd, 'c'));
      expect(await refusal('distill', { out: 'c/debkd' }, cwd)).toMatch(
        /^the user's cache folder "c\/debkd": the same as/,
      );
    }
  });

  test('are refused before any work', () => {
    const cwd = temporary();
    for (const command of ['label', 'distill']) {
      const files = command === 'label' ? WDBC.slice(0, 6) : WDBC;
      const { status, stderr } = debkd([command, ...files, '--cache', 'x', '--out', './x'], { cwd });
      expect([status, stderr]).toEqual([2, `debkd: option --cache "x": the same as --out "./x", ${apart}\n`]);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });
});
