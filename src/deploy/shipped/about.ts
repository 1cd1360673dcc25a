// `about` of an exported student: version, threshold, inputs.
import type { Model } from './model.ts';

/** A field of a record; `categories` only for type `category`. */
export interface Input {
  readonly name: string;
  readonly type: 'number' | 'category';
  readonly categories?: readonly string[];
}

export function describe({ about, threshold, columns }: Model): object {
  const inputs = columns.map(
    ([name, mean]): Input =>
      typeof mean === 'number' ? { name, type: 'number' } : { name, type: 'category', categories: mean },
  );
  return { ...about, threshold, inputs };
}
