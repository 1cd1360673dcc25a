// The parts of a self-contained HTML page: no scripts, no requests; adapts to phones, dark mode and print.
import { CHART_STYLE } from './charts/style.ts';
import { TOKENS } from './charts/tokens.ts';
import { RESULT_STYLE } from './results-style.ts';

const STYLE = `${TOKENS}*{box-sizing:border-box}body{font:var(--t0)/1.5 system-ui,sans-serif;max-width:68rem;margin:0 auto;padding:var(--s3);color:var(--ink);background:var(--paper)}
h1{font-size:var(--t3);line-height:1.2;margin:var(--s3) 0 0;overflow-wrap:anywhere}h1+.sub{margin:var(--s1) 0 0;color:var(--soft)}h2{font-size:var(--t2);line-height:1.25;margin:var(--s5) 0 var(--s2)}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:var(--s3) 0;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--faint);vertical-align:top}td{white-space:nowrap}th{vertical-align:bottom}
.prose td,.prose td+td{white-space:normal;overflow-wrap:anywhere}.prose td:first-child{min-width:8rem}th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
dt{font-weight:600}dd{margin:0 0 var(--s2)}caption,summary{text-align:left;font-weight:600;padding:.3rem 0}summary{cursor:pointer}
.w{border-left:4px solid var(--warn);padding-left:.8rem}.note{font-size:var(--t-1);color:var(--soft);margin:.3rem 0}details{margin:var(--s3) 0}code{font-size:.85em;overflow-wrap:anywhere}
${CHART_STYLE}${RESULT_STYLE}@media(max-width:46rem){h1{font-size:var(--t2)}h2{font-size:var(--t1)}.scroll{overflow:visible}td{white-space:normal}}
@media print{details::details-content{content-visibility:visible;block-size:auto}body{max-width:none;font-size:10pt}.scroll{overflow:visible}td{white-space:normal}tr{break-inside:avoid}h2,caption{break-after:avoid}}`;

/** The whole page. @param body its parts as HTML; empty ones are left out @param sub a line under the title */
export function page(title: string, body: readonly string[], sub = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="debkd"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>${sub && `\n<p class="sub">${escapeHtml(sub)}</p>`}
${body.filter((part) => part !== '').join('\n')}
</body></html>
`;
}

/** A cell of a table; `strong` is bold. */
export type Cell = string | number | { readonly strong: string | number };

/**
 * A table as HTML. It aligns numbers to the right and leaves out empty columns.
 * @param prose aligns all columns to the left and wraps long text
 */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { prose = false }: { readonly prose?: boolean } = {},
): string {
  if (rows.length === 0) return '';
  const columns = head.flatMap((name, j) => {
    const texts = rows.map((row) => textOf(row[j] ?? '')).filter((text) => text !== '');
    return texts.length > 0 ? [{ name, j, style: !prose && isNumeric(texts) ? ' class="n"' : '' }] : [];
  });
  // on a narrow screen a row with many columns is a card whose lines have the columns' names
  const isStack = columns.length > 2;
  const cell = (value: Cell, style: string, label: string): string => {
    const [, number, interval] = WITH_INTERVAL.exec(textOf(value)) ?? [];
    const text = escapeHtml(number ?? textOf(value));
    const strong = typeof value === 'object' && text !== '' ? `<strong>${text}</strong>` : text;
    const small = interval === undefined ? '' : ` <small>${escapeHtml(interval)}</small>`;
    return `<td${style}${label && ` data-label="${escapeHtml(label)}"`}>${strong}${small}</td>`;
  };
  const line = (row: readonly Cell[]): string =>
    columns.map(({ name, j, style }, k) => cell(row[j] ?? '', style, isStack && k > 0 ? name : '')).join('');
  const header = columns.map(({ name, style }) => `<th scope="col"${style}>${escapeHtml(name)}</th>`).join('');
  const styles = [...(prose ? ['prose'] : []), ...(isStack ? ['stack'] : [])].join(' ');
  return `<div class="scroll"><table${styles === '' ? '' : ` class="${styles}"`}><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>
${rows.map((row) => `<tr>${line(row)}</tr>`).join('\n')}
</tbody></table></div>`;
}

/** An estimate with its interval, as of `show`. */
const WITH_INTERVAL = /^(-?[\d.]+) (\([-\d.]+ \.\. [-\d.]+\))$/;

function textOf(value: Cell): string {
  return String(typeof value === 'object' ? value.strong : value);
}

/** Whether a column has numbers, or words in their place. */
function isNumeric(texts: readonly string[]): boolean {
  const isNumber = (text: string): boolean => /^([-−+]?[\d.]+( |$)|< )/.test(text);
  const isNone = (text: string): boolean => /^(not defined|not applicable|failed|too few seeds)$/.test(text);
  return texts.some(isNumber) && texts.every((text) => isNumber(text) || isNone(text));
}

/** A note under a table or chart. */
export function note(text: string): string {
  return `<p class="note">${escapeHtml(text)}</p>`;
}

/** A collapsed section. */
export function folded(summary: string, body: string): string {
  return body === '' ? '' : `<details><summary>${escapeHtml(summary)}</summary>${body}</details>`;
}

/** The command of a result. */
export function madeBy(command: string | undefined): string {
  return command === undefined ? '' : `<p>Command: <code>${escapeHtml(command)}</code></p>`;
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
