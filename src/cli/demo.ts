// debkd demo: distils a teacher that was biased on purpose, with data that come with debkd.
import { number, text, type Values } from '../settings/values.ts';
import { checkReplaceable } from './check-replaceable.ts';
import { DEMO_FILES } from './demo-files.ts';
import { RESULT_FILES } from './result-folder.ts';

export async function demo(values: Values): Promise<void> {
  const out = text(values, 'out') ?? 'debkd-demo';
  await checkReplaceable(out, [...RESULT_FILES, ...DEMO_FILES], values['force'] === true);
  const seed = number(values, 'seed') ?? 1;
  switch (text(values, 'data')) {
    case 'wdbc':
      return (await import('./demo-wdbc.ts')).demoWdbc(out, seed);
    case 'images':
      return (await import('./demo-images.ts')).demoImages(out, seed);
    case 'text':
      return (await import('./demo-text.ts')).demoText(out, seed);
    default:
      return (await import('./demo-lending.ts')).demoLending(out, seed);
  }
}
