// Names the settings in messages as options of the command line.
import type { NameSetting } from '../io/remedies.ts';

/** For example `--drop age`. Quotes values that a shell would split or expand. */
export const nameOption: NameSetting = (setting, value) => {
  if (value === undefined) return `--${setting}`;
  return `--${setting} ${/^[\w.,:|/=+-]+$/.test(value) ? value : `'${(value || '""').replaceAll("'", "'\\''")}'`}`;
};
