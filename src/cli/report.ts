// debkd report: the JSON of distill or compare as one HTML page.

import type { Comparison } from '../compare/compare.ts';
import { DebkdError } from '../io/errors.ts';
import { jsonOf } from '../io/source.ts';
import { htmlReport } from '../report/html.ts';
import type { DistillResult } from '../report/result.ts';
import { writeWhole } from './folder.ts';
import { print } from './messages.ts';
import { text, type Values } from './values.ts';

export async function report(path: string, values: Values): Promise<void> {
  const out = text(values, 'out') as string;
  const result = await jsonOf(path);
  if (typeof result !== 'object' || result === null)
    throw new DebkdError('value', `report: ${path} holds no object; give the JSON of distill or compare`);
  const html = await htmlReport(result as DistillResult | Comparison);
  await writeWhole(out, new TextEncoder().encode(html));
  await print(`Written to ${out}\n`);
}
