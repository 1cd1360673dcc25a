// `about` of an exported student: version, threshold, inputs.
import type { RawInput } from '../../data/raw-inputs.ts';
import type { Model, PackedPlain } from './model.ts';

/** `about` of a student without steps and texts. */
export function describe({ about, threshold, defer, columns }: Model): object {
  const inputs = (columns as readonly PackedPlain[]).map(
    ([name, mean]): RawInput =>
      typeof mean === 'number' ? { name, type: 'number' } : { name, type: 'category', categories: mean },
  );
  return { ...about, threshold, ...(defer && { defer }), inputs };
}
