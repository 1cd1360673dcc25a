// Rules that choose the decision threshold, as users write them: `f1`, `cost:FP=1,FN=8`, `recall>=0.95`.
import { DebkdError, nearest, quote } from '../io/errors.ts';

/** A rule that chooses the threshold. */
export type ThresholdRule =
  /** The highest value of a metric. */
  | { readonly kind: 'f1' | 'accuracy' | 'youden' | 'mcc' }
  /** The lowest mean cost of a row. */
  | { readonly kind: 'cost'; readonly falsePositive: number; readonly falseNegative: number }
  /** The highest recall with at least this precision, or the highest precision with at least this recall. */
  | { readonly kind: 'precision' | 'recall'; readonly least: number }
  /** The share of rows that are class 1, as near as can be. */
  | { readonly kind: 'rate'; readonly share: number }
  /** A given threshold. */
  | { readonly kind: 'fixed'; readonly threshold: number };

/** The default rule. */
export const F1_RULE: ThresholdRule = { kind: 'f1' };

const PLAIN = ['f1', 'accuracy', 'youden', 'mcc'] as const;
const NAMES = [...PLAIN, 'cost', 'precision', 'recall', 'rate'];
const EXPECTED = `f1, accuracy, youden, mcc, cost:FP=1,FN=8, 'precision>=0.9', 'recall>=0.95', rate=0.1 or a probability such as 0.37`;

/**
 * Parses a rule.
 * @param text `f1` (the highest F1), `accuracy`, `youden` (recall + specificity - 1: Youden 1950), `mcc` (Matthews 1975),
 * `cost:FP=1,FN=8` (costs of a false positive and a false negative), `precision>=0.9`, `recall>=0.95`, `rate=0.1` (share of rows of
 * class 1), or a threshold from 0 to 1
 * @throws DebkdError `usage`
 */
export function parseThresholdRule(text: string): ThresholdRule {
  const rule = ruleOf(text.replace(/\s/g, ''));
  if (rule) return rule;
  const [name = ''] = /^[a-z\d]+/i.exec(text.trim()) ?? [];
  const lower = name.toLowerCase();
  // an unquoted > is a redirection in a shell, and leaves only the name
  const bare = lower === 'precision' || lower === 'recall';
  const near = NAMES.includes(lower) ? undefined : nearest(lower, NAMES);
  throw new DebkdError('usage', {
    subject: 'threshold rule',
    seen: quote(text),
    expected: EXPECTED,
    remedy:
      bare && !text.includes('=')
        ? `write ${lower}=0.9, or put quotes around '${lower}>=0.9'`
        : near && `did you mean ${near}?`,
  });
}

function ruleOf(text: string): ThresholdRule | undefined {
  const plain = PLAIN.find((name) => name === text.toLowerCase());
  if (plain) return { kind: plain };
  const number = '(\\d*\\.?\\d+(?:e-?\\d+)?)';
  const match = (pattern: string): number[] | undefined =>
    new RegExp(`^${pattern}$`, 'i').exec(text)?.slice(1).map(Number);
  const [threshold] = match(number) ?? [];
  if (threshold !== undefined) return threshold <= 1 ? { kind: 'fixed', threshold } : undefined;
  for (const kind of ['precision', 'recall'] as const) {
    const [least] = match(`${kind}(?:>=|=|:)${number}`) ?? [];
    if (least !== undefined) return least > 0 && least <= 1 ? { kind, least } : undefined;
  }
  const [share] = match(`rate(?:=|:)${number}`) ?? [];
  if (share !== undefined) return share <= 1 ? { kind: 'rate', share } : undefined;
  const [falsePositive, falseNegative] =
    match(`cost:FP=${number},FN=${number}`) ?? match(`cost:FN=${number},FP=${number}`)?.reverse() ?? [];
  if (falsePositive === undefined || falseNegative === undefined || falsePositive + falseNegative === 0)
    return undefined;
  return { kind: 'cost', falsePositive, falseNegative };
}

/** The rule as it is written. */
export function ruleText(rule: ThresholdRule): string {
  switch (rule.kind) {
    case 'cost':
      return `cost:FP=${rule.falsePositive},FN=${rule.falseNegative}`;
    case 'precision':
    case 'recall':
      return `${rule.kind}>=${rule.least}`;
    case 'rate':
      return `rate=${rule.share}`;
    case 'fixed':
      return String(rule.threshold);
    default:
      return rule.kind;
  }
}

/** What a rule chooses by, for readers. */
export function describeRule(rule: ThresholdRule): string {
  switch (rule.kind) {
    case 'f1':
      return 'best F1';
    case 'accuracy':
      return 'best accuracy';
    case 'youden':
      return "best Youden's index";
    case 'mcc':
      return 'best Matthews correlation';
    case 'cost':
      return `lowest cost, ${rule.falsePositive} for a false positive and ${rule.falseNegative} for a false negative`;
    case 'precision':
      return `best recall with a precision of at least ${rule.least}`;
    case 'recall':
      return `best precision with a recall of at least ${rule.least}`;
    case 'rate':
      return `a share of ${rule.share} of the rows in class 1`;
    case 'fixed':
      return 'given';
  }
}

/** Numbers of rows, or sums of their weights, at a threshold. */
export interface Counts {
  /** Rows of class 1 that are called class 1. */
  readonly truePositive: number;
  /** Rows of class 0 that are called class 1. */
  readonly falsePositive: number;
  /** All rows of class 1. */
  readonly positive: number;
  /** All rows of class 0. */
  readonly negative: number;
}

/** What the value of a rule measures. */
export const RULE_VALUES: Readonly<Record<ThresholdRule['kind'], string>> = {
  f1: 'F1',
  accuracy: 'accuracy',
  youden: "Youden's index",
  mcc: 'Matthews correlation',
  cost: 'mean cost of a row',
  precision: 'precision',
  recall: 'recall',
  rate: 'share of rows in class 1',
  fixed: 'F1',
};

/** The value of a rule's metric: RULE_VALUES. NaN where it is not defined, such as precision without rows called class 1. */
export function ruleValue(rule: ThresholdRule, { truePositive, falsePositive, positive, negative }: Counts): number {
  const falseNegative = positive - truePositive;
  const trueNegative = negative - falsePositive;
  const all = positive + negative;
  switch (rule.kind) {
    case 'accuracy':
      return (truePositive + trueNegative) / all;
    case 'youden':
      return truePositive / positive - falsePositive / negative;
    case 'mcc': {
      const called = truePositive + falsePositive;
      const scale = Math.sqrt(called * positive) * Math.sqrt((all - called) * negative);
      return scale === 0 ? 0 : (truePositive * trueNegative - falsePositive * falseNegative) / scale;
    }
    case 'cost':
      return (rule.falsePositive * falsePositive + rule.falseNegative * falseNegative) / all;
    case 'precision':
      return truePositive / (truePositive + falsePositive);
    case 'recall':
      return truePositive / positive;
    case 'rate':
      return (truePositive + falsePositive) / all;
    default:
      return (2 * truePositive) / (truePositive + falsePositive + positive);
  }
}
