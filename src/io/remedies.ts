// Remedies of errors. A remedy that depends on a setting has an identifier; each host names the setting as its users know
// it: the command line as an option, the library as a parameter, the app as a field.

/** Settings that remedies name, as the command line spells them. */
export type SettingName =
  | ('ablate' | 'batch-size' | 'class' | 'convention' | 'debias' | 'drop' | 'epochs' | 'force' | 'infuse' | 'layer')
  | ('learning-rate' | 'na-values' | 'output' | 'positive' | 'positive-class' | 'preprocessing' | 'split' | 'student')
  | ('target' | 'teacher-limit' | 'train-rows' | 'tune');

/** A remedy that depends on settings; `id` is stable, scripts may depend on it. */
export type SettingRemedy =
  | { readonly id: 'accept-loss' | 'add-rows' | 'choose-target' | 'drop-columns' | 'give-preprocessing' }
  | { readonly id: 'list-missing' | 'name-layer' | 'name-output' | 'other-debias' | 'raise-limit' | 'reduce-batch' }
  | { readonly id: 'skip-debias' | 'state-positive-class' | 'tune' }
  | { readonly id: 'drop-column'; readonly column: string }
  | { readonly id: 'give-strength'; readonly form: string }
  | { readonly id: 'lower-rate'; readonly below: number }
  | { readonly id: 'name-class' | 'state-convention' | 'state-positive'; readonly choices?: readonly string[] }
  | { readonly id: 'omit-setting'; readonly setting: SettingName };

/** A remedy: one that depends on a setting, or advice that is the same everywhere. */
export type Remedy = SettingRemedy | string;

/** How a host names a setting. @param value of the setting; default: only its name */
export type NameSetting = (setting: SettingName, value?: string) => string;

type Phrases = {
  readonly [Id in SettingRemedy['id']]: (remedy: SettingRemedy & { id: Id }, name: NameSetting) => string;
};

const PHRASES: Phrases = {
  'accept-loss': (_, name) => `accept the loss (${name('force')})`,
  'add-rows': (_, name) => `give the part more rows (${name('split')})`,
  'choose-target': (_, name) => `name a binary column as the target (${name('target')})`,
  'drop-column': ({ column }, name) => `drop the column (${name('drop', column)})`,
  'drop-columns': (_, name) => `drop the columns that are not features (${name('drop')})`,
  'give-preprocessing': (_, name) =>
    `give the preprocessing that the teacher was trained with (${name('preprocessing')})`,
  'give-strength': ({ form }, name) => `give a strength (${name('infuse', `${form}:0.5`)})`,
  'list-missing': (_, name) => `list how missing values are spelled (${name('na-values')})`,
  'lower-rate': ({ below }, name) => `use a learning rate below ${below} (${name('learning-rate')})`,
  'name-class': ({ choices }, name) => `name the class that is class 1 (${name('class', choices?.join('|'))})`,
  'name-layer': (_, name) => `name another layer (${name('layer')})`,
  'name-output': (_, name) => `name the output to read (${name('output')})`,
  'omit-setting': ({ setting }, name) => `leave out ${name(setting)}`,
  'other-debias': (_, name) => `choose another method of label de-biasing (${name('debias')})`,
  'raise-limit': (_, name) => `raise the limit (${name('teacher-limit')})`,
  'reduce-batch': (_, name) => `use smaller batches (${name('batch-size')})`,
  'skip-debias': (_, name) => `turn off label de-biasing (${name('debias', 'none')})`,
  'state-convention': ({ choices }, name) => `state what the output means (${name('convention', choices?.join('|'))})`,
  'state-positive': ({ choices }, name) => `state the value of class 1 (${name('positive', choices?.join('|'))})`,
  'state-positive-class': (_, name) => `state which output is class 1 (${name('positive-class', 'first|second')})`,
  tune: (_, name) => `try every setting of each method (${name('tune')})`,
};

/** Names of the library for settings that the command line calls otherwise. */
const PARAMETERS: Partial<Readonly<Record<SettingName, string>>> = {
  infuse: 'infusion',
  'na-values': 'missing',
};

/** As a parameter of the library. */
export const nameParameter: NameSetting = (setting, value) => {
  const parameter = PARAMETERS[setting] ?? setting.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return value === undefined ? parameter : `${parameter}: ${value}`;
};

/** A remedy in words. */
export function describeRemedy(remedy: Remedy, name: NameSetting): string {
  if (typeof remedy === 'string') return remedy;
  const phrase = PHRASES[remedy.id] as (remedy: SettingRemedy, name: NameSetting) => string;
  return phrase(remedy, name);
}
