// What a student's columns tell about withheld columns, as text for a terminal and as a part of the HTML page.
import type { Estimate } from '../metrics/metric.ts';
import { type Cell, note, table } from './page.ts';
import type { DistillRecord } from './result.ts';
import type { WithheldRecord } from './withheld.ts';

type Show = (estimate: Estimate) => string;

/** One line for each group. */
export function withheldCells({ withheld = [] }: Pick<DistillRecord, 'withheld'>, show: Show): string[][] {
  return withheld.flatMap(({ column, groups }) =>
    groups.length === 0
      ? [[column, '', 'not measured: too few rows', '']]
      : groups.map(({ group, rows, auc, proxies }) => [group, String(rows), show(auc), proxyWords(proxies)]),
  );
}

function proxyWords(proxies: WithheldRecord['groups'][number]['proxies']): string {
  return proxies.length === 0 ? 'none' : proxies.map(({ column, auc }) => `${column} ${auc.toFixed(2)}`).join(', ');
}

/** The part of the page; empty without withheld columns. */
export function withheldPart(result: DistillRecord, show: Show): string[] {
  if (!result.withheld || result.withheld.length === 0) return [];
  return [
    "<h2>What the student's columns tell about withheld columns</h2>",
    table(
      'Withheld columns, with 95 % intervals',
      ['Group', 'Test rows', 'AUC of all columns of the student', 'AUC of single columns'],
      withheldCells(result, show).map((cells): Cell[] => cells),
      { prose: true },
    ),
    note(
      "A logistic regression on the student's columns, fitted on training rows, tells the rows of the group from the other rows with a value; AUC on the test rows, .5 where the columns tell nothing. A network may tell more. Single columns are numbers and categories.",
    ),
  ];
}
