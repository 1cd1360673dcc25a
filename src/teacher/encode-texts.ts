// Splits the texts of rows into token ids, each distinct text once.
import type { RawColumns } from '../data/raw-columns.ts';
import type { Column } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { assembleRow, type Row, specialTokens } from './token-layout.ts';
import type { TextIds, Tokenizer } from './tokenizer.ts';

/** How texts are split. */
interface Splitting {
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
  /** Tokens that the model knows. */
  readonly limit: number;
  /** The teacher's name, for messages. */
  readonly name: string;
}

/** Rows of ids, and how many texts were cut or empty. */
interface EncodedTexts {
  readonly rows: readonly Row[];
  readonly cut: number;
  readonly empty: number;
}

/** Splits the texts of one or two columns. @param places of the columns @throws DebkdError `teacher` */
export function encodeTexts(rows: RawColumns, places: readonly number[], splitting: Splitting): EncodedTexts {
  const { tokenizer, maxLength } = splitting;
  const { layout, cutsStart } = tokenizer;
  const room = maxLength - specialTokens(places.length > 1 ? layout.pair : layout.single);
  const columns = places.map((place) => {
    const column = rows.columns[place] as Column;
    const known = new Map<number, TextIds>();
    return (row: number): TextIds => {
      const code = column.codes[row] as number;
      const found = known.get(code) ?? idsOf(column, code, { room, isPair: places.length > 1 }, splitting);
      known.set(code, found);
      return found;
    };
  });
  const encoded: Row[] = [];
  let [cut, empty] = [0, 0];
  for (let row = 0; row < rows.rows; row++) {
    const texts = columns.map((of) => of(row));
    const total = texts.reduce((sum, { ids }) => sum + ids.length, 0);
    if (total > room || texts.some(({ isPart }) => isPart)) cut++;
    if (total === 0) empty++;
    encoded.push(
      assembleRow(
        layout,
        texts.map(({ ids }) => ids),
        maxLength,
        cutsStart,
      ),
    );
  }
  return { rows: encoded, cut, empty };
}

/** Ids that are read of each text of a pair: which of both is longer decides what is cut. */
const READ_OF_PAIRS = 2 ** 18;

function idsOf(
  { texts, name: column }: Column,
  code: number,
  { room, isPair }: { readonly room: number; readonly isPair: boolean },
  splitting: Splitting,
): TextIds {
  const { tokenizer, limit, name } = splitting;
  const found = tokenizer.idsOf(texts[code] as string, isPair ? READ_OF_PAIRS : room);
  const beyond = found.ids.find((id) => id >= limit);
  if (beyond !== undefined)
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}, column ${quote(column)}`,
      seen: `tokenizer ${quote(tokenizer.name, 200)} gives id ${beyond} for ${quote(texts[code] as string)}, and the model knows ${limit} tokens`,
      expected: 'the tokenizer that the model was trained with',
      remedy: { id: 'give-tokenizer' },
    });
  return found;
}
