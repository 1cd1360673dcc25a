// Where a problem is said that trying teacher and rows together has found.
import type { WorkError } from './remote.ts';

/** Where a problem is said: next to what is wrong. */
export type Place = 'teacher' | 'preprocessing' | 'data' | 'drop' | 'target' | 'check' | 'run';

export type Problems = { readonly [place in Place]?: string | undefined };

/** What a trial found wrong, at its place. */
export function trialOf({ code, message }: WorkError, target: string): Problems {
  if (code === 'target') return { target: message };
  if (code === 'column' && message.includes(`no column ${JSON.stringify(target)}`))
    return { target: `The teacher takes "${target}" as a feature, so that it is no label: choose another column.` };
  if (code === 'teacher' || code === 'convention') return { teacher: message };
  if (code === 'preprocessing') return { preprocessing: message };
  return code === 'table' ? { data: message } : { check: message };
}
