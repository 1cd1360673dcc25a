// Parts of the page that fold to a title and a line about what is in them.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

/** Opens the folded parts that an element is in. */
export function unfold(element: Element | null): void {
  for (let part = element?.closest('details'); part; part = part.parentElement?.closest('details')) part.open = true;
}

/** Opens all parts while the page is printed: paper has no clicks. */
export function usePrintedWhole(): void {
  useEffect(() => {
    let opened: HTMLDetailsElement[] = [];
    const open = (): void => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>('details.fold:not([open])')];
      for (const part of opened) part.open = true;
    };
    const close = (): void => {
      for (const part of opened) part.open = false;
      opened = [];
    };
    addEventListener('beforeprint', open);
    addEventListener('afterprint', close);
    return () => {
      removeEventListener('beforeprint', open);
      removeEventListener('afterprint', close);
    };
  }, []);
}

interface FoldProps {
  /** The id of the title, which links lead to. */
  readonly id: string;
  readonly title: string;
  /** What is in it. */
  readonly said?: string | undefined;
  /** The level of the heading. Default: 2. */
  readonly level?: 2 | 3;
  readonly children: ComponentChildren;
}

/** A part of the results, folded at first. Its content is there from the beginning, so that a search of the page finds it. */
export function Fold({ children, ...title }: FoldProps): JSX.Element {
  return (
    <details class="fold">
      <Title {...title} />
      {children}
    </details>
  );
}

interface StepProps extends FoldProps {
  readonly class?: string;
  /** Folds at each change, except to undefined, which unfolds. */
  readonly fold: string | undefined;
  /** Without a title, and open. */
  readonly isBare?: boolean;
}

/** A step before the results: open until there are any. */
export function Step({ id, title, said, fold, isBare = false, children, ...rest }: StepProps): JSX.Element {
  // a step that appears next to results belongs to files that were just chosen, and is open
  const [isOpen, setOpen] = useState(true);
  const last = useRef(fold);
  useEffect(() => {
    if (fold !== last.current) setOpen(fold === undefined);
    last.current = fold;
  }, [fold]);
  return (
    <section aria-labelledby={id} class={rest.class}>
      {/* one element in every state: files can be chosen while the page changes */}
      <details
        class={isBare ? undefined : 'step'}
        open={isOpen || isBare}
        onToggle={(event) => {
          // also opened by a link, or by an error in it
          if (event.target === event.currentTarget && !isBare) setOpen(event.currentTarget.open);
        }}
      >
        {isBare ? <summary hidden /> : <Title id={id} title={title} said={isOpen ? undefined : said} />}
        {children}
      </details>
    </section>
  );
}

function Title({ id, title, said, level = 2 }: Omit<FoldProps, 'children'>): JSX.Element {
  const Heading = `h${level}` as const;
  return (
    <summary>
      <Heading id={id}>{title}</Heading>
      {said && <span class="said">{said}</span>}
    </summary>
  );
}
