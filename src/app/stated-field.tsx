// A field that takes effect when it is left, or with Enter.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

interface Props {
  readonly id: string;
  readonly label: string;
  /** What is stated now. */
  readonly value: string | undefined;
  readonly placeholder?: string;
  readonly inputMode?: 'numeric';
  /** @param text without spaces around it; undefined if it is empty */
  readonly onChange: (text: string | undefined) => void;
}

/** A field whose text is the user's until it is left: the page may change around it meanwhile, such as at the end of a check. */
export function StatedField({ id, label, value = '', onChange, ...rest }: Props): JSX.Element {
  const [draft, setDraft] = useState<string>();
  return (
    <label>
      {label}
      <input
        id={id}
        {...rest}
        value={draft ?? value}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          setDraft(undefined);
          onChange(event.currentTarget.value.trim() || undefined);
        }}
        onBlur={() => setDraft(undefined)}
      />
    </label>
  );
}
