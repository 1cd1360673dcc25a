// debkd report: makes one HTML page from the JSON of distill or compare, or a picture by group.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DebkdError, quote } from '../io/errors.ts';
import { jsonOf } from '../io/source.ts';
import { htmlReport } from '../report/html.ts';
import { parseResult } from '../report/parse-result.ts';
import { text, type Values } from '../settings/values.ts';
import { checkOverwrite, writeAtomic } from './atomic-write.ts';
import { isDebkdFile } from './is-debkd-file.ts';
import { print } from './messages.ts';
import { realPathOf } from './output-path.ts';

export async function report(path: string, values: Values): Promise<void> {
  const out = placeOf(values, 'out', /\.html?$/i, '.html');
  const poster = placeOf(values, 'poster', /\.svg$/i, '.svg');
  const mayReplace = values['force'] ? async (): Promise<boolean> => true : isDebkdFile;
  for (const file of [out, poster]) if (file !== undefined) await checkOverwrite(file, mayReplace);
  if (out !== undefined && poster !== undefined && (await realPathOf(out)) === (await realPathOf(poster)))
    throw new DebkdError('usage', {
      subject: `option --poster ${quote(poster, 200)}`,
      seen: 'the file of --out',
      expected: 'another file',
      remedy: 'choose another name for one of them',
    });
  const record = await recordOf(path);
  const result = parseResult(await jsonOf(record), record);
  const files: [string, string][] = [];
  if (out !== undefined) files.push([out, await htmlReport(result)]);
  if (poster !== undefined) {
    if (result.schema !== 'debkd/distill@1')
      throw new DebkdError('usage', {
        subject: 'option --poster',
        seen: `${quote(record, 200)} is the result of a comparison`,
        expected: 'the result of distill',
      });
    files.push([poster, await (await import('../report/poster.ts')).posterOf(result)]);
  }
  for (const [file, text] of files) {
    await writeAtomic(file, new TextEncoder().encode(text));
    await print(`Written to ${file}\n`);
  }
}

/** The file of an option; undefined if it is not given. @throws DebkdError `usage` for another extension */
function placeOf(values: Values, option: string, isNamed: RegExp, ending: string): string | undefined {
  const file = text(values, option);
  if (file !== undefined && /\.[a-z]+$/i.test(file) && !isNamed.test(file))
    throw new DebkdError('usage', {
      subject: `option --${option}`,
      seen: quote(file, 200),
      expected: `a name that ends in ${ending}`,
    });
  return file;
}

/** The path of the record: `path`, or the record in it where it is a folder that distill or compare made. */
async function recordOf(path: string): Promise<string> {
  for (const name of ['result.json', 'compare.json']) {
    const file = join(path, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return path;
}
