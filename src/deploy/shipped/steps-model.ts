// A student with steps inside student.js: its preprocessing, and `about`.
import type { Preprocessing, PreprocessingColumn } from '../../data/preprocessing.ts';
import { rawInputs } from '../../data/raw-inputs.ts';
import type { Step } from '../../data/steps/step.ts';
import type { Model, PackedColumn, PackedImage, PackedText } from './model.ts';

/** The preprocessing of a student whose columns may have steps. */
export function unpackSteps({ clip, missing, columns }: Model): Preprocessing {
  let encodedWidth = 0;
  const unpacked = (columns as readonly Exclude<PackedColumn, PackedText | PackedImage>[]).map(
    ([name, second, third, symlog]): PreprocessingColumn => {
      const offset = encodedWidth;
      const steps = Array.isArray(third) ? (third as Step[]) : undefined;
      const width = typeof second !== 'number' ? second.length : steps ? second : 1;
      encodedWidth += width;
      if (typeof second !== 'number') return { name, kind: 'categorical', categories: second, offset, width };
      if (steps) return { name, kind: 'steps', steps, offset, width };
      const transform = symlog ? 'symlog' : 'none';
      return { name, kind: 'numeric', transform, mean: second, std: third as number, offset, width: 1 };
    },
  );
  return { clip, columns: unpacked, encodedWidth, ...(missing && { missing }) };
}

/** `about` of a student whose columns may have steps. */
export function describeSteps({ about, threshold, defer }: Model, { columns }: Preprocessing): object {
  return { ...about, threshold, ...(defer && { defer }), inputs: rawInputs(columns) };
}
