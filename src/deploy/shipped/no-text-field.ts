// In place of student/text-field.ts in exported students without texts: the build removes the call.
import type { TextColumn } from '../../data/text-column.ts';
import type { FieldEncoder } from '../../student/record.ts';

/** Is never called: no column of these students is a text. */
export const textField: (column: TextColumn) => FieldEncoder = () => () => true;
