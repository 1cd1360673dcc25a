// Writes a field of CSV.

/** Writes a field as in RFC 4180, quoted only where needed. */
export function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
