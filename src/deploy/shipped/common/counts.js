// Counts the records that this instance has answered, in the bins of the student's training rows. It keeps no record.
import { bins } from './bins.js';

/** Smaller counts are not told. */
const FEWEST = 10;

const missing = new Set(['', ...bins.missing]);
const columns = bins.columns.map(({ edges, categories, listed, ...rest }) => ({
  ...rest,
  edges,
  categories,
  places: categories && new Map(categories.map((text, i) => [text, i])),
  listed: listed && new Set(listed),
  counts: new Array(1 + (categories ?? edges).length).fill(0),
  missing: 0,
  unknown: 0,
}));
const margins = new Array(1 + bins.margins.length).fill(0);
let rows = 0;

/** Counts answered records. Each takes about as many steps as there are columns. */
export function counted(records, answers) {
  records.forEach((record, i) => {
    rows++;
    margins[binOf(bins.probabilities, answers[i].probability)]++;
    for (const column of columns) addValue(column, record[column.column]);
  });
  return answers;
}

/** Whether a number may be a spelling of a missing value, such as -999. */
const anyNumber = bins.missing.some((text) => text !== '' && !Number.isNaN(Number(text)));

function addValue(column, value) {
  // most values are numbers, which need no text
  if (typeof value === 'number' && !column.listed && !anyNumber && !Number.isNaN(value)) {
    column.counts[binOf(column.edges, value)]++;
    return;
  }
  const text = listedText(column, value);
  const isListed = column.listed?.has(text) ?? false;
  if (missing.has(text.trim().toLowerCase()) && !(isListed && text !== '')) column.missing++;
  else if (column.listed) {
    column.counts[column.places.get(text) ?? column.categories.length]++;
    if (!isListed) column.unknown++;
  } else column.counts[binOf(column.edges, Number(text))]++;
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** The text of a value; for a number or a boolean that is not listed, the one listed text that is the same, as the student reads it. */
function listedText({ listed }, value) {
  const text = String(value ?? '');
  if (!listed || listed.has(text) || (typeof value !== 'number' && typeof value !== 'boolean')) return text;
  const isSame =
    typeof value === 'number'
      ? (known) => NUMBER.test(known) && Number(known) === value
      : (known) => known.trim().toLowerCase() === text;
  const same = [...listed].filter(isSame);
  return same.length === 1 && !missing.has(text) ? same[0] : text;
}

/** The index of a value's bin: the first is below the first edge, and every other one begins with its edge. */
function binOf(edges, x) {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x >= edges[middle]) low = middle + 1;
    else high = middle;
  }
  return low;
}

const shown = (count) => (count > 0 && count < FEWEST ? null : count);

/** The counts since this instance started, as debkd monitor --counts reads them; null: from 1 to 9. */
export function statistics() {
  return {
    schema: 'debkd/statistics@1',
    student: bins.student,
    rows,
    columns: columns.map(({ column, kind, edges, categories, counts, missing: absent, unknown }) => ({
      column,
      kind,
      ...(categories ? { categories } : { edges }),
      counts: counts.map(shown),
      missing: shown(absent),
      ...(categories && { unknown: shown(unknown) }),
    })),
    margins: { edges: bins.margins, counts: margins.map(shown) },
  };
}
