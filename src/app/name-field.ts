// Settings in messages of the page: as its fields.
import type { NameSetting, SettingName } from '../io/remedies.ts';

/** Labels of the page's fields; the page has no field for the others. */
const LABELS: Partial<Readonly<Record<SettingName, string>>> = {
  drop: 'columns to leave out',
  positive: 'value of class 1',
  preprocessing: 'preprocessing',
  student: 'hidden widths',
  target: 'label column',
};

/** The label of the field, in words. */
export const nameField: NameSetting = (setting, value) => {
  const label = LABELS[setting] ?? setting.replaceAll('-', ' ');
  return value === undefined ? label : `${label}: ${value}`;
};
