// Rows on which a new student is to answer as an earlier one: earlier rows, or new ones moved to where the earlier ones were.
import { concatRows, type Dataset, selectRows } from '../data/dataset.ts';
import type { Matrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { sumOf } from '../data/row-weights.ts';

/** Places of the fields of plain numbers, which are standardised on the earlier student's training rows. */
function numbersOf({ fieldColumns }: Matrix, { columns }: Preprocessing): number[] {
  const plain = new Set(columns.filter(({ kind }) => kind === 'numeric').map(({ offset }) => offset));
  return [...fieldColumns.keys()].filter((s) => plain.has(fieldColumns[s] as number));
}

/**
 * Rows whose numbers are moved to mean 0 and standard deviation 1, those of the rows that the preprocessing was fitted on: the other columns,
 * and how columns go together, stay. Missing numbers, which are 0, stay too.
 * @param by the rows whose mean and standard deviation are measured
 * @returns undefined without plain numbers
 */
export function movedRows(data: Dataset, by: Dataset): Dataset | undefined {
  const { features, preprocessing } = data;
  const places = numbersOf(features, preprocessing);
  if (places.length === 0) return undefined;
  const { fields } = features;
  const words = features.data.slice();
  const values = new Float32Array(words.buffer);
  const measured = new Float32Array(by.features.data.buffer, by.features.data.byteOffset, by.features.data.length);
  for (const s of places) {
    let [sum, squares, count] = [0, 0, 0];
    for (let at = s; at < measured.length; at += fields) {
      const z = measured[at] as number;
      if (z === 0) continue;
      sum += z;
      squares += z * z;
      count++;
    }
    const mean = count > 0 ? sum / count : 0;
    const deviation = count > 0 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : 0;
    for (let at = s; at < values.length; at += fields) {
      const z = values[at] as number;
      if (z === 0) continue;
      // a constant goes to the earlier mean
      const moved = deviation > 1e-6 ? (z - mean) / deviation : 0;
      values[at] = Math.max(-preprocessing.clip, Math.min(preprocessing.clip, moved));
    }
  }
  const matrix = { ...features, data: words };
  return { ...data, features: matrix, teacherInputs: matrix };
}

/** Earlier rows for training and for selection: every fourth is for selection. */
export function replayedRows(replay: Dataset): { train: Dataset; selection: Dataset } {
  const all = Array.from({ length: replay.rows }, (_, i) => i);
  if (all.length < 4) return { train: replay, selection: replay };
  const pick = (wanted: (i: number) => boolean): Dataset => selectRows(replay, Uint32Array.from(all.filter(wanted)));
  return { train: pick((i) => i % 4 !== 3), selection: pick((i) => i % 4 === 3) };
}

/**
 * New rows, then memory rows without labels, with weights: those of the memory add up to `share` times those of the new rows.
 */
export function joinMemory(rows: Dataset, memory: Dataset, share: number): Dataset {
  const own = rows.weights ?? new Float64Array(rows.rows).fill(1);
  const of = memory.weights ?? new Float64Array(memory.rows).fill(1);
  const factor = (share * sumOf(own)) / sumOf(of);
  const { penaltyFactors, target } = rows;
  return {
    ...concatRows(
      { ...rows, weights: own },
      { ...memory, weights: of.map((w) => factor * w), labels: new Int8Array(memory.rows).fill(-1) },
    ),
    ...(penaltyFactors && { penaltyFactors }),
    ...(target && { target }),
  };
}
