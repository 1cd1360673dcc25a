// Warns about columns whose values are probably not what they seem: placeholders, points between thousands, and categories in several
// spellings.
import type { AnyDataset } from '../data/dataset.ts';
import { MISSING } from '../data/missing.ts';
import { type CategoricalColumn, type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { causeOf } from '../data/unknown-values.ts';
import { listed, quote } from '../io/errors.ts';

/** Columns that a warning names. */
const MAX_NAMED = 5;
/** With fewer numbers among its categories, a column is no measure. */
const FEW_NUMBERS = 20;

/** The warnings about the columns of the training rows. */
export function columnWarnings(train: AnyDataset): string[] {
  return [
    ...placeholderWarnings(train),
    ...thousandsWarnings(train),
    ...spellingWarnings(train.preprocessing),
    ...mixedWarnings(train),
  ];
}

/** Warns of numbers such as -999 that are learnt as numbers. */
function placeholderWarnings({ placeholders = [], preprocessing }: AnyDataset): string[] {
  const [first, ...more] = placeholders;
  if (!first) return [];
  const { column, value, count, rows, others } = first;
  const also = more.map((one) => `${one.value} in ${quote(one.column)}`);
  const rest = also.length === 0 ? '' : ` (also ${listed(also, MAX_NAMED)})`;
  const values = [...new Set(placeholders.map((one) => one.value))];
  const spellings = [...(preprocessing.missing ?? MISSING), ...values].join(',');
  return [
    `column ${quote(column)}: ${value} in ${percent(count / rows)} of the training rows, far from its other values, ${shown(others[0])} to ${shown(others[1])}${rest}. If it stands for a missing value, list it as one (--na-values '${spellings}'; in the library: missing)`,
  ];
}

/** Warns of points that may separate thousands, and are read as decimal points. */
function thousandsWarnings({ pointThousands = [] }: AnyDataset): string[] {
  const [first, ...more] = pointThousands;
  if (!first) return [];
  const { column, value, whole } = first;
  const also =
    more.length === 0
      ? ''
      : ` (also in ${listed(
          more.map((one) => quote(one.column)),
          MAX_NAMED,
        )})`;
  return [
    `column ${quote(column)}: ${quote(value)} next to whole numbers such as ${quote(whole)}${also} is read as a decimal. If its point separates thousands, write ${value.replace('.', '')}`,
  ];
}

/** Warns of categories that differ only in case or in the blanks around them. */
function spellingWarnings({ columns }: Preprocessing): string[] {
  const found = columns.flatMap((column) => (column.kind === 'categorical' ? pairOf(column) : []));
  const [first] = found;
  if (!first) return [];
  const [a, b] = first.pair;
  const names = found.map(({ name }) => quote(name));
  return [
    `column${found.length > 1 ? 's' : ''} ${listed(names, MAX_NAMED)}: categories that differ only in ${causeOf(a, [b])}, such as ${quote(a)} and ${quote(b)}${found.length > 1 ? ` of ${names[0]}` : ''}, and the student learns each by itself. Spell them alike if they mean the same`,
  ];
}

/** The first two categories of a column that are the same text in another spelling. */
function pairOf({ name, categories }: CategoricalColumn): { name: string; pair: [string, string] }[] {
  const seen = new Map<string, string>();
  for (const category of categories) {
    const plain = category.trim().toLowerCase();
    const earlier = seen.get(plain);
    if (plain !== '' && earlier !== undefined) return [{ name, pair: [category, earlier] }];
    seen.set(plain, category);
  }
  return [];
}

/** Warns of a fitted column of categories that are numbers for the most part, and otherwise words or letters. */
function mixedWarnings({ preprocessing, fitted }: AnyDataset): string[] {
  return preprocessing.columns.flatMap((column) => {
    if (column.kind !== 'categorical' || !fitted?.includes(column.name)) return [];
    const present = column.categories.filter((category) => category !== '');
    const others = present.filter((category) => Number.isNaN(parseNumber(category)));
    const numbers = present.length - others.length;
    // codes such as V45 have digits
    if (numbers <= FEW_NUMBERS || others.length === 0 || numbers < others.length) return [];
    if (others.some((category) => /\d/.test(category))) return [];
    return [
      `column ${quote(column.name)}: ${numbers} of its ${present.length} categories are numbers, which the student learns one by one, because of others such as ${quote(others[0] as string)}. If it is a measure, list the others as missing values (--na-values; in the library: missing), or leave them empty`,
    ];
  });
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function shown(number: number): string {
  return String(Number(number.toPrecision(4)));
}
