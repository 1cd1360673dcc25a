// What is wrong with the settings of the form: before a run, and in the error of a run.
import { ruleOf } from '../settings/training.ts';
import type { Settings } from './messages.ts';
import { workErrorOf } from './remote.ts';
import { DECISIONS, FIELDS } from './setting-fields.ts';
import { TEXTS } from './texts.ts';

/** An error of a field, and the value that it is about: another value has not been refused. */
export interface FieldError {
  readonly text: string;
  readonly value: string;
}

/** Errors by the names of the settings. */
export type FieldErrors = Readonly<Record<string, FieldError>>;

/** Trims the settings and drops empty ones. */
export function trimmed(settings: Settings): Settings {
  const entries = Object.entries(settings).map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** What is wrong with the settings before a run, in the order of the form. */
export function settingsErrors(settings: Settings): FieldErrors {
  const found = [...FIELDS, ...DECISIONS].flatMap(({ name, label }) => {
    const value = settings[name];
    const text = value === undefined ? undefined : errorOf(name, label, settings);
    return text === undefined ? [] : [[name, { text, value: String(value) }] as const];
  });
  return Object.fromEntries(found);
}

function errorOf(name: string, label: string, settings: Settings): string | undefined {
  const text = String(settings[name]);
  if (name === 'student') return undefined;
  if (name === 'threshold-per') return settings['defer'] === undefined ? undefined : TEXTS.settings.perOrDefer;
  if (name === 'threshold-by') return refusalOf(() => ruleOf(settings));
  if (name === 'defer')
    return Number(text) > 0 && Number(text) <= 0.5 ? undefined : TEXTS.settings.notRate(label, text);
  const least = name === 'seed' ? 0 : 1;
  return /^\d{1,15}$/.test(text) && Number(text) >= least ? undefined : TEXTS.settings.notWhole(label, text, least);
}

/** How the messages of a run's errors begin, or what they contain, and the setting that each is about. */
const SUBJECTS: readonly (readonly [RegExp, string])[] = [
  [/^student "/, 'student'],
  [/^threshold (by|rule)\b/, 'threshold-by'],
  [/^thresholds (of groups|by column)\b/, 'threshold-per'],
  [/^deferral\b/, 'defer'],
  [/^infuse\b/, 'infuse'],
  [/\bmetric of selection\b/, 'metric'],
];

/** The setting that the error of a run is about, if one was given; otherwise undefined. */
export function settingOf(message: string, settings: Settings): string | undefined {
  const name = SUBJECTS.find(([subject]) => subject.test(message))?.[1];
  return name !== undefined && settings[name] !== undefined ? name : undefined;
}

/** The message of what `act` throws. */
function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return workErrorOf(error).message;
  }
}

/** Settings in words; those left out are the defaults. */
export function settingsText(settings: Settings): string {
  const words = Object.entries(settings).map(([name, value]) => `${labelOf(name)} ${value}`);
  return words.length === 0 ? TEXTS.runs.defaults : words.join(', ');
}

/** What the page calls a setting. */
function labelOf(name: string): string {
  return [...FIELDS, ...DECISIONS].find((field) => field.name === name)?.label ?? name;
}
