// The verdict of a comparison, in words.
import { SHORT_NAMES } from '../metrics/metric.ts';
import type { AnsweredErrors } from './deferral.ts';
import { histogramName } from './histogram.ts';
import type { Monitoring } from './monitoring.ts';
import type { ColumnShift, Shift } from './shift.ts';

/** Columns to name. */
const MOST_NAMED = 5;
/** Shares of unknown or missing values that are worth a sentence, where they have also grown. */
const WORTH_SAYING = 0.01;

/** The verdict: first the columns, then margins, unknown and missing values, a broken promise of the deferral band, and metrics. */
export function verdictOf(found: Omit<Monitoring, 'verdict' | 'schema'>): string {
  return [
    shiftWords(found.columns, found.margins),
    marginWords(found),
    valuesWords(found.columns, 'unknown', 'values that the student does not know'),
    valuesWords(found.columns, 'missing', 'more missing values'),
    promiseWords(found.deferred),
    metricWords(found.labels),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function shiftWords(columns: readonly ColumnShift[], margins: Shift): string {
  const raw = new Set(columns.map(({ column }) => column));
  const all = `${raw.size} column${raw.size === 1 ? '' : 's'}`;
  const shifted = columns.filter((one) => one.shifted).sort((a, b) => b.psi - a.psi);
  if (shifted.length === 0)
    return margins.shifted ? `None of ${all} has shifted.` : `No shift seen in ${all} and the margins.`;
  const names = new Set(shifted.map(({ column }) => column));
  const list = shifted.slice(0, MOST_NAMED).map((one) => `${histogramName(one)} (PSI ${psiText(one)})`);
  const more = shifted.length > MOST_NAMED ? ` and ${shifted.length - MOST_NAMED} more` : '';
  return `${names.size} of ${all} ${names.size === 1 ? 'has' : 'have'} shifted: ${list.join(', ')}${more}.`;
}

/** An index as in `.41`. */
export function psiText({ psi }: Pick<Shift, 'psi'>): string {
  return psi.toFixed(2).replace(/^0/, '');
}

/** A share as a percentage; fewer than ten rows of the reference are not told. */
export function percent(share: number | null): string {
  return share === null ? '< 10 rows' : `${(100 * share).toFixed(1)} %`;
}

function marginWords({ margins }: Pick<Monitoring, 'margins'>): string {
  return margins.shifted ? `The student's margins have shifted (PSI ${psiText(margins)}).` : '';
}

function valuesWords(columns: readonly ColumnShift[], key: 'unknown' | 'missing', what: string): string {
  const grown = columns.flatMap((column) => {
    const shares = column[key];
    if (!shares || shares.now < WORTH_SAYING || shares.now < 2 * (shares.reference ?? 0)) return [];
    return [{ name: column.column, now: shares.now }];
  });
  const byName = [...new Map(grown.map((one) => [one.name, one])).values()].sort((a, b) => b.now - a.now);
  if (byName.length === 0) return '';
  const list = byName.slice(0, MOST_NAMED).map(({ name, now }) => `${name} (${(100 * now).toFixed(1)} %)`);
  const more = byName.length > MOST_NAMED ? ` and ${byName.length - MOST_NAMED} more` : '';
  return `${what.slice(0, 1).toUpperCase()}${what.slice(1)}: ${list.join(', ')}${more}.`;
}

/** Says that a promise is broken; one that is kept is no news. */
function promiseWords(deferred: Monitoring['deferred']): string {
  if (!deferred?.promise?.broken) return '';
  const { target, answered } = deferred.promise;
  const rates = answered
    .filter(({ errors }) => errors.low > target)
    .map(({ errors, ...one }) => `${percent(errors.value)} of ${answeredName(one)} are wrong`);
  return `The promise of the deferral band is broken: ${rates.join(', ')}, not at most ${percent(target)}.`;
}

/** The rows that a student answers. */
export function answeredName({ label }: Pick<AnsweredErrors, 'label'>): string {
  return `the rows${label === undefined ? '' : ` of class ${label}`} that the student answers`;
}

function metricWords(labels: Monitoring['labels']): string {
  if (!labels) return '';
  const named = (verdict: string): string =>
    labels.metrics
      .filter((one) => one.verdict === verdict)
      .map(({ metric }) => SHORT_NAMES[metric])
      .join(', ');
  const [worse, better] = [named('worse'), named('better')];
  if (labels.metrics.every(({ verdict }) => verdict === 'not compared')) return 'The metrics could not be compared.';
  if (worse === '' && better === '') return 'The metrics are as promised.';
  return [worse && `Worse than promised: ${worse}.`, better && `Better than promised: ${better}.`]
    .filter(Boolean)
    .join(' ');
}
