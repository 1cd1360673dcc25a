// Which encoded columns of a preprocessing enter which input.
import type { Preprocessing, PreprocessingColumn } from '../data/preprocessing.ts';
import { DebkdError, listed, nearest, quote } from '../io/errors.ts';
import { isAlike, valuesPerRow } from './input-columns.ts';
import type { GraphTensor } from './onnx-graph.ts';

/** An input that takes some of the encoded columns. */
export interface EncodedInput {
  readonly tensor: GraphTensor;
  /** The raw columns whose encoded columns enter it, in the order of the preprocessing. */
  readonly columns: readonly string[];
  /** Indices of the encoded columns. */
  readonly places: Uint32Array;
}

/**
 * Assigns the columns of a preprocessing: stated ones, then those of the inputs' names, and what is left to the only
 * other input.
 * @param stated raw columns by input
 * @throws DebkdError `preprocessing` or `teacher`
 */
export function encodedInputs(
  inputs: readonly GraphTensor[],
  stated: ReadonlyMap<string, readonly string[]>,
  preprocessing: Preprocessing,
  teacher: string,
): EncodedInput[] {
  const subject = `teacher ${quote(teacher, 200)}`;
  const { columns } = preprocessing;
  const names = columns.map(({ name }) => name);
  const widthOf = (list: readonly PreprocessingColumn[]): number => list.reduce((sum, { width }) => sum + width, 0);
  const assigned = inputs.map((tensor): readonly PreprocessingColumn[] | undefined => {
    const wanted = stated.get(tensor.name);
    if (wanted) {
      const unknown = wanted.find((name) => !names.includes(name));
      if (unknown !== undefined) {
        const near = nearest(unknown, names);
        throw new DebkdError('preprocessing', {
          subject: `${subject}, input ${quote(tensor.name)}`,
          seen: `the preprocessing has no column ${quote(unknown)}${near ? ` (did you mean ${quote(near)}?)` : ''}`,
          expected: near
            ? undefined
            : `some of ${listed(
                names.map((name) => quote(name)),
                12,
              )}`,
          remedy: { id: 'assign-columns', input: tensor.name },
        });
      }
      return columns.filter(({ name }) => wanted.includes(name));
    }
    const exact = columns.filter(({ name }) => name === tensor.name);
    const alike = exact.length > 0 ? exact : columns.filter(({ name }) => isAlike(name, tensor.name));
    return alike.length === 1 && fits(tensor, widthOf(alike)) ? alike : undefined;
  });
  const used = new Set(assigned.flatMap((list) => list ?? []));
  const left = columns.filter((column) => !used.has(column));
  const open = inputs.filter((_, i) => assigned[i] === undefined);
  return inputs.map((tensor, i) => {
    const list = assigned[i] ?? (open.length === 1 ? left : []);
    const [width, encoded] = [valuesPerRow(tensor), widthOf(list)];
    if (encoded === 0) {
      const others = open.map(({ name, shape }) => `${quote(name)} [${shape.join(', ')}]`);
      throw new DebkdError('teacher', {
        subject,
        seen:
          open.length > 1
            ? `inputs ${listed(others)} could share the columns of the preprocessing in several ways`
            : `no column of the preprocessing is left for input ${quote(tensor.name)}`,
        expected: 'the columns that enter each input',
        remedy: { id: 'assign-columns', input: tensor.name },
      });
    }
    if (!fits(tensor, encoded)) {
      const shown = listed(
        list.map(({ name }) => quote(name)),
        12,
      );
      throw new DebkdError('preprocessing', {
        subject: `${subject}, input ${quote(tensor.name)}`,
        seen: `it takes ${width} values per row, and the preprocessing encodes its columns (${shown}) as ${encoded}`,
        remedy: [{ id: 'assign-columns', input: tensor.name }, { id: 'give-preprocessing' }],
      });
    }
    const places = list.flatMap(({ offset, width: own }) => Array.from({ length: own }, (_, k) => offset + k));
    return { tensor, columns: list.map(({ name }) => name), places: Uint32Array.from(places) };
  });
}

function fits(tensor: GraphTensor, width: number): boolean {
  const own = valuesPerRow(tensor);
  return own === undefined ? tensor.shape.length <= 2 : own === width;
}
