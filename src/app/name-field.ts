// The labels of the page's fields. Messages name a setting by the label of its field.
import type { NameSetting, SettingName } from '../io/remedies.ts';

/** Settings that the page has a field for. */
type FieldName = Extract<
  SettingName,
  | (
      | 'class'
      | 'convention'
      | 'debias'
      | 'drop'
      | 'epochs'
      | 'exclude'
      | 'image-config'
      | 'image-root'
      | 'infuse'
      | 'inputs'
      | 'max-length'
      | 'positive'
      | 'positive-class'
      | 'preprocessing'
    )
  | ('split-by' | 'student' | 'target' | 'text' | 'tokenizer' | 'train-rows' | 'weights')
>;

/** The labels that the page shows. */
export const FIELD_LABELS: Readonly<Record<FieldName, string>> = {
  class: 'Class 1 of the teacher',
  convention: 'The output is',
  debias: 'De-biasing',
  drop: 'Columns of the student',
  epochs: 'Epochs',
  exclude: 'Columns of the student',
  'image-config': 'Preprocessing or tokenizer',
  'image-root': 'Folder of images',
  infuse: 'Infusion',
  inputs: 'Columns of its inputs',
  'max-length': 'Most tokens of a text',
  positive: 'Class 1',
  'positive-class': 'Of two outputs, class 1 is',
  preprocessing: 'Preprocessing or tokenizer',
  'split-by': 'Split by',
  student: 'Hidden layers',
  target: 'Label column',
  text: 'Columns of texts',
  tokenizer: 'Preprocessing or tokenizer',
  'train-rows': 'Maximum training rows',
  weights: 'Row weights',
};

/** Names a setting by the label of its field. Only the command line has the other settings. */
export const nameField: NameSetting = (setting, value) => {
  if (!hasField(setting)) return `${setting.replaceAll('-', ' ')}, only on the command line`;
  const field = `field “${FIELD_LABELS[setting]}”`;
  // the page shows no names of files and columns in its fields
  return value === undefined || value === 'FILE' || value === 'COLUMN' || value === 'DIR'
    ? field
    : `${field}: ${value}`;
};

function hasField(setting: SettingName): setting is FieldName {
  return setting in FIELD_LABELS;
}
