// Remedies of errors. A remedy that depends on a setting has an identifier; each host names the setting as its users know
// it: the command line as an option, the library as a parameter, the app as a field.

/** Settings that remedies name, as the command line spells them. */
export type SettingName =
  | (
      | 'ablate'
      | 'batch-size'
      | 'class'
      | 'convention'
      | 'debias'
      | 'drop'
      | 'epochs'
      | 'exclude'
      | 'features'
      | 'force'
      | 'groups'
    )
  | ('image' | 'image-config' | 'image-layout' | 'image-mean' | 'image-root' | 'image-size')
  | ('infuse' | 'inputs' | 'keep' | 'layer' | 'max-length' | 'soft-labels' | 'text' | 'tokenizer' | 'withhold')
  | ('learning-rate' | 'metric' | 'na-values' | 'output' | 'positive' | 'positive-class' | 'preprocessing' | 'provider')
  | ('split' | 'split-by' | 'student' | 'target' | 'teacher-limit' | 'train-rows' | 'tune' | 'weights');

/** A remedy that depends on settings; `id` is stable, scripts may depend on it. */
export type SettingRemedy =
  | { readonly id: 'accept-loss' | 'add-rows' | 'choose-target' | 'drop-columns' | 'give-preprocessing' }
  | { readonly id: 'keep-missing' | 'name-layer' | 'name-output' | 'raise-limit' | 'reduce-batch' }
  | { readonly id: 'give-split' | 'skip-debias' | 'state-positive-class' | 'tune' }
  | { readonly id: 'give-tokenizer' | 'name-text' | 'set-length' | 'choose-student' }
  | { readonly id: 'give-image-config' | 'give-image-root' | 'name-image' | 'set-image-mean' | 'set-image-size' }
  | { readonly id: 'assign-columns'; readonly input?: string }
  | { readonly id: 'drop-column'; readonly column: string }
  | { readonly id: 'name-column'; readonly column: string; readonly setting: SettingName }
  | { readonly id: 'give-strength'; readonly form: string }
  | { readonly id: 'list-missing'; readonly values?: readonly string[] }
  | { readonly id: 'lower-rate'; readonly below: number }
  | { readonly id: 'name-class' | 'state-convention' | 'state-positive'; readonly choices?: readonly string[] }
  | { readonly id: 'omit-setting'; readonly setting: SettingName };

/** A remedy: one that depends on a setting, or advice that is the same everywhere. */
export type Remedy = SettingRemedy | string;

/** How a host names a setting. @param value of the setting; default: only its name */
export type NameSetting = (setting: SettingName, value?: string) => string;

/** What to do, the setting that does it, and its value where a remedy has none of its own. */
type Phrase = readonly [phrase: string, setting: SettingName, value?: string];

const PHRASES: { readonly [Id in Exclude<SettingRemedy['id'], 'omit-setting'>]: Phrase } = {
  'accept-loss': ['accept the loss', 'force'],
  'add-rows': ['give the part more rows', 'split'],
  'assign-columns': ['say which columns enter which input', 'inputs', 'INPUT=COLUMN,...'],
  'choose-student': ['choose another student', 'student'],
  'choose-target': ['name a binary column as the target', 'target'],
  'drop-column': ['drop the column', 'drop'],
  'drop-columns': ['drop the columns that are not features', 'drop'],
  'give-image-config': ['give the preprocessor_config.json that the model was trained with', 'image-config', 'FILE'],
  'give-image-root': ['give the folder that the paths are relative to', 'image-root', 'DIR'],
  'give-preprocessing': ['give the preprocessing that the teacher was trained with', 'preprocessing'],
  'give-split': ['give the part of each row', 'split'],
  'give-strength': ['give a strength', 'infuse'],
  'keep-missing': ['count it as a value', 'na-values', ''],
  'list-missing': ['list how missing values are spelled', 'na-values'],
  'give-tokenizer': ['give the tokenizer.json that the model was trained with', 'tokenizer', 'FILE'],
  'lower-rate': ['use a learning rate', 'learning-rate'],
  'name-column': ['name the column as the data does', 'drop'],
  'name-class': ['name the class that is class 1', 'class'],
  'name-image': ['name the column of images', 'image', 'COLUMN'],
  'name-layer': ['name another layer', 'layer'],
  'name-output': ['name the output to read', 'output'],
  'name-text': ['name the column of text', 'text', 'COLUMN'],
  'raise-limit': ['raise the limit', 'teacher-limit'],
  'reduce-batch': ['use smaller batches', 'batch-size'],
  'set-image-mean': ['state its mean and standard deviation', 'image-mean'],
  'set-image-size': ['state the size of its images', 'image-size', 'HEIGHTxWIDTH'],
  'set-length': ['set another length', 'max-length'],
  'skip-debias': ['turn off label de-biasing', 'debias', 'none'],
  'state-convention': ['state what the output means', 'convention'],
  'state-positive': ['state the value of class 1', 'positive'],
  'state-positive-class': ['state which output is class 1', 'positive-class', 'first|second'],
  tune: ['try every setting of each method', 'tune'],
};

/** Names of the library for settings that the command line calls otherwise. */
const PARAMETERS: Partial<Readonly<Record<SettingName, string>>> = {
  'image-root': 'files',
  infuse: 'infusion',
  'na-values': 'missing',
};

/** As a parameter of the library. */
export const nameParameter: NameSetting = (setting, value) => {
  const parameter = PARAMETERS[setting] ?? setting.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return value === undefined ? parameter : `${parameter}: ${value || '[]'}`;
};

/** A remedy in words. */
export function describeRemedy(remedy: Remedy, name: NameSetting): string {
  if (typeof remedy === 'string') return remedy;
  if (remedy.id === 'omit-setting') return `leave out ${name(remedy.setting)}`;
  const [phrase, own, value] = PHRASES[remedy.id];
  const setting = 'setting' in remedy ? remedy.setting : own;
  const limit = 'below' in remedy ? ` below ${remedy.below}` : '';
  return `${phrase}${limit} (${name(setting, givenValue(remedy) ?? value)})`;
}

function givenValue(remedy: SettingRemedy): string | undefined {
  if ('column' in remedy) return remedy.column;
  if ('values' in remedy) return remedy.values?.join();
  if ('choices' in remedy) return remedy.choices?.join('|');
  if ('input' in remedy && remedy.input !== undefined) return `${remedy.input}=COLUMN,...`;
  return 'form' in remedy ? `${remedy.form}:0.5` : undefined;
}
