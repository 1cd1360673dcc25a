// The shares of a text's words: each n-gram's share, divided over the places where it occurs and the words that it covers there.
import type { TextForm } from '../data/text/ngrams.ts';
import { occurrencesOf } from '../data/text/occurrences.ts';
import { wordsOf } from '../data/text/words.ts';

/** A word of a text and its share. */
export interface TextSpan {
  /** The place of its first UTF-16 unit in the text. */
  readonly start: number;
  /** The place after its last UTF-16 unit. */
  readonly end: number;
  /** The characters between them. */
  readonly text: string;
  /** Its part of the text's share, in log-odds. */
  readonly share: number;
}

/** The shares inside a text. */
export interface TextShares {
  /** The words, in order; their shares add up to the text's. */
  readonly spans: readonly TextSpan[];
  /** At most ten n-grams with the largest shares, the largest first, with their characters where they occur first. */
  readonly ngrams: readonly { readonly text: string; readonly share: number }[];
}

const MOST_NGRAMS = 10;

/** @param shareOf the share of a bucket, 0 for one without a column */
export function explainText(form: TextForm, text: string, shareOf: (bucket: number) => number): TextShares {
  const { buckets, starts, ends } = occurrencesOf(form, text);
  const counts = new Map<number, number>();
  for (const bucket of buckets) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  const words = wordsOf(text);
  const shares = new Float64Array(words.length);
  const ngrams = new Map<number, { text: string; share: number }>();
  let first = 0;
  for (const [i, bucket] of buckets.entries()) {
    const [start, end] = [starts[i] as number, ends[i] as number];
    if (!ngrams.has(bucket)) ngrams.set(bucket, { text: text.slice(start, end), share: shareOf(bucket) });
    const share = shareOf(bucket) / (counts.get(bucket) as number);
    if (share === 0) continue;
    // the word that the n-gram starts in, at or beside the one before: n-grams come word by word
    while (first > 0 && (words[first - 1] as { end: number }).end > start) first--;
    while (first + 1 < words.length && (words[first + 1] as { start: number }).start <= start) first++;
    let last = first;
    while (last + 1 < words.length && (words[last + 1] as { start: number }).start < end) last++;
    for (let w = first; w <= last; w++) shares[w] = (shares[w] as number) + share / (last - first + 1);
  }
  const spans = words.map(({ start, end }, w) => ({
    start,
    end,
    text: text.slice(start, end),
    share: shares[w] as number,
  }));
  const top = [...ngrams.values()]
    .filter(({ share }) => share !== 0)
    .sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  return { spans, ngrams: top.slice(0, MOST_NGRAMS) };
}
