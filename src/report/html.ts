// A distillation, or a comparison, as one HTML page.
import type { Comparison } from '../compare/comparison.ts';
import { DebkdError } from '../io/errors.ts';
import { comparePage } from './compare-page.ts';
import { distillPage } from './distill-page.ts';
import type { DistillRecord } from './result.ts';

/**
 * The page of what distill or compare recorded: self-contained, without scripts or requests.
 * @throws DebkdError `value` when it is neither
 */
export async function htmlReport(result: DistillRecord | Comparison): Promise<string> {
  if (result.schema === 'debkd/distill@1') return distillPage(result);
  if (result.schema === 'debkd/compare@1') return comparePage(result);
  throw new DebkdError('value', {
    subject: 'report',
    seen: 'neither a result of distill nor of compare',
    remedy: 'give the JSON that one of them wrote',
  });
}
