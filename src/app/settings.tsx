// Step 3: the settings of the run, with the defaults of the command line.
import type { JSX } from 'preact';
import { DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { commandLine } from '../settings/command-line.ts';
import { SELECTION_LOSSES, SELECTION_METRICS } from '../student/selection-metrics.ts';
import { type FieldErrors, settingsText, trimmed } from './check-settings.ts';
import { Command } from './command.tsx';
import { ErrorMessage } from './error-message.tsx';
import { Step } from './fold.tsx';
import type { Checked } from './input-messages.ts';
import type { Settings } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';
import { DECISIONS, FIELDS, type SettingField } from './setting-fields.ts';
import { Terms } from './terms.tsx';
import { TEXTS } from './texts.ts';

interface Props {
  readonly settings: Settings;
  /** Folds the step at each change. */
  readonly fold: string | undefined;
  readonly checked: Checked | undefined;
  readonly ready: boolean;
  readonly running: boolean;
  readonly error: string | undefined;
  /** The errors of single settings. */
  readonly fields: FieldErrors;
  readonly notice: string | undefined;
  readonly onChange: (change: (settings: Settings) => Settings) => void;
  readonly onRun: () => void;
}

const OF_IMAGES = 'convolutions, because the student reads images';
const OF_TEXTS = 'logistic, because the student reads texts';

export function SettingsStep({
  settings,
  fold,
  checked,
  ready,
  running,
  error,
  fields,
  notice,
  onChange,
  onRun,
}: Props): JSX.Element {
  const { settings: WORDS } = TEXTS;
  const value = (name: string): string => String(settings[name] ?? '');
  const set = (name: string, text: string): void => {
    // several fields may change before the next render
    onChange(({ [name]: _, ...rest }) => (text === '' ? rest : { ...rest, [name]: text }));
  };
  const emptyOf = ({ name, empty }: SettingField): string => {
    if (name !== 'student') return empty;
    return checked?.hasImage ? OF_IMAGES : (checked?.texts ?? []).length > 0 ? OF_TEXTS : empty;
  };
  const errorOf = (name: string): string | undefined =>
    fields[name]?.value === value(name).trim() ? fields[name].text : undefined;
  const described = (name: string) => ({
    'aria-describedby': `${name}-hint ${name}-error`,
    'aria-invalid': errorOf(name) === undefined ? undefined : true,
  });
  const field = (one: SettingField): JSX.Element => (
    <div key={one.name} class="field">
      <label for={one.name}>{one.label}</label>
      <input
        id={one.name}
        value={value(one.name)}
        inputMode={one.inputMode}
        {...described(one.name)}
        onInput={(event) => set(one.name, event.currentTarget.value)}
      />
      <p id={`${one.name}-hint`} class="hint">
        <span class="default">{WORDS.empty(emptyOf(one))}</span> {one.says}
      </p>
      <ErrorMessage id={`${one.name}-error`} text={errorOf(one.name)} />
    </div>
  );
  const select = (name: string, label: string, hint: string, options: readonly (readonly [string, string])[]) => (
    <div class="field">
      <label for={name}>{label}</label>
      <select
        id={name}
        value={value(name)}
        {...described(name)}
        onChange={(event) => set(name, event.currentTarget.value)}
      >
        {/* an example may preset a value that is not listed, such as mix:0.3 */}
        {(options.some(([key]) => key === value(name))
          ? options
          : [...options, [value(name), value(name)] as const]
        ).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
      <p id={`${name}-hint`} class="hint">
        {hint}
      </p>
      <ErrorMessage id={`${name}-error`} text={errorOf(name)} />
    </div>
  );
  return (
    <Step id="settings" class="settings" title={WORDS.heading} said={settingsText(trimmed(settings))} fold={fold}>
      <p class="hint">{WORDS.intro}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRun();
        }}
      >
        <div class="columns">{FIELDS.map(field)}</div>
        <details>
          <summary>
            {WORDS.decisions(
              DECISIONS.filter(({ name }) => value(name) !== '').map(({ name, label }) => `${label} ${value(name)}`),
            )}
          </summary>
          <Terms names={['threshold', 'deferral']} />
          <div class="columns">{DECISIONS.map(field)}</div>
        </details>
        <details>
          <summary>{WORDS.advanced}</summary>
          <Terms names={['debiasing', 'infusion']} />
          <div class="columns">
            {select('debias', FIELD_LABELS.debias, WORDS.debias, [
              ['', WORDS.auto],
              ...DEBIAS_METHODS.filter((name) => name !== 'auto').map((name) => [name, name] as const),
            ])}
            {select('infuse', FIELD_LABELS.infuse, WORDS.infuse, [
              ['', 'mix'],
              ...INFUSION_FORMS.filter((name) => name !== 'mix').map((name) => [name, name] as const),
            ])}
            {select('metric', WORDS.metric, WORDS.metricSays, [
              ['', WORDS.metricDefault],
              ...SELECTION_METRICS.map((name) => [name, `${name} (${SELECTION_LOSSES[name]})`] as const),
            ])}
          </div>
        </details>
        {checked && (
          <Command
            text={commandLine('distill', { ...checked.options, ...trimmed(settings) })}
            summary={WORDS.command}
          />
        )}
        <p>
          <button type="submit" id="run" class="main large" disabled={!ready || running}>
            {WORDS.run}
          </button>
        </p>
      </form>
      {notice !== undefined && (
        <p class="which" role="status">
          {notice}
        </p>
      )}
      <ErrorMessage id="run-error" text={error} />
    </Step>
  );
}
