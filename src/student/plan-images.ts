// Plans of records that may have an image.
import type { Preprocessing } from '../data/preprocessing.ts';
import { imageRow } from '../kernels/image-row.ts';
import { imageField } from './image-field.ts';
import { planColumns } from './plan-columns.ts';
import type { RecordPlan } from './record.ts';
import { networkInputs } from './student-layout.ts';

/** Makes the plan of a preprocessing with columns of any kind. */
export function planImages(preprocessing: Preprocessing): RecordPlan {
  const plan = planColumns(preprocessing, imageField);
  const { image } = networkInputs(preprocessing);
  return image ? { ...plan, row: () => imageRow(plan.width, image), offset: image.offset } : plan;
}
