// Shortens names to the width of a chart.

/** Letters that fit the width of a chart. */
const MAX_LETTERS = 48;

/** Shortens a long name in the middle, because its end has the value. `suffix` stays whole. */
export function shortName(name: string, suffix = ''): string {
  const room = MAX_LETTERS - suffix.length;
  const kept = name.length > room ? `${name.slice(0, 10)}…${name.slice(11 - room)}` : name;
  return `${kept}${suffix}`;
}
