// Permutation importance as text for a terminal and as a part of the HTML page.
import { printable } from '../io/errors.ts';
import type { Importance } from './importance.ts';
import { type Cell, note, table } from './page.ts';
import { show } from './show.ts';

/** Columns on a page. */
const MOST = 50;

/** The columns with the rise of the log-loss and the fall of the AUC. */
export function importanceLines(importance: Importance): string[] {
  const cells = importance.columns.map(({ column, logLoss, auc }) => [printable(column), show(logLoss), show(auc)]);
  const rows = [['column permuted', 'log-loss rises by', 'AUC falls by'], ...cells];
  const widths = [0, 1].map((k) => Math.max(...rows.map((row) => (row[k] as string).length)));
  return [
    'importance of the columns',
    ...rows.map((row) => row.map((cell, k) => cell.padEnd(widths[k] ?? 0)).join('  ')),
    importanceNote(importance),
  ];
}

/** The part of the page; empty without columns. */
export function importancePart(importance: Importance | undefined): string[] {
  if (!importance || importance.columns.length === 0) return [];
  const { columns } = importance;
  const more = columns.length > MOST ? `, the ${MOST} most important of ${columns.length}` : '';
  return [
    "<h2>What the student's answers depend on</h2>",
    table(
      `Importance of the columns${more}, with 95 % intervals`,
      ['Column permuted', 'Log-loss rises by', 'AUC falls by'],
      columns.slice(0, MOST).map(({ column, logLoss, auc }): Cell[] => [column, show(logLoss), show(auc)]),
    ),
    note(importanceNote(importance)),
  ];
}

/** What was measured, what the intervals cover, and what the figures do not say. */
function importanceNote({ rows, of, permutations }: Importance): string {
  const which = rows < of ? `${rows} of ${of} labelled rows, drawn at random` : `${rows} labelled rows`;
  return `The values of one column are permuted between ${which}; the mean of ${permutations} permutations. The 95 % intervals cover the choice of the rows, not that of the permutations. Correlated columns share importance: when one is permuted, the student still has the others, so each looks less important than all of them are together.`;
}
