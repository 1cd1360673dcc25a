// Numbers sorted by their digits, compared with the host's sort.
import { expect, test } from 'vitest';
import { sortFloats } from '../../src/data/sort-floats.ts';
import { dice } from '../random.ts';

test.each([0, 1, 2, 3, 1000, 5000])('%i numbers of all sizes and signs: the bits of the host', (n) => {
  const d = dice(n + 1);
  const special = [0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 1, -1];
  const values = Float32Array.from({ length: n + 2 }, (_, i) =>
    i % 7 === 0 ? (special[d.below(special.length)] as number) : d.real(-1, 1) * 10 ** d.below(30) * 1e-15,
  );
  const want = values.slice();
  want.subarray(1, n + 1).sort();
  sortFloats(values.subarray(1, n + 1));
  expect([...new Uint32Array(values.buffer)]).toEqual([...new Uint32Array(want.buffer)]);
});
