// Encodes texts as segments (text-rows.ts), and weighs their n-grams.
import { growingList } from './growing-list.ts';
import { hashTexts } from './hash-texts.ts';
import { type Matrix, TEXT_FIELD } from './matrix.ts';
import type { Preprocessing } from './preprocessing-column.ts';
import type { Column } from './table.ts';
import { idfOf, placesOf, type TextColumn } from './text-column.ts';
import type { TextRows } from './text-rows.ts';

/** Collects the segments of a matrix. */
export interface SegmentWriter {
  /**
   * Adds the texts of one column.
   * @param codes the column's code of each row
   * @returns the segment of each row; equal texts share one
   */
  add(spec: TextColumn, column: Column, codes: Uint32Array): Int32Array;
  /** The segments, whose scales are still 0 (weighTexts). */
  finish(): TextRows;
}

/** Opens a writer of segments. */
export function openSegmentWriter(): SegmentWriter {
  const columns = growingList();
  const offsets: number[] = [0];
  const unseen: number[] = [];
  return {
    add(spec, column, codes) {
      const places = placesOf(spec);
      const texts = hashTexts(column, spec);
      const segments = new Int32Array(column.texts.length).fill(-1);
      const found = new Uint32Array(spec.buckets);
      return Int32Array.from(codes, (code) => {
        if ((segments[code] as number) < 0) {
          const buckets = texts.bucketsOf(code);
          let count = 0;
          for (const bucket of buckets) {
            const place = places[bucket] as number;
            if (place >= 0) found[count++] = spec.offset + place;
          }
          columns.add(found.subarray(0, count));
          segments[code] = unseen.length;
          offsets.push(columns.length);
          unseen.push(buckets.length - count);
        }
        return segments[code] as number;
      });
    },
    finish: () => ({
      offsets: Uint32Array.from(offsets),
      columns: columns.read(0, columns.length).slice(),
      unseen: Uint32Array.from(unseen),
      scales: new Float32Array(unseen.length),
    }),
  };
}

/** The text columns of a preprocessing, in order of their fields. */
export function textColumnsOf({ columns }: Pick<Preprocessing, 'columns'>): TextColumn[] {
  return columns.filter((column): column is TextColumn => column.kind === 'text');
}

/** The value of each n-gram of a text whose squared weights sum up to `squares`. */
export function scaleOf(squares: number): number {
  return squares > 0 ? Math.fround(1 / Math.sqrt(squares)) : 0;
}

/**
 * The rows with the scales of a preprocessing: those of other weights by rarity than the rows were encoded with. Both
 * have the same columns otherwise.
 */
export function weighTexts(matrix: Matrix, preprocessing: Preprocessing): Matrix {
  const { texts, rows, fields, fieldColumns, data } = matrix;
  if (!texts) return matrix;
  const { offsets, columns, unseen } = texts;
  const scales = new Float32Array(unseen.length);
  const fieldsOfTexts = [...fieldColumns.keys()].filter((s) => fieldColumns[s] === TEXT_FIELD);
  for (const [k, spec] of textColumnsOf(preprocessing).entries()) {
    const field = fieldsOfTexts[k] as number;
    const idf = idfOf(spec);
    for (let i = 0; i < rows; i++) {
      const segment = data[i * fields + field] as number;
      const [from, to] = [offsets[segment] as number, offsets[segment + 1] as number];
      let squares = idf ? 0 : to - from;
      if (idf)
        for (let at = from; at < to; at++) squares += idf.squares[(columns[at] as number) - spec.offset] as number;
      scales[segment] = scaleOf(squares + (unseen[segment] as number) * (idf?.unseen ?? 1));
    }
  }
  return { ...matrix, texts: { ...texts, scales } };
}
