// The two classes in the words of the table.

/** The label column and its values. */
export interface ClassNames {
  readonly name: string;
  readonly positive: string;
  readonly negative: string;
}

/** Letters of a class that fit into a sentence. */
const MOST = 40;

/** A class as `repaid = 1`; `class 1` where the table is not known, or its words are long. */
export function classWords(label: 0 | 1, names: ClassNames | undefined): string {
  const words = names && `${names.name} =\u00a0${label === 1 ? names.positive : names.negative}`;
  return words === undefined || words.length > MOST ? `class ${label}` : words;
}
