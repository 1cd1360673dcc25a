// Reads what JSON.parse loses: a key that an object has twice, and numbers as they are written.

/**
 * The first key that an object of a JSON text has twice; undefined if there is none. JSON.parse keeps the last value of
 * such a key in silence.
 * @param json valid JSON, nested to any depth
 */
export function repeatedKey(json: string): string | undefined {
  // the keys so far of each open object; undefined for a list
  const open: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  const marks = /["{}[\],]/g;
  for (let found = marks.exec(json); found; found = marks.exec(json)) {
    const [mark] = found;
    if (mark === '"') {
      const end = endOfString(json, found.index);
      const keys = open.at(-1);
      if (isKeyNext && keys) {
        const key: string = JSON.parse(json.slice(found.index, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      isKeyNext = false;
      marks.lastIndex = end;
    } else if (mark === '{' || mark === '[') {
      open.push(mark === '{' ? new Set() : undefined);
      isKeyNext = true;
    } else if (mark === ',') isKeyNext = true;
    else open.pop();
  }
  return undefined;
}

/**
 * The values of a flat object by key, as they are written: 1.0 stays 1.0, and integers beyond 2^53 keep their digits.
 * @param content valid JSON
 */
export function literalsOf(content: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = content.indexOf('"'); at >= 0; at = content.indexOf('"', at)) {
    const keyEnd = endOfString(content, at);
    const key = content.slice(at, keyEnd);
    const from = pastBlanks(content, content.indexOf(':', keyEnd) + 1);
    at = content[from] === '"' ? endOfString(content, from) : endOfLiteral(content, from);
    values.set(key.includes('\\') ? JSON.parse(key) : key.slice(1, -1), content.slice(from, at));
  }
  return values;
}

/** Whether a JSON text may hold a number that float64 rounds: one of more than 15 digits, or an exponent of three. */
export function mayRound(json: string): boolean {
  return /\d[\d.]{15}|\d[eE][+-]?\d{3}/.test(json);
}

/** The text of a JSON number: as String writes it where that is the same number, otherwise as it is written. */
export function exactText(number: number, literal: string): string {
  const text = String(number);
  return text === literal || decimalKey(text) === decimalKey(literal) ? text : literal;
}

/** The same text for all spellings of a decimal number, such as 1e3 and 1000.0: its digits, and the power of ten. */
function decimalKey(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return whole === '' ? literal : '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  if (!Number.isSafeInteger(power)) return literal;
  return `${sign}${significant}e${power}`;
}

/**
 * Index after the closing quote of a string: the first quote after an even number of backslashes. A regular expression
 * would need a stack as long as the string.
 */
function endOfString(content: string, from: number): number {
  for (let at = content.indexOf('"', from + 1); at >= 0; at = content.indexOf('"', at + 1)) {
    let before = at;
    while (content[before - 1] === '\\') before--;
    if ((at - before) % 2 === 0) return at + 1;
  }
  return content.length;
}

/** Index after a number, true, false or null: that of a comma, a brace or white space. */
function endOfLiteral(content: string, from: number): number {
  let at = from;
  while (at < content.length && !isBlank(content, at) && content[at] !== ',' && content[at] !== '}') at++;
  return at;
}

function pastBlanks(content: string, from: number): number {
  let at = from;
  while (isBlank(content, at)) at++;
  return at;
}

/** Whether the character is white space of JSON. */
function isBlank(content: string, at: number): boolean {
  const code = content.charCodeAt(at);
  return code === 32 || code === 10 || code === 13 || code === 9;
}
