// Reads --soft-labels: columns of the data, or of a second table with one row for each row of the data.
import { columnNames, findColumn, textColumn } from '../data/column-values.ts';
import { absentColumn } from '../data/locate-columns.ts';
import { readTable } from '../data/read-table.ts';
import type { AnyTable } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { list, text, type Values } from '../settings/values.ts';
import { givenSoftLabels } from '../teacher/given-soft-labels.ts';
import type { SoftLabelConvention } from '../teacher/soft-label-values.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { readOptionFile } from './option-file.ts';
import { softLabelColumns } from './soft-label-columns.ts';

/** The conventions of --convention for soft labels. */
const CONVENTIONS = new Map<string, SoftLabelConvention>([
  ['probability', 'probability'],
  ['percentage', 'percentage'],
  ['logit', 'logit'],
  ['log-odds', 'logit'],
]);

/** The teacher of --soft-labels; undefined without the option. @throws DebkdError `source`, `column`, `value`, `convention`, `usage` */
export async function openSoftLabels(values: Values, data: AnyTable): Promise<Teacher | undefined> {
  const found = softLabelColumns(values);
  if (!found) return undefined;
  const stated = text(values, 'convention');
  const convention = stated === undefined ? undefined : CONVENTIONS.get(stated);
  if (stated !== undefined && convention === undefined)
    throw new DebkdError('usage', {
      subject: 'option --convention',
      seen: `${quote(stated)} for soft labels`,
      expected: `one of ${[...CONVENTIONS.keys()].join(', ')}`,
    });
  const { file, columns } = found;
  const missing = values['na-values'] === undefined ? undefined : list(values, 'na-values');
  const table =
    file === undefined ? data : await readOptionFile('soft-labels', readTable(file, { ...(missing && { missing }) }));
  const lists = columns.map((name) => {
    if (!findColumn(table, name))
      throw absentColumn({
        subject: `option --soft-labels: ${quote(table.name, 200)}`,
        name,
        columns: columnNames(table),
        setting: 'soft-labels',
      });
    return textColumn(table, name);
  });
  if (table.rows !== data.rows)
    throw new DebkdError('value', {
      subject: `option --soft-labels: ${quote(table.name, 200)}`,
      seen: `${table.rows} rows`,
      expected: `${data.rows} as in the data`,
      remedy: 'give one row for each row of the data, with an empty field where the soft label is not known',
    });
  const [only] = lists as [string[], ...string[][]];
  return givenSoftLabels(lists.length === 1 ? only : lists, {
    convention,
    name: columns.length === 1 ? (columns[0] as string) : columns,
  });
}
