// A field of CSV, as it is written.

/** A field as RFC 4180 writes it: quoted only where needed. */
export function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
