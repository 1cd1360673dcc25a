// The columns that boosted trees look at where there are many: a random half for each tree.
import { below, words } from '../../kernels/random.ts';
import { STREAM_COLUMNS } from '../../kernels/streams.ts';
import { BLOCK } from './boosted-trees.ts';

/**
 * A tree looks at all of up to ALL columns. Of more it looks at half, but at no fewer than ALL and no more than MOST, in blocks of
 * neighbours (random subspaces: Ho 1998).
 */
const ALL = 48;
const MOST = 512;

/**
 * The blocks of four columns that each tree looks at, ascending; uint32 [trees x looked]. Undefined where all trees look at all. Every
 * tree looks at the last block, which has the margin. The same trees always look at the same columns.
 * @param columns the number of columns
 * @param first the place of the first tree among those of the fit
 */
export function chooseBlocks(columns: number, first: number, trees: number): Uint32Array<ArrayBuffer> | undefined {
  const blocks = Math.ceil(columns / BLOCK);
  const looked = Math.ceil(Math.min(MOST, Math.max(ALL, columns / 2)) / BLOCK);
  if (looked >= blocks) return undefined;
  const chosen = new Uint32Array(trees * looked);
  for (let t = 0; t < trees; t++) {
    const source = words(0, STREAM_COLUMNS, first + t);
    let at = t * looked;
    const last = at + looked - 1;
    // selection sampling (Knuth 1998, section 3.4.2): each block with the probability that as many as are missing come from the rest
    for (let b = 0; b < blocks - 1; b++) if (below(source, blocks - 1 - b) < last - at) chosen[at++] = b;
    chosen[last] = blocks - 1;
  }
  return chosen;
}
