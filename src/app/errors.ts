// Where the page shows an error: next to the field with the fault.
import { FIELD_LABELS } from './name-field.ts';
import type { WorkError } from './remote.ts';

/** A place of the page that shows an error. */
export type Place =
  | 'teacher'
  | 'preprocessing'
  | 'data'
  | 'drop'
  | 'target'
  | 'text'
  | 'soft-labels'
  | 'weights'
  | 'check';

/** The errors on the page, by place. */
export type Errors = { readonly [place in Place]?: string | undefined };

/** Places the error of a check of the teacher on the rows. */
export function checkErrors({ code, message }: WorkError): Errors {
  // the subject tells soft labels from the teacher's output, and weights from other columns
  if (/^soft labels\b/.test(message)) return { 'soft-labels': message };
  if (/^(data ".*", )?weights "/s.test(message)) return { weights: message };
  if (code === 'column' && message.includes(FIELD_LABELS.text)) return { text: message };
  if (code === 'target') return { target: message };
  if (code === 'teacher' || code === 'convention') return { teacher: message };
  if (code === 'preprocessing') return { preprocessing: message };
  if (/^data /.test(message) && (code === 'source' || code === 'image')) return { data: message };
  return code === 'table' ? { data: message } : { check: message };
}
