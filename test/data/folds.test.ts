import { expect, test } from 'vitest';
import { BUCKETS, bucketOf, FOLDS, foldsOf, REPEATS } from '../../src/data/folds.ts';

const all = Uint8Array.from({ length: BUCKETS }, (_, bucket) => bucket);

test('each assignment puts as many buckets into each fold, and the first is the remainder', () => {
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const folds = foldsOf(all, repeat);
    for (let fold = 0; fold < FOLDS; fold++) expect(folds.filter((one) => one === fold)).toHaveLength(BUCKETS / FOLDS);
  }
  expect([...foldsOf(all)]).toEqual([...all].map((bucket) => bucket % FOLDS));
  expect(bucketOf(2 ** 32 - 1) % FOLDS).toBe((2 ** 32 - 1) % FOLDS);
});

test('two buckets that share a fold are apart in most other assignments', () => {
  const assignments = Array.from({ length: REPEATS }, (_, repeat) => foldsOf(all, repeat));
  for (const [k, one] of assignments.entries()) {
    for (const other of assignments.slice(k + 1)) {
      let [together, kept] = [0, 0];
      for (let i = 0; i < BUCKETS; i++)
        for (let j = i + 1; j < BUCKETS; j++) {
          if (one[i] !== one[j]) continue;
          together++;
          if (other[i] === other[j]) kept++;
        }
      // a fifth by chance
      expect(kept / together).toBeLessThan(0.35);
    }
  }
});
