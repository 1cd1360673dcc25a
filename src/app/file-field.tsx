// A file field with its error message.
import type { JSX, TargetedEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';

interface Props {
  readonly id: string;
  readonly label: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly files: readonly File[];
  readonly error: string | undefined;
  readonly onInput: (event: TargetedEvent<HTMLInputElement>) => void;
}

export function FileField({ id, label, accept, multiple, files, error, onInput }: Props): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // show a dropped file or the example as the chosen file
    const shown = input.current?.files;
    if (!shown || files.every((file) => [...shown].includes(file))) return;
    const list = new DataTransfer();
    for (const file of files) list.items.add(file);
    (input.current as HTMLInputElement).files = list.files;
  }, [files]);
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
