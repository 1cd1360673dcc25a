// Soft labels that are there already, in the place of a teacher's model: a column of probabilities or log-odds.
import type { Table } from '../data/table.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { NO_GRAPH } from './no-graph.ts';
import type { Reading } from './reading.ts';
import { marginsOf, resolutionOf } from './soft-label-limit.ts';
import { readAnswers, type SoftLabelConvention, type SoftLabelValue } from './soft-label-values.ts';
import type { GivenSoftLabels, Teacher } from './teacher.ts';

/** Options of givenSoftLabels. */
export interface GivenSoftLabelsOptions {
  /** What the values mean; default: detected where that is clear. */
  readonly convention?: SoftLabelConvention | undefined;
  /** Name of the column, or of each column, for messages and records; default `soft labels`. */
  readonly name?: string | readonly string[] | undefined;
}

/** The answers of each column. */
type Columns = readonly ArrayLike<SoftLabelValue>[];

/**
 * A teacher whose soft labels are there already: from another program, a GPU or a language model. Texts such as `80 %`, `yes 80 %`
 * or `spam (0.8)` are read, too; the number is the confidence in that class. Negative numbers are log-odds, numbers within 0 .. 1
 * probabilities, and values with % percentages; others need `convention`. If probabilities are rounded, 0 and 1 are read as half a
 * step from there: 0.05 and 0.95 if all values are multiples of 0.1. A row without a soft label (empty, null, NaN) is trained on its
 * own label. It has no hidden layer. The datasets must be encoded from the table that the values belong to.
 * @param values one for each row of the table; or several such lists, the answers of several models or runs, whose log-odds are
 * averaged
 * @returns a teacher for distill, compare, softLabels and measureDistillation
 * @throws DebkdError `value` for a value that cannot be read or is out of range, or lists of different lengths; `convention` if it
 * is unclear what the values mean, or if they are labels
 * @example
 * const table = await readTable('rows.csv', { target: 'label', drop: ['p'] });
 * const { train, validation } = await encodeParts(table, split(table), undefined);
 * const teacher = givenSoftLabels(textColumn(table, 'p'), { name: 'p' });
 * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 */
export function givenSoftLabels(
  values: ArrayLike<SoftLabelValue> | readonly ArrayLike<SoftLabelValue>[],
  options: GivenSoftLabelsOptions = {},
): Teacher {
  const [first] = Array.from({ length: Math.min(1, values.length) }, (_, i) => values[i]);
  const several = typeof first === 'object' && first !== null;
  const columns = (several ? values : [values]) as Columns;
  const { name = 'soft labels', convention } = options;
  const names = columns.map((_, k) =>
    typeof name === 'string' ? (several ? `${name} ${k + 1}` : name) : (name[k] ?? `${k + 1}`),
  );
  const rows = columns[0]?.length ?? 0;
  const other = columns.findIndex(({ length }) => length !== rows);
  if (rows === 0 || other >= 0) {
    throw new DebkdError('value', {
      subject: `soft labels ${quote(names[Math.max(0, other)] ?? '')}`,
      seen: `${columns[Math.max(0, other)]?.length ?? 0} rows`,
      expected: rows === 0 ? 'one value for each row of the table' : `${rows} as in ${quote(names[0] as string)}`,
    });
  }
  return openGiven(columns, names, { convention, target: undefined });
}

interface Stated {
  readonly convention: SoftLabelConvention | undefined;
  readonly target: Table['target'];
}

function openGiven(columns: Columns, names: readonly string[], stated: Stated): Teacher {
  const read = readColumns(columns, names, stated);
  // class names may be the target's values, which are not known yet
  if (read instanceof DebkdError && stated.target === undefined && columns.some(hasText))
    return teacherOf(columns, names, stated, read);
  if (read instanceof DebkdError) throw read;
  return teacherOf(columns, names, stated, read);
}

/** Whether a value is a text other than a number. Its class may be a number, too: "1 (0.60)". */
function hasText(column: ArrayLike<SoftLabelValue>): boolean {
  return Array.from(column).some((item) => typeof item === 'string' && Number.isNaN(Number(item)));
}

/** Soft labels that were read, or the error. */
interface Answers {
  readonly margins: Float64Array;
  readonly limited: Uint8Array;
  readonly record: GivenSoftLabels['record'];
  readonly reason: string;
}

function readColumns(columns: Columns, names: readonly string[], stated: Stated): Answers | DebkdError {
  try {
    return readAll(columns, names, stated);
  } catch (error) {
    if (error instanceof DebkdError) return error;
    throw error;
  }
}

function readAll(columns: Columns, names: readonly string[], { convention, target }: Stated): Answers {
  const rows = (columns[0] as ArrayLike<SoftLabelValue>).length;
  const limited = new Uint8Array(rows);
  const answers = readAnswers(
    columns.map((given, k) => ({ given, subject: `soft labels ${quote(names[k] as string)}` })),
    { stated: convention, target },
  );
  const read = answers.columns.map((values) => {
    if (answers.convention === 'logit') return { margins: values, resolution: undefined };
    const resolution = resolutionOf(values);
    return { margins: marginsOf(values, resolution, limited), resolution };
  });
  const [first] = read as [(typeof read)[number]];
  const { margins, spread } = read.length === 1 ? { margins: first.margins.slice(), spread: undefined } : average(read);
  // a canonical NaN gives the same digest on every host
  for (let row = 0; row < rows; row++) if (Number.isNaN(margins[row])) margins[row] = NaN;
  const known = margins.filter((v) => !Number.isNaN(v)).length;
  const limitedCount = limited.filter((flag) => flag === 1).length;
  const steps = read.flatMap(({ resolution }) => (resolution?.step === undefined ? [] : [resolution.step]));
  const limits = read.flatMap(({ resolution }) => (resolution ? [resolution.limit] : []));
  const record = {
    columns: names,
    convention: answers.convention,
    resolution: steps.length === read.length ? Math.max(...steps) : null,
    limit: limits.length > 0 ? Math.min(...limits) : null,
    rows,
    known,
    limited: limitedCount,
    ...(spread !== undefined && { spread }),
  };
  const column = names.map((name) => quote(name)).join(', ');
  const step = record.resolution === null ? '' : `, multiples of ${shortNumber(record.resolution)}`;
  const reason = `given soft labels ${column} (${answers.reason}${step}); ${known} of ${rows} rows have one`;
  return { margins, limited, record, reason };
}

function shortNumber(x: number): string {
  return String(Number(x.toPrecision(4)));
}

/** The mean of the margins of each row over the columns that have one, and the mean standard deviation within a row. */
function average(columns: readonly { readonly margins: Float64Array }[]): { margins: Float64Array; spread: number } {
  const [first] = columns as [(typeof columns)[number]];
  let deviations = 0;
  let severalAnswers = 0;
  const margins = first.margins.map((_, row) => {
    const present = columns.map(({ margins: own }) => own[row] as number).filter((v) => !Number.isNaN(v));
    if (present.length === 0) return NaN;
    const mean = present.reduce((sum, v) => sum + v, 0) / present.length;
    if (present.length > 1) {
      const squares = present.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
      deviations += Math.sqrt(squares / (present.length - 1));
      severalAnswers++;
    }
    return mean;
  });
  return { margins, spread: severalAnswers > 0 ? deviations / severalAnswers : 0 };
}

function teacherOf(columns: Columns, names: readonly string[], stated: Stated, read: Answers | DebkdError): Teacher {
  const name = names.join(', ');
  const answers = (): Answers => {
    if (read instanceof DebkdError) throw read;
    return read;
  };
  const digest =
    read instanceof DebkdError
      ? digestOf(columns.map((column) => Array.from(column, String)))
      : sha256(new Uint8Array(read.margins.buffer, read.margins.byteOffset, read.margins.byteLength));
  const convention = read instanceof DebkdError ? 'probability' : read.record.convention;
  const reading: Reading = {
    positiveClass: 'only',
    positiveReason: 'given soft labels',
    output: name,
    tensor: name,
    margin: { form: 'logit', width: 1, place: 0, negate: false },
    convention,
    reason: read instanceof DebkdError ? 'given soft labels' : read.reason,
  };
  const take = (rowNumbers: Uint32Array): { margins: Float64Array; clippedCount: number } => {
    const { margins, limited } = answers();
    return {
      margins: Float64Array.from(rowNumbers, (row) => margins[row] as number),
      clippedCount: rowNumbers.reduce((sum, row) => sum + (limited[row] as number), 0),
    };
  };
  const subject = `soft labels ${quote(name, 200)}`;
  return {
    name,
    sha256: digest,
    identity: digestOf(['soft labels', digest]),
    graph: NO_GRAPH,
    convention,
    reading,
    why: { output: 'given soft labels', inputs: 'by row number' },
    refusal: undefined,
    preprocessing: undefined,
    takes: 'rows',
    width: undefined,
    inputs: [],
    columnInputs: [],
    notes: [],
    given: {
      get record() {
        return answers().record;
      },
      read({ rowNumbers, tableRows }) {
        const { rows } = answers().record;
        if (!rowNumbers)
          throw new DebkdError('value', {
            subject,
            seen: 'the rows have no numbers in the table',
            expected: 'rows that encode or encodeParts made from the table',
          });
        const length = tableRows ?? rowNumbers.reduce((most, row) => Math.max(most, row + 1), 0);
        if (tableRows === undefined ? length > rows : length !== rows)
          throw new DebkdError('value', {
            subject,
            seen: `${rows} rows`,
            expected: `${length} as in the data`,
            remedy: 'give one for each row of the data, empty where it is not known',
          });
        return take(rowNumbers);
      },
    },
    async margins(rows) {
      if ('rowNumbers' in rows) return take(rows.rowNumbers);
      throw new DebkdError('value', {
        subject,
        seen: 'encoded rows, which have no numbers in the table',
        expected: 'a dataset',
        remedy: 'call softLabels with the dataset',
      });
    },
    forTarget(target) {
      return target && target !== stated.target ? openGiven(columns, names, { ...stated, target }) : this;
    },
    forTable() {
      return this;
    },
    async forLabels() {
      return this;
    },
    async trace() {
      throw new DebkdError('teacher', { subject, seen: 'soft labels have no inputs' });
    },
    hiddenLayer: (wanted) => {
      const why = 'soft labels have no hidden layer';
      if (wanted === undefined) return { why };
      throw new DebkdError('teacher', { subject, seen: why, remedy: { id: 'omit-setting', setting: 'layer' } });
    },
    async features() {
      throw new DebkdError('teacher', { subject, seen: 'soft labels have no hidden layer' });
    },
    async answers() {
      throw new DebkdError('teacher', { subject, seen: 'soft labels have no hidden layer' });
    },
    [dispose]: () => undefined,
  };
}
