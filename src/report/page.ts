// One self-contained page: no scripts, no requests; readable on a phone, in the dark and in print.

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:0 auto;padding:1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:1rem 0;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}caption{text-align:left;font-weight:600;padding:.3rem 0}
.w{border-left:4px solid #b45309;padding-left:.8rem}code{font-size:.85em;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.5rem}
figure{margin:0;break-inside:avoid}figure svg{max-width:100%;height:auto}figcaption{font-size:.85rem;color:#555}
.plot-swatches,[class^=plot]{font:12px system-ui,sans-serif}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}th,td{border-color:#444}figcaption{color:#aaa}}
@media(max-width:32rem){th,td{padding:.3rem}th.n,td.n{white-space:normal}}
@media print{body{max-width:none;font-size:11pt}.scroll{overflow:visible}tr{break-inside:avoid}}`;

export function page(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(title)}</h1>
${body.filter((part) => part !== '').join('\n')}
</body></html>
`;
}

/** Cells are text; numbers among them are set right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  if (rows.length === 0) return '';
  const isNumber = (value: string | number | undefined): boolean => /^([-−+]?[\d.]+( |$)|< )/.test(String(value));
  const cell = (value: string | number): string =>
    `<td${isNumber(value) ? ' class="n"' : ''}>${escapeHtml(String(value))}</td>`;
  const header = head
    .map((text, j) => `<th scope="col"${isNumber(rows[0]?.[j]) ? ' class="n"' : ''}>${escapeHtml(text)}</th>`)
    .join('');
  return `<div class="scroll"><table><caption>${escapeHtml(caption)}</caption><thead><tr>${header}</tr></thead><tbody>
${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}
</tbody></table></div>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
