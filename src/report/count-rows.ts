// The numbers of rows of a record.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { fewDistinct } from '../data/distinct-rows.ts';

/** A value for each part. */
type ByPart<T> = Readonly<Record<'train' | 'validation' | 'test', T>>;

/** The rows and the labelled rows of each part, and the different test rows where there are few. */
export function countRows(data: ByPart<AnyDataset>): ByPart<number> & { labelled: ByPart<number>; different?: number } {
  const different = fewDistinct(data.test, data.train);
  return {
    ...count(data, ({ rows }) => rows),
    labelled: count(data, ({ labels }) => countLabels({ labels }).rows),
    ...(different !== undefined && { different }),
  };
}

function count(data: ByPart<AnyDataset>, of: (dataset: AnyDataset) => number): ByPart<number> {
  return { train: of(data.train), validation: of(data.validation), test: of(data.test) };
}
