// A small picture of a file. A browser does not show every format that debkd reads; the name then stands alone.
import type { JSX } from 'preact';
import { usePreview } from './use-preview.ts';

export function Preview({ file, name }: { readonly file: Blob; readonly name: string }): JSX.Element | null {
  const address = usePreview(file);
  return address === undefined ? null : <img class="preview" src={address} alt={name} />;
}
