// A small picture of a file. A browser does not show every format that debkd reads; the name then stands alone.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { usePreview } from './use-preview.ts';

/** Pictures with a longer side than this are shown as they are, or smaller. */
const SMALL = 64;

export function Preview({ file, name }: { readonly file: Blob; readonly name: string }): JSX.Element | null {
  const address = usePreview(file);
  const [isSmall, setSmall] = useState(false);
  if (address === undefined) return null;
  return (
    <img
      class={isSmall ? 'preview small' : 'preview'}
      src={address}
      alt={name}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
        setSmall(Math.max(naturalWidth, naturalHeight) <= SMALL)
      }
    />
  );
}
