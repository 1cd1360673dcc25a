// debkd report: makes one HTML page from the JSON of distill or compare.
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

export async function report(path: string, values: Values): Promise<void> {
  const out = text(values, 'out') as string;
  if (/\.[a-z]+$/i.test(out) && !/\.html?$/i.test(out))
    throw new DebkdError('usage', {
      subject: 'option --out',
      seen: quote(out, 200),
      expected: 'a name that ends in .html',
    });
  if (!values['force']) await checkOverwrite(out, isDebkdFile);
  const record = await recordOf(path);
  const html = await htmlReport(parseResult(await jsonOf(record), record));
  await writeAtomic(out, new TextEncoder().encode(html));
  await print(`Written to ${out}\n`);
}

/** The path of the record: `path`, or the record in it where it is a folder that distill or compare made. */
async function recordOf(path: string): Promise<string> {
  for (const name of ['result.json', 'compare.json']) {
    const file = join(path, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return path;
}
