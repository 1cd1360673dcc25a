// Students of texts for tests, with weights that a formula gives.
import type { Preprocessing, PreprocessingColumn } from '../src/data/preprocessing.ts';
import { seenOf, type TextColumn } from '../src/data/text-column.ts';
import { layout } from '../src/kernels/layout.ts';
import type { Architecture } from '../src/student/architecture.ts';
import { Student } from '../src/student/student.ts';
import { dice } from './random.ts';

/** Makes a text column without a few of the buckets. */
export function textColumn(form: Partial<TextColumn> & { readonly weighted?: boolean } = {}): TextColumn {
  const { weighted = false, ...given } = form;
  const { name = 'text', buckets = 1024, words = [1, 2], characters = [3, 5], offset = 0 } = given;
  const seen = Array.from({ length: buckets }, (_, bucket) => ((bucket * 5) % 7 === 0 ? 0 : 1));
  const levels = seen.flatMap((known, bucket) => (known ? [(bucket % 10).toString(32)] : [])).join('');
  const column = {
    name,
    kind: 'text',
    buckets,
    words,
    characters,
    seen: seenOf(seen),
    offset,
    width: levels.length,
  } as const;
  return weighted ? { ...column, idf: { rows: 1000, levels } } : column;
}

/** A student of a number, a text and a category, the text in the middle. */
export function mixedPreprocessing(weighted: boolean): Preprocessing {
  const text = textColumn({ weighted, offset: 1, name: 'comment' });
  const columns: PreprocessingColumn[] = [
    { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 0, width: 1 },
    text,
    { name: 'colour', kind: 'categorical', categories: ['', 'red', 'blue'], offset: 1 + text.width, width: 3 },
  ];
  return { clip: 10, columns, encodedWidth: 4 + text.width };
}

/** A student with random weights. */
export function randomTextStudent(preprocessing: Preprocessing, architecture: Architecture, seed: number): Student {
  const d = dice(seed);
  const { layers, size } = layout(preprocessing.encodedWidth, architecture);
  const parameters = new Float32Array(size);
  for (const { inputs, outputs, weight } of layers) {
    const bound = Math.min(1, Math.sqrt(60 / inputs));
    for (let i = 0; i < (inputs + 1) * outputs; i++) parameters[weight + i] = d.real(-bound, bound);
  }
  return new Student({ architecture, parameters, preprocessing, threshold: 0.4, provenance: {} });
}
