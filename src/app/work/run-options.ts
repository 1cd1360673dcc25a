// The command line's options of a run's inputs.
import type { Values } from '../../settings/values.ts';
import { choiceSettings, type Inputs } from './inputs.ts';
import { rowSettings } from './rows.ts';

/** All options but those of the settings. */
export function runOptions(inputs: Inputs): Values {
  return {
    ...(inputs.settings['teacher'] !== undefined && { teacher: inputs.settings['teacher'] }),
    ...rowSettings(inputs.files),
    ...inputs.settings,
    ...choiceSettings(inputs),
    baselines: true,
  };
}
