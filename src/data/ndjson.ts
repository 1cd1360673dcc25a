// Reads newline-delimited JSON: one object per line, whose values are numbers, texts, booleans or null.
import { DebkdError, quote } from '../io/errors.ts';
import { chunksOf, nameOf, type Source } from '../io/source.ts';
import { buildTable } from './build-table.ts';
import type { RawRows, Table, TableOptions } from './table.ts';

/** Maximum characters of a line. */
const MAX_ROW = 2 ** 23;

/**
 * Reads NDJSON into a Table. The keys of the first record are the columns; a key that a later record leaves out is
 * missing.
 * @throws DebkdError `source`, `table`, `target` or `column`
 */
export async function readNdjson(source: Source, options: TableOptions = {}): Promise<Table> {
  return buildTable(await openNdjson(chunksOf(source), nameOf(source)), options);
}

/** Opens chunks of bytes for reading record by record, as rows of text. */
export async function openNdjson(bytes: AsyncGenerator<Uint8Array>, name: string): Promise<RawRows> {
  const batches = records(bytes, name);
  const first = await batches.next();
  const record = first.done ? undefined : first.value[0];
  // JavaScript lists integer keys of an object first: take the file's order from the text
  const header = record?.keys.some((key) => /^\d+$/.test(key)) ? [...literalsOf(record.content).keys()] : record?.keys;
  if (!header || header.length === 0) {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}`,
      seen: 'no record',
      expected: 'one JSON object per line',
      remedy: 'check the path',
    });
  }
  const indexOfKey = new Map(header.map((key, j) => [key, j]));
  const originals = new WeakMap<readonly string[], string>();
  const toRows = (batch: readonly JsonRecord[]): string[][] =>
    batch.map(({ line, keys, values, content }) => {
      const fields = header.map(() => '');
      keys.forEach((key, k) => {
        const j = indexOfKey.get(key);
        if (j === undefined) {
          throw new DebkdError('table', {
            subject: `data ${quote(name, 200)}, line ${line}`,
            seen: `key ${quote(key)} is not in the first record`,
            remedy: 'list every key in the first record, with null for a missing value',
          });
        }
        fields[j] = values[k] as string;
      });
      originals.set(fields, content);
      return fields;
    });
  const chunks = (async function* () {
    if (!first.done) yield toRows(first.value);
    for await (const batch of batches) yield toRows(batch);
  })();
  return {
    name,
    header,
    chunks,
    valuesOf: (row) => literalsOf(originals.get(row) ?? '{}'),
    isPlain(row, j) {
      const literal = literalsOf(originals.get(row) ?? '{}').get(header[j] as string);
      return literal !== undefined && !literal.startsWith('"');
    },
  };
}

interface JsonRecord {
  readonly line: number;
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** The text of the line. */
  readonly content: string;
}

async function* records(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<JsonRecord[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pending = '';
  let line = 0;
  const fail = (what: string): never => {
    throw new DebkdError('table', {
      subject: `data ${quote(name, 200)}, line ${line}`,
      seen: what,
      expected: 'one JSON object of plain values per line',
    });
  };
  const parse = (content: string): JsonRecord[] => {
    line++;
    if (content.trim() === '') return [];
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch {
      fail('not JSON');
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('not an object');
    const entries = Object.entries(value);
    const texts = entries.map(([key, item]) => {
      if (item === null) return '';
      if (typeof item === 'object') fail(`key ${quote(key)} holds ${Array.isArray(item) ? 'a list' : 'an object'}`);
      return String(item);
    });
    return [{ line, keys: entries.map(([key]) => key), values: texts, content }];
  };
  try {
    for await (const chunk of bytes) {
      const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
      pending += first;
      if (pending.length > MAX_ROW) {
        line++;
        fail(`a line of more than ${MAX_ROW / 2 ** 20} MiB (it begins ${quote(pending)})`);
      }
      const rest = others.pop();
      if (rest === undefined) continue;
      const lines = [pending, ...others];
      pending = rest;
      const found = lines.flatMap(parse);
      if (found.length > 0) yield found;
    }
    pending += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) fail('the bytes are not UTF-8 text');
    throw error;
  }
  const found = parse(pending);
  if (found.length > 0) yield found;
}

/**
 * The values of a flat object by key, as they are written: 1.0 stays 1.0, and integers beyond 2^53 keep their digits.
 * @param content valid JSON
 */
function literalsOf(content: string): ReadonlyMap<string, string> {
  const tokens: string[] = [];
  const next = /[^\s{}:,]/g;
  for (let found = next.exec(content); found; found = next.exec(content)) {
    const from = found.index;
    const to = content[from] === '"' ? endOfString(content, from) : endOfLiteral(content, from);
    tokens.push(content.slice(from, to));
    next.lastIndex = to;
  }
  const values = new Map<string, string>();
  for (let k = 0; k + 1 < tokens.length; k += 2) values.set(JSON.parse(tokens[k] as string), tokens[k + 1] as string);
  return values;
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

/** Index after a number, true, false or null. */
function endOfLiteral(content: string, from: number): number {
  const end = /[\s{}:,"]/g;
  end.lastIndex = from;
  return end.exec(content)?.index ?? content.length;
}
