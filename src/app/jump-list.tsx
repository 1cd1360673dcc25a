// Links to the parts of the results. A link to a folded part opens it. On wide screens the list stays in view.
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { unfold } from './fold.tsx';
import { TEXTS } from './texts.ts';

/** A part by the id of its element. */
export type PartId = keyof (typeof TEXTS.parts)['names'];

/** @param has which parts the run has */
export function JumpList({ has }: { readonly has: Readonly<Record<PartId, boolean>> }): JSX.Element {
  const { label, names } = TEXTS.parts;
  // the names are in the order of the page
  const parts = (Object.keys(names) as PartId[]).filter((id) => has[id]);
  useEffect(() => {
    // the way back and forth of the browser
    const follow = (): void => unfold(document.getElementById(location.hash.slice(1)));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return (
    <nav class="jump" aria-label={label}>
      <ul>
        {parts.map((id) => (
          <li key={id}>
            {/* before the browser scrolls; a second click on a link is no change of the address */}
            <a href={`#${id}`} onClick={() => unfold(document.getElementById(id))}>
              {names[id]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
