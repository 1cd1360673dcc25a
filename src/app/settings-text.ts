// The settings of a run in a line.
import type { Settings } from './messages.ts';
import { TEXTS } from './texts.ts';

/** Settings in words; those left out are the defaults. */
export function settingsText(settings: Settings): string {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return words.length === 0 ? TEXTS.runs.defaults : words.join(', ');
}
