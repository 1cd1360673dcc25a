// Files written before a property was renamed are still read, and student files and checkpoint keys keep the first names,
// so that the same inputs give the same bytes.

/** The current name of a property, and the one in files. */
const STORED: Readonly<Record<string, string>> = {
  encodedWidth: 'F',
  learningRate: 'rate',
  weightDecay: 'decay',
  learningRateScale: 'rate',
  weightDecayScale: 'decay',
  ablate: 'leaveOut',
  selectionMargins: 'judge',
  selectionWeight: 'judgeWeight',
  clippedCount: 'limited',
};

/** The value with the property names of files, at any depth up to 16; arrays of numbers are left as they are. */
export function withStoredNames(value: unknown): unknown {
  return renamed(value, STORED);
}

/**
 * The value with current property names, at any depth up to 16.
 * @param names of the properties that the value may have; others are kept
 */
export function withCurrentNames<T>(value: unknown, names: readonly string[]): T {
  return renamed(value, Object.fromEntries(names.map((name) => [STORED[name] as string, name]))) as T;
}

/** Values nested deeper have no property of these names; files from outside may be nested without end. */
const MAX_DEPTH = 16;

function renamed(value: unknown, names: Readonly<Record<string, string>>, depth: number = 0): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names, depth + 1));
  const entries = Object.entries(value).map(([name, item]) => [
    Object.hasOwn(names, name) ? names[name] : name,
    renamed(item, names, depth + 1),
  ]);
  return Object.fromEntries(entries);
}
