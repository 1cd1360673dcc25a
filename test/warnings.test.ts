// Warnings about the test rows.
import { expect, test } from 'vitest';
import { testWarnings } from '../src/warnings/test-warnings.ts';

test('no rows are another thing than no labels', () => {
  expect(testWarnings(new Int8Array(0))).toEqual(['test: the split has no test rows; nothing was measured']);
  expect(testWarnings(new Int8Array(9).fill(-1))).toEqual(['test: no labelled rows; nothing was measured']);
});
