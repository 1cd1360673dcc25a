// Encodes the text of one record as encode() encodes a table's texts.
import { scaleOf } from '../data/encode-texts.ts';
import { hasherOf } from '../data/hash-texts.ts';
import { idfOf, placesOf, type TextColumn } from '../data/text-column.ts';
import { type FieldEncoder, textOf } from './record.ts';

/** Makes the encoder of a text column. A text that has n-grams, but none that the student knows, is an unknown value. */
export function textField(column: TextColumn): FieldEncoder {
  const { name, offset } = column;
  const places = placesOf(column);
  const idf = idfOf(column);
  const hasher = hasherOf(column);
  return (value, row, subject) => {
    const buckets = hasher.buckets(textOf(name, value, subject));
    const first = row.count;
    let unseen = 0;
    let squares = 0;
    for (const bucket of buckets) {
      const place = places[bucket] as number;
      if (place < 0) {
        unseen++;
        continue;
      }
      row.columns[row.count++] = offset + place;
      squares += idf ? (idf.squares[place] as number) : 1;
    }
    const scale = scaleOf(squares + unseen * (idf?.unseen ?? 1));
    row.values.fill(scale, first, row.count);
    return row.count > first || buckets.length === 0;
  };
}
