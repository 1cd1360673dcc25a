// The inputs of student-raw.onnx: one for each raw column.
import type { Preprocessing } from '../data/preprocessing.ts';
import { TYPE, tensorInfo } from './onnx-model.ts';

/** Prefix of all names inside the graph: it keeps them distinct from the columns' names. */
export const PREFIX = 'debkd/';

/** The names of the inputs, in the order of the columns. */
export function inputNames({ columns }: Preprocessing): string[] {
  const taken = ['', '__proto__', 'probability', 'label'];
  return columns.map(({ name }, i) => {
    // Not allowed: empty names, names of outputs, unpaired surrogates (no UTF-8) and NUL (ends a C string). A runtime
    // may set the prototype of its feeds with `__proto__`.
    const free = !taken.includes(name) && !name.startsWith(PREFIX) && !/\p{Cs}|\0/u.test(name);
    let chosen = free ? name : `column_${i}`;
    while (!free && columns.some((column) => column.name === chosen)) chosen = `_${chosen}`;
    return chosen;
  });
}

/** The model's inputs, [batch, 1] each: float32 for numbers, NaN if missing; strings for categories. */
export function columnInputs(preprocessing: Preprocessing): Uint8Array[] {
  const names = inputNames(preprocessing);
  return preprocessing.columns.map((column, i) =>
    column.kind === 'numeric'
      ? tensorInfo(names[i] as string, TYPE.float32, 1, 'a number; NaN where it is missing')
      : tensorInfo(names[i] as string, TYPE.string, 1, 'a category as text; empty where it is missing'),
  );
}
