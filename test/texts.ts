// Tables of generated texts for tests: sentences of made-up words, whose class depends on some of them.
import { dice } from './random.ts';

const SUBJECTS = ['the kettle', 'my neighbour', 'a small parcel', 'the old tram', 'their garden', 'this recipe'];
const VERBS = ['arrived', 'was left', 'turned out', 'seemed', 'stayed', 'became'];
const GOOD = ['lovely', 'quick', 'on time', 'warm and bright', 'useful'];
const BAD = ['broken', 'late again', 'cold and grey', 'useless', 'not what we paid for'];
const PLACES = ['near the harbour', 'in the long hall', 'after the rain', 'by the mill', 'on Tuesday', 'für uns'];

export interface TextRow {
  readonly note: string;
  readonly age: number;
  readonly town: string;
  readonly label: string;
  /** A teacher's probability of yes, biased in one town. */
  readonly p: number;
}

/** Rows with a text, a number, a category, a label (empty in a quarter of them) and a soft label. */
export function textRows(rows: number, { seed = 1, words = 400 }: { seed?: number; words?: number } = {}): TextRow[] {
  const d = dice(seed);
  const pick = (list: readonly string[]): string => list[d.below(list.length)] as string;
  return Array.from({ length: rows }, () => {
    const good = d.below(2) === 1;
    const tail = Array.from({ length: 2 + d.below(4) }, () => `w${d.below(words)}`).join(' ');
    const end = d.below(8) === 0 ? pick(good ? BAD : GOOD) : pick(good ? GOOD : BAD);
    const town = pick(['Ayr', 'Bern', 'Cork']);
    const certain = d.real(0.3, 2.5);
    const margin = (good ? certain : -certain) + (town === 'Cork' ? 1 : 0);
    return {
      note: `${pick(SUBJECTS)} ${pick(VERBS)} ${end}, ${pick(PLACES)} ${tail}`,
      age: Math.round(d.real(18, 80)),
      town,
      label: d.below(4) === 0 ? '' : good ? 'yes' : 'no',
      p: Number((1 / (1 + Math.exp(-margin))).toFixed(6)),
    };
  });
}

/** The rows as CSV, with every text quoted. */
export function textCsv(rows: readonly TextRow[]): string {
  const lines = rows.map(
    ({ note, age, town, label, p }) => `"${note.replaceAll('"', '""')}",${age},${town},${label},${p}`,
  );
  return `note,age,town,label,p\n${lines.join('\n')}\n`;
}
