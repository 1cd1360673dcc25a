// Reports: the HTML page of a distillation or of a comparison.
import type { Comparison } from '../compare/comparison.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { comparePage } from './compare-page.ts';
import { distillPage } from './distill-page.ts';
import type { DistillRecord } from './result.ts';

/**
 * Makes an HTML page of a result of distill or compare. The page is self-contained and has no scripts and no requests.
 * @returns the HTML text
 * @throws DebkdError `value` if it is neither
 * @example
 * const result = parseResult(JSON.parse(await readFile('student/result.json', 'utf8')), 'result.json');
 * await writeFile('report.html', await htmlReport(result));
 */
export async function htmlReport(result: DistillRecord | Comparison): Promise<string> {
  if (result.schema === 'debkd/distill@1') return distillPage(result);
  if (result.schema === 'debkd/compare@1') return comparePage(result);
  throw new DebkdError('value', {
    subject: 'result',
    seen: `schema is ${quote(String((result as { readonly schema?: unknown }).schema))}`,
    expected: 'debkd/distill@1 or debkd/compare@1',
    remedy: 'give the JSON that distill or compare wrote',
  });
}
