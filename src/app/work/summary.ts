// Summarises a table and guesses its label column.
import { textFeatures } from '../../data/fit-text.ts';
import { looksLikeData } from '../../data/locate-columns.ts';
import { missingTest } from '../../data/missing.ts';
import { type Preprocessing, parseNumber } from '../../data/preprocessing.ts';
import type { Column, Table } from '../../data/table.ts';
import { likelyPositive } from '../../data/target.ts';
import { textColumns } from '../../data/text-columns.ts';
import type { ColumnSummary, TableSummary } from '../input-messages.ts';
import { barsOf } from './bars.ts';

const EXAMPLES = 3;
/** Usual names of label columns, the most likely first. */
const LABEL_NAMES = ['label', 'labels', 'target', 'y', 'class', 'outcome', 'churn', 'default'];

/** @param preprocessing the teacher's, if known: its columns are features, not labels */
export function summarise(table: Table, preprocessing: Preprocessing | undefined): TableSummary {
  const { name, rows, columns } = table;
  const isMissing = missingTest();
  // those that students read, and those that teachers read
  const texts = new Set([...textFeatures(table, undefined), ...textColumns(table)]);
  const summaries = columns.map((column) => {
    const isText = texts.has(column.name);
    const summary = summariseColumn(column, isMissing);
    return { ...summary, isText, bars: isText ? [] : barsOf(column, summary.kind, isMissing) };
  });
  const names = columns.map((column) => column.name);
  const free = summaries.filter((column) => !preprocessing?.columns.some((used) => used.name === column.name));
  const named = LABEL_NAMES.flatMap((label) => free.filter((column) => column.name.toLowerCase() === label));
  const target = named[0] ?? free.filter(({ distinct }) => distinct === 2).at(-1);
  return {
    name,
    rows,
    ...(looksLikeData(names) && { headless: names.slice(0, EXAMPLES) }),
    columns: summaries,
    target: target?.name,
    positive: target?.distinct === 2 ? likelyPositive(target.examples) : undefined,
  };
}

function summariseColumn(
  { name, texts, codes }: Column,
  isMissing: (text: string) => boolean,
): Omit<ColumnSummary, 'isText' | 'bars'> {
  const missing = texts.map(isMissing);
  const known = texts.filter((_, code) => !missing[code]);
  let absent = 0;
  if (missing.includes(true)) for (const code of codes) if (missing[code]) absent++;
  const kind = known.every((text) => Number.isFinite(parseNumber(text))) ? 'number' : 'category';
  return { name, kind, distinct: known.length, missing: absent, examples: known.slice(0, EXAMPLES) };
}
