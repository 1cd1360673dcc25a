// Step 3: the settings of the run, with the defaults of the command line.
import type { JSX } from 'preact';
import { DEBIAS_METHODS } from '../labels/debias-names.ts';
import { INFUSION_FORMS } from '../labels/infusion-forms.ts';
import { ruleOf, thresholdPerOf } from '../settings/training.ts';
import { ErrorMessage } from './error-message.tsx';
import type { Settings } from './messages.ts';
import { FIELD_LABELS } from './name-field.ts';

interface Props {
  readonly settings: Settings;
  /** The columns of texts that the student is given. */
  readonly texts: readonly string[];
  /** Whether the student is given images. */
  readonly hasImage: boolean;
  readonly ready: boolean;
  readonly running: boolean;
  readonly error: string | undefined;
  readonly onChange: (change: (settings: Settings) => Settings) => void;
  readonly onRun: () => void;
}

/** Text fields, by the names of the command line's options, and what they are if left empty. */
const FIELDS: readonly (readonly [name: string, label: string, empty: string])[] = [
  ['student', FIELD_LABELS.student, '32,16'],
  ['epochs', FIELD_LABELS.epochs, 'by the number of rows'],
  ['train-rows', FIELD_LABELS['train-rows'], 'all'],
  ['seed', 'Seed', '1'],
];
/** How the student decides: option, label, hint. */
const DECISIONS = [
  [
    'threshold-by',
    'Threshold by',
    'f1, accuracy, youden, mcc, cost:FP=1,FN=8, precision>=0.9, recall>=0.95, rate=0.1, or a probability. Left empty: f1.',
  ],
  [
    'threshold-per',
    'Threshold per',
    'A column, such as sex: each value has a threshold of its own, for equal true positive rates. Left empty: one threshold.',
  ],
  [
    'defer',
    'Error rate to promise',
    'Such as 0.05: the student defers uncertain rows, and at most this share of the others is wrong, with 95 % confidence. Left empty: it answers every row.',
  ],
] as const;
const OF_IMAGES = 'convolutions, because the student reads images';
const OF_TEXTS = 'logistic, because the student reads texts';

export function SettingsStep({
  settings,
  texts,
  hasImage,
  ready,
  running,
  error,
  onChange,
  onRun,
}: Props): JSX.Element {
  const value = (name: string): string => String(settings[name] ?? '');
  const set = (name: string, text: string): void => {
    // several fields may change before the next render
    onChange(({ [name]: _, ...rest }) => (text === '' ? rest : { ...rest, [name]: text }));
  };
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">3. Settings</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onRun();
        }}
      >
        <div class="columns">
          {FIELDS.map(([name, label, empty]) => (
            <div key={name} class="field">
              <label for={name}>{label}</label>
              <input
                id={name}
                value={value(name)}
                inputMode={name === 'student' ? 'text' : 'numeric'}
                aria-describedby={`${name}-hint`}
                onInput={(event) => set(name, event.currentTarget.value)}
              />
              <p id={`${name}-hint`} class="hint">
                {name === 'student' && 'Widths such as 32,16, or logistic for none. '}
                Left empty: {name !== 'student' ? empty : hasImage ? OF_IMAGES : texts.length > 0 ? OF_TEXTS : empty}.
              </p>
            </div>
          ))}
        </div>
        <details>
          <summary>Label correction</summary>
          <div class="columns">
            <label>
              {FIELD_LABELS.debias}
              <select value={value('debias')} onChange={(event) => set('debias', event.currentTarget.value)}>
                {['', ...DEBIAS_METHODS.filter((name) => name !== 'auto')].map((name) => (
                  <option key={name} value={name}>
                    {name || 'auto'}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {FIELD_LABELS.infuse}
              <select value={value('infuse')} onChange={(event) => set('infuse', event.currentTarget.value)}>
                {['', ...INFUSION_FORMS.filter((name) => name !== 'mix')].map((name) => (
                  <option key={name} value={name}>
                    {name || 'mix'}
                  </option>
                ))}
              </select>
            </label>
          </div>
        </details>
        <details>
          <summary>Decisions</summary>
          <div class="columns">
            {DECISIONS.map(([name, label, hint]) => (
              <div key={name} class="field">
                <label for={name}>{label}</label>
                <input
                  id={name}
                  value={value(name)}
                  inputMode={name === 'defer' ? 'decimal' : 'text'}
                  aria-describedby={`${name}-hint`}
                  onInput={(event) => set(name, event.currentTarget.value)}
                />
                <p id={`${name}-hint`} class="hint">
                  {hint}
                </p>
              </div>
            ))}
          </div>
        </details>
        <p>
          <button type="submit" class="main" disabled={!ready || running}>
            Distil
          </button>
        </p>
      </form>
      <ErrorMessage id="run-error" text={error} />
    </section>
  );
}

/** Trims the settings and drops empty ones. */
export function trimmed(settings: Settings): Settings {
  const entries = Object.entries(settings).map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** What is wrong with the numbers, by the label of the field; undefined if nothing is. */
export function settingsError(settings: Settings): string | undefined {
  for (const [name, label] of FIELDS) {
    const text = settings[name];
    if (text === undefined || name === 'student') continue;
    const least = name === 'seed' ? 0 : 1;
    if (/^\d{1,15}$/.test(String(text)) && Number(text) >= least) continue;
    return `${label}: "${text}", expected a whole number of at least ${least}`;
  }
  const defer = settings['defer'];
  if (defer !== undefined && !(Number(defer) > 0 && Number(defer) <= 0.5))
    return `${DECISIONS[2][1]}: "${defer}", expected a number above 0, at most 0.5`;
  try {
    ruleOf(settings);
    thresholdPerOf(settings);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
