// Settings in messages of the command line: as its options.
import type { NameSetting } from '../io/remedies.ts';

/** `--drop age`; a value that a shell would split or expand is quoted. */
export const nameOption: NameSetting = (setting, value) => {
  if (value === undefined) return `--${setting}`;
  return `--${setting} ${/^[\w.,:|/=+-]+$/.test(value) ? value : `'${(value || '""').replaceAll("'", "'\\''")}'`}`;
};
