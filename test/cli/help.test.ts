// --help shows every option of every command once, with its value and default, and its examples are valid commands.
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { helpText, SECTIONS } from '../../src/cli/help.ts';
import { parseCommand } from '../../src/cli/parse.ts';

describe.each(Object.entries(COMMANDS))('debkd %s --help', (command, { options, examples, required }) => {
  const help = helpText(command);
  // each option with its continuation lines
  const entries = help.replace(/\n {30}(?=\S)/g, ' ').split('\n');
  const shown = Object.entries(options).filter(([, { hidden }]) => !hidden);

  test.each(shown)('--%s', (name, { value, help: description, default: standard }) => {
    const found = entries.filter((entry) => entry.startsWith(`  --${name} `));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`--${name}${value ? ` ${value}` : ''} `);
    expect(found[0]).toContain(description);
    expect(/\(required[;)]/.test(found[0] as string)).toBe(required.includes(name));
    if (standard !== undefined) expect(found[0]).toMatch(/[(;] ?default: [^;]+\)$/);
  });

  test('lines have at most 100 characters, except examples', () => {
    const [options = ''] = help.split('\nexamples:');
    expect(options.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('its examples are valid commands', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(help).toContain(`debkd ${command} ${example}`.trimEnd());
      const words = example
        .replace(/ [<>] \S+/g, '')
        .split(' ')
        .filter(Boolean);
      expect(() => parseCommand([command, ...words])).not.toThrow();
    }
  });
});

test('every option is in exactly one section', () => {
  const sorted = Object.values(SECTIONS).flat();
  expect(new Set(sorted).size).toBe(sorted.length);
  const known = new Set(Object.values(COMMANDS).flatMap(({ options }) => Object.keys(options)));
  expect(new Set(sorted)).toEqual(known);
});
