// Some rows of a dataset, as a dataset: copied in memory, and read through from a file.
import { dispose } from '../io/dispose.ts';
import { type AnyDataset, pickMembers, type StoredDataset, selectRows } from './dataset.ts';
import type { StoredMatrix } from './matrix.ts';
import type { StoredRaw } from './raw-columns.ts';
import { isInMemory, matrixRows } from './row-source.ts';

/**
 * The given rows of a dataset, in the given order. Rows in a file stay there: the dataset must outlive the result, which needs no
 * disposal.
 * @param rows row numbers in the dataset, ascending
 */
export function keepRows(data: AnyDataset, rows: Uint32Array): AnyDataset {
  if (isInMemory(data.features)) return selectRows(data, rows);
  const features = viewOf(data.features, rows);
  const { features: whole, teacherInputs, otherInputs } = data as StoredDataset;
  const inputsOf = (inputs: StoredMatrix | StoredRaw): StoredMatrix | StoredRaw => {
    if (inputs === whole) return features;
    return 'fields' in inputs ? viewOf(inputs, rows) : rawViewOf(inputs, rows);
  };
  const view: StoredDataset = {
    ...pickMembers(data, rows),
    features,
    teacherInputs: inputsOf(teacherInputs),
    ...(otherInputs && { otherInputs: otherInputs.map(inputsOf) }),
    [dispose]: () => undefined,
  };
  return view;
}

function viewOf(matrix: StoredMatrix, rows: Uint32Array): StoredMatrix {
  const source = matrixRows(matrix);
  const { entries } = matrix;
  return {
    ...matrix,
    rows: rows.length,
    read: (from, to) => source.select(rows.subarray(from, to)),
    ...(entries && {
      entries: (from: number, to: number) =>
        rows.subarray(from, to).reduce((sum, row) => sum + entries(row, row + 1), 0),
    }),
  };
}

function rawViewOf(raw: StoredRaw, rows: Uint32Array): StoredRaw {
  return {
    rows: rows.length,
    read: (from, to) => raw.select(rows.subarray(from, to)),
    select: (chosen) => raw.select(chosen.map((row) => rows[row] as number)),
  };
}
