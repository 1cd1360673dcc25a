// Validates a stored result of distill or compare.
import { type BaseIssue, safeParse } from 'valibot';
import type { Comparison } from '../compare/comparison.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { withCurrentNames } from '../io/stored-names.ts';
import type { Check } from './checks.ts';
import { compareSchema } from './compare-schema.ts';
import { distillSchema } from './distill-schema.ts';
import type { DistillRecord } from './result.ts';

/** Properties that had other names in earlier versions. */
const DISTILL_NAMES = ['selectionWeight'];
const COMPARE_NAMES = ['ablate', 'learningRateScale', 'weightDecayScale'];

/**
 * Validates the JSON that distill or compare wrote, such as `result.json`, before htmlReport makes a page of it. The result leaves
 * out fields that this version does not know. Undefined values stay null as in JSON, where records in memory have NaN.
 * @param value the parsed JSON
 * @param name its name in messages, such as the name of its file
 * @throws DebkdError `value` for the first field that is missing or wrong
 * @example
 * const result = parseResult(JSON.parse(await readFile('student/result.json', 'utf8')), 'result.json');
 * await writeFile('report.html', await htmlReport(result));
 */
export function parseResult(value: unknown, name: string): DistillRecord | Comparison {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(name, '', value, 'an object');
  const { schema } = value as { readonly schema?: unknown };
  if (schema === 'debkd/distill@1') return checked(distillSchema(), withCurrentNames(value, DISTILL_NAMES), name);
  if (schema === 'debkd/compare@1') return checked(compareSchema(), withCurrentNames(value, COMPARE_NAMES), name);
  throw refusal(name, 'schema', schema, 'debkd/distill@1 or debkd/compare@1');
}

function checked<T>(schema: Check<T>, value: unknown, name: string): T {
  const { success, output, issues } = safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const [{ input, message, path = [] }] = issues as [BaseIssue<unknown>];
  throw refusal(name, path.map(({ key }) => keyText(key)).join('.'), input, message);
}

function refusal(name: string, path: string, seen: unknown, expected: string): DebkdError {
  return new DebkdError('value', {
    subject: `result ${quote(name, 200)}`,
    seen: `${path || 'the whole'} is ${describe(seen)}`,
    expected,
    remedy: 'give the JSON that distill or compare wrote',
  });
}

/** Quotes unusual field names for messages. */
function keyText(key: unknown): string {
  const text = String(key);
  return /^\w{1,40}$/.test(text) ? text : quote(text);
}

function describe(seen: unknown): string {
  if (typeof seen === 'string') return quote(seen);
  if (Array.isArray(seen)) return seen.length === 1 ? 'a list of 1' : `a list of ${seen.length}`;
  if (typeof seen === 'object' && seen !== null) return 'an object';
  return seen === undefined ? 'missing' : String(seen);
}
