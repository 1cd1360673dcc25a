// A file field with its error message.
import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly file: File | undefined;
  readonly error: string | undefined;
  readonly onInput: (event: TargetedEvent<HTMLInputElement>) => void;
}

export function FileField({ id, label, accept, multiple, file, error, onInput }: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // show a dropped file or the example as the chosen file
    if (!file || !input.current || input.current.files?.[0] === file) return;
    const list = new DataTransfer();
    list.items.add(file);
    input.current.files = list.files;
  }, [file]);
  return (
    <div class="field">
      <label for={`${id}-file`}>{label}</label>
      <input
        ref={input}
        id={`${id}-file`}
        type="file"
        accept={accept}
        multiple={multiple}
        onInput={onInput}
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-error`}
      />
      <ErrorMessage id={`${id}-error`} text={error} />
    </div>
  );
}
