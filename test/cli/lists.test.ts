// Names of columns with commas, blanks at their ends, equals signs and double quotes in the options that take lists.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGroups } from '../../src/cli/groups-input.ts';
import { nameOption } from '../../src/cli/name-option.ts';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { softLabelColumns } from '../../src/cli/soft-label-columns.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { readTable } from '../../src/data/read-table.ts';
import { split } from '../../src/data/split.ts';
import type { DebkdError } from '../../src/io/errors.ts';
import { formatList, parseList } from '../../src/settings/lists.ts';
import { list } from '../../src/settings/values.ts';
import { debkd, temporary } from './run.ts';

const NAMES = ['Income, yearly', ' soft', 'b=1', '5" pipe', '"quoted"', '', 'a:b', 'plain'];

test('a list is written as it is read', () => {
  const text = '"Income, yearly"," soft",b=1,5" pipe,"""quoted""","",a:b,plain';
  expect(formatList(NAMES)).toBe(text);
  expect(parseList(text).map(({ name }) => name)).toEqual(NAMES);
  expect(list({ drop: ` "Income, yearly" , b ,, 5" pipe` }, 'drop')).toEqual(['Income, yearly', 'b', '5" pipe']);
});

test.each([
  ['"Income, yearly', 'the double quotes of "\\"Income" do not end'],
  ['"Income" yearly,b', '"yearly,b" follows the double quotes of "Income"'],
  ['"a",', 'has a comma without a name'],
])('%s is refused', (text, words) => {
  expect(() => parseCommand(['distill', '--drop', text])).toThrow('option --drop: ');
  expect(() => parseCommand(['distill', '--drop', text])).toThrow(words);
});

test('a JSON list of --config has names as they are', () => {
  const merged = mergeConfig('distill', { drop: NAMES, groups: NAMES, text: ['Income, yearly'] }, {});
  expect(list(merged, 'drop')).toEqual(NAMES);
  expect(list(merged, 'text')).toEqual(['Income, yearly']);
});

test('groups are a column of exactly this name before they are a list of words', async () => {
  const names = async (groups: string): Promise<readonly string[]> =>
    (await readGroups({ groups }, ['a', 'b=1', 'Income, yearly'])).names;
  expect(await names('b=1,"Income, yearly"')).toEqual(['b=1', 'Income, yearly']);
  expect(await names('"c=none.txt"')).toEqual(['c=none.txt']);
  await expect(names('c=none.txt')).rejects.toThrow('none.txt');
  await expect(names('c=')).rejects.toThrow('"c=", expected the name of a column, or NAME=FILE');
  await expect(names('a,b=1,a')).rejects.toThrow('option --groups: "a" is given twice');
  await expect(names('a,a=none.txt')).rejects.toThrow('"a" is given twice');
});

test('soft labels in double quotes are columns, whatever they hold', () => {
  const columns = (given: string): unknown => softLabelColumns({ 'soft-labels': given });
  expect(columns('" soft"')).toEqual({ file: undefined, columns: [' soft'] });
  expect(columns('"p of x.csv:1, mean",q')).toEqual({ file: undefined, columns: ['p of x.csv:1, mean', 'q'] });
  expect(columns('x.csv:"a, b",c')).toEqual({ file: 'x.csv', columns: ['a, b', 'c'] });
});

const TABLE = `"Income, yearly", soft,b=1,c,label\n${Array.from({ length: 60 }, (_, i) => `${i},0.${i % 9},${i % 7},${i % 2 ? 'r' : 'g'},${i % 2}\n`).join('')}`;

test('the error of an absent column has the spelling that works', async () => {
  const bytes = new TextEncoder().encode(TABLE);
  const options = (given: object): Promise<unknown> =>
    readTable(bytes, { target: 'label' }).then((table) => encodeParts(table, split(table), undefined, given));
  const sentence = async (reading: Promise<unknown>): Promise<string> => {
    const error = await reading.catch((reason: unknown) => reason);
    return (error as DebkdError).toSentence(nameOption);
  };
  expect(await sentence(readTable(bytes, { drop: ['Income'] }))).toMatch(
    /no column "Income" to drop; name the column as the data does \(--drop '"Income, yearly"'\)$/,
  );
  expect(await sentence(options({ features: ['soft'] }))).toMatch(
    /name the column as the data does \(--features '" soft"'\)$/,
  );
  expect(await sentence(options({ exclude: ['yearly'] }))).toMatch(
    /name the column as the data does \(--exclude '"Income, yearly"'\)$/,
  );
  expect(await sentence(options({ withhold: ['Income'] }))).toMatch(
    /name the column as the data does \(--withhold '"Income, yearly"'\)$/,
  );
  await expect(readTable(bytes, { drop: ['Income'] })).rejects.toThrow(/\(drop: Income, yearly\)$/);
  expect(nameOption('drop', 'a, b')).toBe(`--drop '"a, b"'`);
});

test('distill takes such columns, and says how to name them', () => {
  const cwd = temporary();
  writeFileSync(join(cwd, 'd.csv'), TABLE);
  const run = (...args: string[]) =>
    debkd(['distill', '--data', 'd.csv', '--epochs', '1', '--out', 'o', ...args], { cwd });
  const soft = ['--soft-labels', '" soft"'];
  const { stderr, status } = run(...soft, '--drop', '"Income, yearly"', '--groups', 'b=1');
  expect([status, stderr]).toEqual([0, expect.stringMatching(/student (takes|learns).*/)]);
  expect(run(...soft, '--drop', 'Income, yearly').stderr).toContain(
    `name the column as the data does (--drop '"Income, yearly"')`,
  );
  expect(run('--soft-labels', 'soft').stderr).toBe(
    `debkd: option --soft-labels: data "d.csv": no column "soft" of soft labels; name the column as the data does (--soft-labels '" soft"')\n`,
  );
  expect(run('--soft-labels', 'x').stderr).toContain('no column "x" of soft labels, expected one of');
});
