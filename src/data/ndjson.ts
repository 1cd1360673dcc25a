// Reads newline-delimited JSON: one object per line, whose values are numbers, texts, booleans or null.
import { DebkdError, listed, quote } from '../io/errors.ts';
import { exactText, literalsOf, mayRound, repeatedKey } from '../io/json-text.ts';
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
  const absent = absenceCounter(header, name);
  const toRows = (batch: readonly JsonRecord[]): string[][] =>
    batch.map(({ line, keys, values, content }) => {
      const fields = header.map(() => '');
      absent.add(keys);
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
    get notes() {
      return absent.notes();
    },
    valuesOf: (row) => literalsOf(originals.get(row) ?? '{}'),
    isPlain(row, j) {
      const literal = literalsOf(originals.get(row) ?? '{}').get(header[j] as string);
      return literal !== undefined && !literal.startsWith('"');
    },
  };
}

/** Columns that a note lists; it counts the others. */
const MAX_LISTED = 5;

/** Counts the records that leave columns out: a misspelt key shows there, and so does a file that was cut. */
function absenceCounter(
  header: readonly string[],
  name: string,
): { add(keys: readonly string[]): void; notes(): string[] } {
  const counts = header.map(() => 0);
  let records = 0;
  return {
    add(keys) {
      records++;
      if (keys.length === header.length) return;
      const given = new Set(keys);
      header.forEach((key, j) => {
        if (!given.has(key)) counts[j] = (counts[j] as number) + 1;
      });
    },
    notes() {
      const columns = header.flatMap((key, j) => (counts[j] ? [`${quote(key)} in ${counts[j]}`] : []));
      if (columns.length === 0) return [];
      return [
        `data ${quote(name, 200)}: of ${records} records, some leave out columns, whose values count as missing: ${listed(columns, MAX_LISTED)}`,
      ];
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
    // colons within texts only cost the closer look
    const repeated = content.split(':').length - 1 > entries.length ? repeatedKey(content) : undefined;
    if (repeated !== undefined) fail(`key ${quote(repeated)} is there twice`);
    const isFlat = entries.every(([, item]) => item === null || typeof item !== 'object');
    const literals = isFlat && mayRound(content) ? literalsOf(content) : undefined;
    const texts = entries.map(([key, item]) => {
      if (item === null) return '';
      if (typeof item === 'object') fail(`key ${quote(key)} holds ${Array.isArray(item) ? 'a list' : 'an object'}`);
      return typeof item === 'number' && literals ? exactText(item, literals.get(key) as string) : String(item);
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
