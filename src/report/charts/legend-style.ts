// The names and colours of legends and marks.

/** The name of a model or class, and its colour. */
export interface Style {
  readonly name: string;
  readonly style: ColorName;
}

/** The colours of style.ts. */
export type ColorName = 'teacher' | 'student' | 'plain' | 'hard' | 'neutral' | 'class0' | 'class1' | 'up' | 'down';
