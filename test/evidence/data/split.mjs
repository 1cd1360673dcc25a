// The parts of a table, from its bytes alone: SHA-256 of a row's line up to, and without, its last comma. Rows with equal features share a part.
import { createHash } from 'node:crypto';

/**
 * `split` has 60 % train, 20 % validation and 20 % test. `split-transfer` has only rows that no teacher was fitted on: the training rows are
 * unused, and of the validation rows 80 % become train.
 */
export function splitsOf(csv) {
  const parts = { split: ['split'], 'split-transfer': ['split'] };
  for (const line of csv.trimEnd().split('\n').slice(1)) {
    const hash = createHash('sha256')
      .update(line.slice(0, line.lastIndexOf(',')))
      .digest();
    const u = hash.readUInt32BE(0) / 2 ** 32;
    const part = u < 0.6 ? 'train' : u < 0.8 ? 'validation' : 'test';
    const inner = hash.readUInt32BE(4) / 2 ** 32 < 0.8 ? 'train' : 'validation';
    parts.split.push(part);
    parts['split-transfer'].push({ train: 'unused', validation: inner, test: 'test' }[part]);
  }
  return Object.fromEntries(Object.entries(parts).map(([name, rows]) => [name, `${rows.join('\n')}\n`]));
}
