// What a shipped student says of itself.
import type { Model } from './model.ts';

/** One field of a record. */
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
