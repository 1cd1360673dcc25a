// The thread that runs a command and reports how it ended.
import { workerData } from 'node:worker_threads';
import { DebkdError } from '../io/errors.ts';
import type { Values } from '../settings/values.ts';
import { note, postToMain } from './messages.ts';
import { nameOption } from './name-option.ts';
import { checkOutputPath } from './output-path.ts';
import { checkOwnPlaces } from './own-places.ts';
import { checkRequired, type Invocation, mergeConfig } from './parse.ts';

const { command, argument = '', values: flags, notes } = workerData as Invocation;

async function run(): Promise<void> {
  for (const text of notes) note(text);
  const { config } = flags;
  const values: Values = typeof config === 'string' ? await configured(config) : flags;
  checkRequired(command, values);
  await checkOutputPath(command, values, argument);
  await checkOwnPlaces(command, values);
  switch (command) {
    case 'inspect':
      return (await import('./inspect.ts')).inspect(argument, values);
    case 'label':
      return (await import('./label.ts')).label(values);
    case 'distill':
      return (await import('./distill.ts')).distillCommand(values);
    case 'compare':
      return (await import('./compare.ts')).compareCommand(
        values,
        new URL('./compare-thread.js', import.meta.url), // relative to this file, because bundled commands are in another folder
      );
    case 'worker':
      return (await import('./worker.ts')).workerCommand(values, new URL('../cluster/task-thread.js', import.meta.url));
    case 'evaluate':
      return (await import('./evaluate.ts')).evaluateCommand(values);
    case 'monitor':
      return (await import('./monitor.ts')).monitorCommand(values);
    case 'next':
      return (await import('./next.ts')).nextCommand(values);
    case 'predict':
      return (await import('./predict.ts')).predict(values);
    case 'export':
      return (await import('./export.ts')).exportCommand(values);
    case 'report':
      return (await import('./report.ts')).report(argument, values);
    case 'serve':
      return (await import('./serve.ts')).serve(values);
    case 'demo':
      return (await import('./demo.ts')).demo(values);
  }
}

/** The options of --config, and those of the command line before them. */
async function configured(config: string): Promise<Values> {
  const [{ jsonOf }, { readOptionFile }] = await Promise.all([import('../io/source.ts'), import('./option-file.ts')]);
  return mergeConfig(command, await readOptionFile('config', jsonOf(config)), flags);
}

try {
  await run();
  postToMain({ kind: 'done' });
} catch (error) {
  if (error instanceof DebkdError) postToMain({ kind: 'refused', text: error.toSentence(nameOption) });
  else postToMain({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
