// The palette, type scale and spacing of reports, of the app's results and of posters, as CSS custom properties. Each model has one colour
// everywhere: teacher, student (de-biased), plain KD and hard labels; the two classes have another pair. test/report/palette.test.ts
// measures their contrast and how they look to colour-blind readers.

/** The colours of a theme. */
export interface Palette {
  readonly paper: string;
  readonly raised: string;
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly faint: string;
  readonly teacher: string;
  readonly student: string;
  readonly plain: string;
  readonly hard: string;
  readonly class0: string;
  readonly class1: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
}

/** Both themes. */
export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#ffffff',
    raised: '#f6f6f7',
    ink: '#1a1a1a',
    soft: '#555555',
    line: '#767676',
    faint: '#e2e2e2',
    teacher: '#a44b03',
    student: '#1c36af',
    plain: '#489e9c',
    hard: '#1c1c1d',
    class0: '#776e7a',
    class1: '#540062',
    good: '#11652f',
    warn: '#92400e',
    bad: '#b91c1c',
  },
  dark: {
    paper: '#161616',
    raised: '#212123',
    ink: '#eeeeee',
    soft: '#b5b5b5',
    line: '#8a8a8a',
    faint: '#333333',
    teacher: '#fb8722',
    student: '#4586fb',
    plain: '#6bc8c2',
    hard: '#ebebf1',
    class0: '#75607a',
    class1: '#f7aef8',
    good: '#6ee7a0',
    warn: '#fbbf24',
    bad: '#fca5a5',
  },
};

/** The colours of a theme as declarations of custom properties. */
export function colourProperties(theme: 'light' | 'dark'): string {
  return Object.entries(PALETTES[theme])
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

/** CSS that defines all of them on the root; t-1 to t3 are sizes of text, s1 to s5 distances. */
export const TOKENS: string = `:root{color-scheme:light dark;${colourProperties('light')};--t-1:.85rem;--t0:1rem;--t1:1.2rem;--t2:1.5rem;--t3:2rem;--s1:.25rem;--s2:.5rem;--s3:1rem;--s4:1.5rem;--s5:2.5rem;--round:.5rem}
@media(prefers-color-scheme:dark){:root{${colourProperties('dark')}}}
`;
