// Shortens names to the width of a chart.

/** Letters that fit the width of a chart. */
const MAX_LETTERS = 44;

/** Shortens a long name in the middle, because its end has the value. `suffix` stays whole. */
export function shortName(name: string, suffix = '', letters: number = MAX_LETTERS): string {
  const room = letters - suffix.length;
  const kept = name.length > room ? `${name.slice(0, 10)}…${name.slice(11 - room)}` : name;
  return `${kept}${suffix}`;
}
