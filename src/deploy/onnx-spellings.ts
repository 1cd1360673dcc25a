// Spellings of a missing value, for operators that compare texts exactly.

/** Spellings with more letters match only as given, in lower case, in upper case and capitalised. */
const MAX_LETTERS = 6;

/** A spelling in all combinations of case; a long one only as given, lower, upper and capitalised. */
export function casesOf(spelling: string): string[] {
  const given = spelling.trim();
  const [lower, upper] = [given.toLowerCase(), given.toUpperCase()];
  if ([...lower].filter((c) => c !== c.toUpperCase()).length > MAX_LETTERS) {
    return [given, lower, upper, lower.slice(0, 1).toUpperCase() + lower.slice(1)];
  }
  const all = [...lower].reduce<string[]>(
    (heads, c) => heads.flatMap((head) => [...new Set([c, c.toUpperCase()])].map((form) => head + form)),
    [''],
  );
  return [given, ...all];
}
