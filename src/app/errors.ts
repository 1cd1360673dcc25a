// Where on the page an error is shown: next to what is wrong.
import type { WorkError } from './remote.ts';

export type Place = 'teacher' | 'preprocessing' | 'data' | 'drop' | 'target' | 'check';

export type Errors = { readonly [place in Place]?: string | undefined };

/** The error of a check of teacher and rows, at its place. */
export function checkErrors({ code, message }: WorkError, target: string): Errors {
  if (code === 'target') return { target: message };
  if (code === 'column' && message.includes(`no column ${JSON.stringify(target)}`))
    return { target: `The teacher takes "${target}" as a feature, so that it is no label: choose another column.` };
  if (code === 'teacher' || code === 'convention') return { teacher: message };
  if (code === 'preprocessing') return { preprocessing: message };
  return code === 'table' ? { data: message } : { check: message };
}
