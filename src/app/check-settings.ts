// What is wrong with the settings of the form, before a run.
import { ruleOf, thresholdPerOf } from '../settings/training.ts';
import type { Settings } from './messages.ts';
import { DECISIONS, FIELDS } from './setting-fields.ts';

/** Trims the settings and drops empty ones. */
export function trimmed(settings: Settings): Settings {
  const entries = Object.entries(settings).map(([name, value]) => [name, String(value).trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** What is wrong with the numbers, by the label of the field; undefined if nothing is. */
export function settingsError(settings: Settings): string | undefined {
  for (const { name, label } of FIELDS) {
    const text = settings[name];
    if (text === undefined || name === 'student') continue;
    const least = name === 'seed' ? 0 : 1;
    if (/^\d{1,15}$/.test(String(text)) && Number(text) >= least) continue;
    return `${label}: "${text}", expected a whole number of at least ${least}`;
  }
  const defer = settings['defer'];
  if (defer !== undefined && !(Number(defer) > 0 && Number(defer) <= 0.5))
    return `${DECISIONS.find(({ name }) => name === 'defer')?.label}: "${defer}", expected a number above 0, at most 0.5`;
  try {
    ruleOf(settings);
    thresholdPerOf(settings);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
