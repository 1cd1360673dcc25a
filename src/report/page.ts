// The parts of a self-contained HTML page: no scripts, no requests; adapts to phones, dark mode and print.
import { CHART_STYLE } from './charts/style.ts';

const STYLE = `:root{color-scheme:light dark;--paper:#fff}
body{font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:var(--paper)}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}td{white-space:nowrap}
.prose td+td{white-space:normal;overflow-wrap:break-word}th.n,td.n{text-align:right;font-variant-numeric:tabular-nums}
caption,summary{text-align:left;font-weight:600;padding:.3rem 0}
.w{border-left:4px solid #b45309;padding-left:.8rem}.note{font-size:.85rem;color:#555;margin:.3rem 0}details{margin:1rem 0}code{font-size:.85em;overflow-wrap:anywhere}
${CHART_STYLE}@media(prefers-color-scheme:dark){:root{--paper:#161616}body{color:#eee}th,td{border-color:#444}.note{color:#aaa}}
@media(max-width:32rem){th,td{padding:.3rem}}
@media print{body{max-width:none;font-size:11pt}.scroll{overflow:visible}td{white-space:normal}tr{break-inside:avoid}}`;

/** The whole page. @param body its parts as HTML; empty ones are left out */
export function page(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="generator" content="debkd"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
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
  const cell = (value: Cell, style: string): string => {
    const text = escapeHtml(textOf(value));
    return `<td${style}>${typeof value === 'object' && text !== '' ? `<strong>${text}</strong>` : text}</td>`;
  };
  const line = (row: readonly Cell[]): string => columns.map(({ j, style }) => cell(row[j] ?? '', style)).join('');
  const header = columns.map(({ name, style }) => `<th scope="col"${style}>${escapeHtml(name)}</th>`).join('');
  return `<div class="scroll"><table${prose ? ' class="prose"' : ''}><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>
${rows.map((row) => `<tr>${line(row)}</tr>`).join('\n')}
</tbody></table></div>`;
}

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
