// Names above their marks, where a name of any length has room.

/** As many letters as a picture is wide. */
const MAX_LETTERS = 48;

/** A long name loses its middle, since its end, the value, says more than the rest. `suffix` stays whole. */
export function shortName(name: string, suffix = ''): string {
  const room = MAX_LETTERS - suffix.length;
  const kept = name.length > room ? `${name.slice(0, 10)}…${name.slice(11 - room)}` : name;
  return `${kept}${suffix}`;
}
