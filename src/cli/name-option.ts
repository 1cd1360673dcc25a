// Names the settings in messages as options of the command line.
import type { NameSetting, SettingName } from '../io/remedies.ts';
import { formatName } from '../settings/lists.ts';

/** Options whose value in a message is the name of a column, as an entry of a list. */
const LISTS: readonly SettingName[] = [
  'drop',
  'exclude',
  'features',
  'groups',
  'keep',
  'soft-labels',
  'text',
  'withhold',
];

/** For example `--drop age`. Quotes names that a list would split, and values that a shell would split or expand. */
export const nameOption: NameSetting = (setting, value) => {
  if (value === undefined) return `--${setting}`;
  if (value === '' && setting === 'na-values') return `--${setting} ""`;
  const entry = LISTS.includes(setting) ? formatName(value) : value;
  return `--${setting} ${/^[\w.,:|/=+-]+$/.test(entry) ? entry : `'${entry.replaceAll("'", "'\\''")}'`}`;
};
