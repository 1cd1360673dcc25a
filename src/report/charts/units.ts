// Numbers and their units in headlines and captions.

/** A text whose numbers keep their unit on the same line. */
export function withUnits(text: string): string {
  return text.replace(/(\d) (%|[KMG]?B\b)/g, '$1\u00a0$2');
}
