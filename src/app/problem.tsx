// What went wrong, next to where it did, with the way out.
import type { JSX } from 'preact';

export function Problem({ text, id }: { readonly text: string | undefined; readonly id?: string }): JSX.Element {
  return (
    <p class="problem" role="alert" id={id} hidden={!text} tabIndex={-1}>
      {text}
    </p>
  );
}
