// The test rows to look at. The lists load when they come into view, or when the button is pressed: they read the rows again.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Fold } from './fold.tsx';
import type { Props } from './row-lists.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

/** How near the view the lists load. */
const NEAR = '200px';
const { testRows: WORDS } = TEXTS;

/** @param kept whether the rows are at hand */
export function Rows({ kept, ...props }: Props & { readonly kept: boolean }): JSX.Element {
  const place = useRef<HTMLElement>(null);
  const [isWanted, setWanted] = useState(false);
  const lists = useLoaded(() => import('./row-lists.tsx'), isWanted);
  useEffect(() => {
    if (!place.current || !kept) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) setWanted(true);
      },
      { rootMargin: NEAR },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <section ref={place} aria-labelledby="rows">
      <Fold id="rows" title={WORDS.heading} said={WORDS.said}>
        {!kept ? (
          <p class="which">{WORDS.notKept}</p>
        ) : lists ? (
          <lists.RowLists {...props} />
        ) : (
          <button type="button" onClick={() => setWanted(true)}>
            {WORDS.show}
          </button>
        )}
      </Fold>
    </section>
  );
}
