// Given soft labels in words, for reports.
import { quote } from '../io/errors.ts';
import type { SoftLabelsRecord } from '../teacher/given-record.ts';

const MEANING: Readonly<Record<string, string>> = {
  logit: 'log-odds',
  probability: 'probabilities',
  percentage: 'percentages',
};

/** For example `"p", probabilities, multiples of 0.1; 940 of 1000 rows have one; 12 were limited to log-odds of +-2.94`. */
export function softLabelsWords({
  columns,
  convention,
  resolution,
  limit,
  rows,
  known,
  limited,
  spread,
}: SoftLabelsRecord): string {
  const step = resolution === null ? '' : `, multiples of ${Number(resolution.toPrecision(4))}`;
  const parts = [
    `${columns.map((name) => quote(name)).join(', ')}, ${MEANING[convention] ?? convention}${step}`,
    `${known} of ${rows} rows have one`,
  ];
  if (limited > 0 && limit !== null) parts.push(`${limited} were limited to log-odds of +-${limit.toFixed(2)}`);
  if (spread !== undefined)
    parts.push(`the answers for a row have a mean standard deviation of ${spread.toFixed(2)} log-odds`);
  return parts.join('; ');
}
