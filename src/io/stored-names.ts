// Maps property names between code and files. Files keep the first name of a renamed property: earlier files stay
// readable, and the same inputs give the same student files and checkpoint keys.

/** Current names of properties, and their names in files. */
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

/** Copies a value with the property names of files, down to a depth of 16; typed arrays are not copied. */
export function withStoredNames(value: unknown): unknown {
  return renamed(value, STORED);
}

/**
 * Copies a value with current property names, down to a depth of 16.
 * @param names current names of the properties to rename; others are kept
 */
export function withCurrentNames<T>(value: unknown, names: readonly string[]): T {
  return renamed(value, Object.fromEntries(names.map((name) => [STORED[name] as string, name]))) as T;
}

/** Depth of renaming: no deeper value has these properties, and foreign files may be nested without limit. */
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
