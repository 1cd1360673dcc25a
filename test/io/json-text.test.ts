// Keys that a JSON object has twice, which JSON.parse hides, and the texts of its numbers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactText, literalsOf, repeatedKey } from '../../src/io/json-text.ts';
import { jsonOf } from '../../src/io/source.ts';

test.each([
  ['{"a": 1, "b": 2, "a": 3}', 'a'],
  ['{"a": 1, "\\u0061": 2}', 'a'],
  ['[{"x": [1, {"y": 1, "z": {}, "y": 2}]}]', 'y'],
  ['{"a": {"a": [{"a": 1}, {"a": 1}]}, "b": "a\\": {", "c": ["a", "a"]}', undefined],
  ['{"": 1, " ": 2, "": 3}', ''],
  ['"a"', undefined],
])('%s', (json, key) => {
  expect(repeatedKey(json)).toBe(key);
});

test('JSON of objects has no key twice; an object with an entry added again has it', () => {
  const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()), {
    selector: ([key]) => key,
    minLength: 1,
  });
  fc.assert(
    fc.property(entries, (list) => {
      const parts = list.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
      expect(repeatedKey(`{${parts.join(', ')}}`)).toBeUndefined();
      expect(repeatedKey(`[{${[...parts, parts[0]].join(',')}}]`)).toBe(list[0]?.[0]);
    }),
  );
});

test('objects nested a million deep are examined', () => {
  const depth = 1_000_000;
  const json = `${'{"a":'.repeat(depth)}{"b":1,"b":2}${'}'.repeat(depth)}`;
  expect(repeatedKey(json)).toBe('b');
});

test('jsonOf refuses such a file', async () => {
  const file = new TextEncoder().encode('{"epochs": 5, "seed": 1, "epochs": 6}');
  await expect(jsonOf(file)).rejects.toMatchObject({
    code: 'source',
    message: '"bytes": an object has the key "epochs" twice; give each key once',
  });
});

test('values are those that JSON.parse finds, in any spelling', () => {
  const values = fc.dictionary(
    fc.string({ unit: 'binary' }),
    fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.boolean(), fc.constant(null)),
  );
  fc.assert(
    fc.property(values, fc.constantFrom(0, 1, '\t'), (value, indent) => {
      const found = literalsOf(JSON.stringify(value, undefined, indent));
      expect([...found.keys()].sort()).toEqual(Object.keys(value).sort());
      for (const [key, literal] of found) expect(literal).toBe(JSON.stringify(value[key]));
    }),
  );
  expect(exactText(1000, '1e3')).toBe('1000');
  expect(exactText(0.1, '1.0E-1')).toBe('0.1');
  expect(exactText(2 ** 53, '9007199254740993')).toBe('9007199254740993');
});
