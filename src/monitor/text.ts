// A comparison as text for a terminal.
import { printable } from '../io/errors.ts';
import { SHORT_NAMES } from '../metrics/metric.ts';
import { show } from '../report/show.ts';
import { histogramName } from './histogram.ts';
import type { Monitoring } from './monitoring.ts';
import type { Shift } from './shift.ts';
import { answeredName, percent, psiText } from './verdict.ts';

/** Widest name in the table. */
const MAX_NAME = 40;

/** @param out the folder with the files; undefined if none were written */
export function textMonitoring(found: Monitoring, out: string | undefined): string {
  const { rows, positives, deferred, labels } = found;
  return [
    printable(found.verdict),
    '',
    `${rows.now} rows, compared with ${rows.reference} training rows`,
    ...columnLines(found),
    '',
    ...(positives === undefined ? [] : [`labelled 1 by the student: ${percent(positives)}`]),
    ...(deferred ? [`deferred: ${percent(deferred.share)} (${deferred.rows} rows)`] : []),
    ...answeredLines(deferred),
    ...(labels ? labelLines(labels) : []),
    out === undefined ? '' : `Written to ${out}: monitor.json, monitor.html`,
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
    .concat('\n');
}

/** A p-value. */
export function pText(p: number): string {
  return p < 1e-4 ? '< 0.0001' : p.toFixed(4);
}

/** `yes` for a shift; a small difference is significant, and no more. */
export function shiftText({ shifted, adjusted, psi }: Pick<Shift, 'shifted' | 'adjusted' | 'psi'>): string {
  if (shifted) return 'yes';
  if (adjusted < 0.05) return 'slight';
  return psi >= 0.1 ? 'may be chance' : 'no';
}

function columnLines({ columns, margins }: Monitoring): string[] {
  const rows = [
    ...columns.map((one) => ({ name: histogramName(one), ...one })),
    { name: "the student's margins", ...margins, missing: undefined, unknown: undefined },
  ];
  const names = rows.map(({ name }) => printable(name.length > MAX_NAME ? `${name.slice(0, MAX_NAME - 1)}…` : name));
  const width = Math.max(6, ...names.map((name) => name.length)) + 2;
  const head = `${'column'.padEnd(width)}${'PSI'.padStart(7)}  ${'p (Holm)'.padEnd(10)}${'shift'.padEnd(15)}${'missing'.padEnd(21)}unknown`;
  return [
    head,
    ...rows.map((row, i) =>
      [
        (names[i] as string).padEnd(width),
        psiText(row).padStart(7),
        `  ${pText(row.adjusted).padEnd(10)}`,
        shiftText(row).padEnd(15),
        changeText(row.missing).padEnd(21),
        changeText(row.unknown),
      ]
        .join('')
        .trimEnd(),
    ),
  ];
}

/** Two shares, where one of them is not 0. */
export function changeText(shares: { readonly reference: number | null; readonly now: number } | undefined): string {
  if (!shares || (shares.reference === 0 && shares.now === 0)) return '';
  return `${percent(shares.reference)} -> ${percent(shares.now)}`;
}

/** The errors of the rows that the student answers, and what was promised. */
export function answeredLines(deferred: Monitoring['deferred']): string[] {
  if (!deferred?.promise) return [];
  const { target, answered } = deferred.promise;
  return answered.map(({ rows, errors, ...one }) => {
    const { value, low, high } = errors;
    const verdict = low > target ? 'broken' : value > target ? 'above it, perhaps by chance' : 'kept';
    return `wrong among ${answeredName(one)}: ${percent(value)} (${percent(low)} .. ${percent(high)}) of ${rows}; promised: at most ${percent(target)}, ${verdict}`;
  });
}

function labelLines(labels: NonNullable<Monitoring['labels']>): string[] {
  const { rows, share, probability, threshold, metrics } = labels;
  const lines = metrics.map(({ metric, promised, now, verdict }) =>
    [
      SHORT_NAMES[metric].padEnd(10),
      (promised ? show(promised) : '').padEnd(28),
      show(now).padEnd(28),
      verdict === 'not compared' ? '' : verdict,
    ]
      .join('')
      .trimEnd(),
  );
  return [
    '',
    `${rows} labelled rows: ${percent(share)} are class 1, the student's mean probability is ${percent(probability)}; threshold ${threshold.toFixed(4)}`,
    `${'metric'.padEnd(10)}${'promised (test rows)'.padEnd(28)}${'now, 95 % interval'.padEnd(28)}`.trimEnd(),
    ...lines,
    '',
  ];
}
