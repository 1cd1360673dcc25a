// --help: every option of every command is shown once, with what it takes; the examples are commands.
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { helpText, SECTIONS } from '../../src/cli/help.ts';
import { parseCommand } from '../../src/cli/parse.ts';

describe.each(Object.entries(COMMANDS))('debkd %s --help', (command, { options, examples, required }) => {
  const help = helpText(command);
  const shown = Object.entries(options).filter(([, { hidden }]) => !hidden);

  test.each(shown)('--%s', (name, { value }) => {
    const lines = help.split('\n').filter((line) => line.startsWith(`  --${name} `));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`--${name}${value ? ` ${value}` : ''} `);
    expect(lines[0]?.includes('(required)')).toBe(required.includes(name));
  });

  test('its examples are commands', () => {
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

test('a section for every option, and no option in two', () => {
  const sorted = Object.values(SECTIONS).flat();
  expect(new Set(sorted).size).toBe(sorted.length);
  const known = new Set(Object.values(COMMANDS).flatMap(({ options }) => Object.keys(options)));
  expect(new Set(sorted)).toEqual(known);
});
