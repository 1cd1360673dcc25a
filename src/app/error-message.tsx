// An error message next to its field.
import type { JSX } from 'preact';

export function ErrorMessage({ text, id }: { readonly text: string | undefined; readonly id?: string }): JSX.Element {
  return (
    <p class="error" role="alert" id={id} hidden={!text} tabIndex={-1}>
      {text}
    </p>
  );
}
