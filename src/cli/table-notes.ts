// Notes about a table: which value is class 1, which columns are used, and which values are unknown.
import { countLabels } from '../data/count-labels.ts';
import { openedImages } from '../data/image-columns.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { featureNames } from '../data/row-source.ts';
import { type ColumnChoice, givenColumns, idleExclusions } from '../data/student-columns.ts';
import type { AnyTable, Table } from '../data/table.ts';
import { MAX_UNKNOWN, type UnknownCount } from '../data/unknown-values.ts';
import { quote } from '../io/errors.ts';
import { columnsOf, type ModelColumns, withheldColumns } from '../teacher/model-columns.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { note } from './messages.ts';

/** Says which label value is class 1, and which unused columns still distinguish rows. @param features of --features */
export function noteRows(
  table: Pick<Table, 'target' | 'labels' | 'rows'> & { readonly columns: readonly (string | { name: string })[] },
  preprocessing: Preprocessing | undefined,
  features: readonly string[] = [],
): void {
  const { target, labels, rows } = table;
  const { ones, rows: labelled } = countLabels({ labels });
  const unlabelled = rows - labelled;
  const rest = unlabelled > 0 ? `, ${unlabelled} rows without a label` : '';
  if (target)
    note(
      `note: class 1 is ${target.name} = ${quote(target.positive)} (${ones} of ${rows} rows), class 0 ${quote(target.negative)}${rest}`,
    );
  const names = featureNames(table);
  const used = new Set([...(preprocessing?.columns.map(({ name }) => name) ?? []), ...features]);
  const idle = preprocessing && names.filter((name) => !used.has(name));
  if (idle && idle.length > 0)
    note(
      `note: ${named(idle)}: not in the preprocessing, therefore not ${idle.length > 1 ? 'features' : 'a feature'}; rows that differ only there count as different rows, and may be in different parts of the split (--drop)`,
    );
}

/** What noteColumns needs to know. */
interface NotedColumns {
  readonly columns: ModelColumns;
  readonly table: AnyTable;
  /** The preprocessing of each teacher. */
  readonly teachers: readonly (Preprocessing | undefined)[];
  /** That of --features or --exclude. */
  readonly choice: ColumnChoice;
  /** Whether the columns are those of an earlier student. */
  readonly earlier?: boolean;
}

/** Says which columns each teacher takes and which the student takes. */
export function noteColumns(teacher: Teacher, { columns, table, teachers, choice, earlier }: NotedColumns): void {
  const { parts, given: labels, reading } = teacher;
  if (parts) {
    for (const [k, part] of parts.entries()) {
      note(`note: teacher ${k + 1} of ${parts.length}: ${quote(part.name, 200)}`);
      const own = { ...columns, teacher: columnsOf(part, table, teachers[k]) };
      noteColumns(part, { columns: own, table, teachers: [teachers[k]], choice, ...(earlier && { earlier }) });
    }
    return;
  }
  const { teacher: theirs, student } = columns;
  if (labels) {
    note(`note: ${reading.reason}; the student takes ${named(student)}`);
    return;
  }
  note(
    `note: the teacher takes ${named(theirs)}; the student takes ${sameNames(student, theirs) ? 'the same' : named(student)}`,
  );
  const given = givenColumns(table, choice);
  const withheld = given ? withheldColumns(columns).filter((name) => !given.includes(name)) : [];
  if (withheld.length > 0)
    note(
      `note: ${named(withheld)}: withheld from the student (${withheldBy(withheld, choice)}); the teacher takes ${withheld.length > 1 ? 'them' : 'it'}`,
    );
  const images = openedImages(table);
  const lost = withheldColumns(columns).filter((name) => !withheld.includes(name) && !images.includes(name));
  const unseen = withheldColumns(columns).filter((name) => !withheld.includes(name) && images.includes(name));
  if (unseen.length > 0) note(`note: ${named(unseen)}: the teacher takes these images, but the student does not`);
  if (lost.length > 0 && earlier)
    note(
      `note: ${named(lost)}: the teacher takes ${lost.length > 1 ? 'them' : 'it'}, but the earlier student does not`,
    );
  else if (lost.length > 0)
    note(
      `note: ${named(lost)}: the teacher takes this text, but the student does not: it does not look like running text or categories. Name it (--text) to let the student learn its words`,
    );
  const more = student.filter((name) => !theirs.includes(name));
  if (more.length > 0)
    note(
      `note: ${named(more)}: only the student takes ${more.length > 1 ? 'these columns' : 'this column'}${choice.features ? '' : '; drop columns that are not features (--drop)'}`,
    );
  const idle = idleExclusions(table, choice);
  if (idle.length > 0)
    note(
      `note: ${named(idle)}: the label or a dropped column, which the student never takes; --exclude has no effect on it`,
    );
}

/** The options that withhold columns. */
function withheldBy(names: readonly string[], { features, withhold = [] }: ColumnChoice): string {
  const measured = names.filter((name) => withhold.includes(name)).length;
  const plain = features ? '--features' : '--exclude';
  return [...(measured < names.length ? [plain] : []), ...(measured > 0 ? ['--withhold'] : [])].join(', ');
}

export const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name));

/** Counts the values that a preprocessing does not list, by column, with an example of each. */
export function noteUnknown(unknown: readonly UnknownCount[]): void {
  if (unknown.length === 0) return;
  const shown = unknown
    .slice(0, MAX_NAMED)
    .map(
      ({ column, count, rows, example, cause, imputed, texts }) =>
        `${quote(column)} in ${count} of ${rows} rows, such as ${quote(example)}${texts ? ' (no word, and no part of one, that the student has seen)' : cause === '' ? '' : ` (${cause}?)`}${imputed ? ', imputed' : ''}`,
    );
  const more = unknown.length > MAX_NAMED ? `; and ${unknown.length - MAX_NAMED} more columns` : '';
  const become = unknown.some(({ imputed }) => imputed) ? 'are imputed or encoded as zeros' : 'are encoded as zeros';
  const most = unknown.some(({ count, rows }) => count > MAX_UNKNOWN * rows);
  note(
    `${most ? 'warning' : 'note'}: values that the preprocessing does not list ${become}: ${shown.join('; ')}${more}`,
  );
}

/** Most columns that a note names. */
const MAX_NAMED = 5;

/** Names in quotes, at most a few. */
export function named(names: readonly string[]): string {
  const some = names.slice(0, MAX_NAMED).map((name) => quote(name));
  return some.join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '');
}
