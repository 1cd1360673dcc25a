// Numbers in sentences and on labels: short, with the unit.

/** The size of a number, as in the tables and the key figures: `0.3271`. */
export function unsigned(x: number, digits = 4): string {
  return Math.abs(x).toFixed(digits);
}

/** A share in per cent: `40 %`, `4.2 %`, `0.2 %`. */
export function percentText(share: number): string {
  const percent = 100 * share;
  const sign = percent < 0 && Number(percent.toFixed(1)) !== 0 ? '−' : '';
  const size = Math.abs(percent);
  return `${sign}${size < 9.95 && Number(size.toFixed(1)) % 1 !== 0 ? size.toFixed(1) : size.toFixed(0)} %`;
}

/** A size in bytes: `840 B`, `6.6 KB`, `19 KB`, `1.2 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 1000 * 1024 ? [bytes / 1024, 'KB'] : [bytes / 1024 ** 2, 'MB'];
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
