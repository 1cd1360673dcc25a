// Links to the parts of the results, which are long.
import type { JSX } from 'preact';
import { TEXTS } from './texts.ts';

/** A part by the id of its element. */
export type PartId = keyof (typeof TEXTS.parts)['names'];

/** @param has which parts the run has */
export function JumpList({ has }: { readonly has: Readonly<Record<PartId, boolean>> }): JSX.Element {
  const { label, names } = TEXTS.parts;
  // the names are in the order of the page
  const parts = (Object.keys(names) as PartId[]).filter((id) => has[id]);
  return (
    <nav class="jump" aria-label={label}>
      <ul>
        {parts.map((id) => (
          <li key={id}>
            <a href={`#${id}`}>{names[id]}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
