// A column's name that may be broken where its words end, so that long names fit into narrow places.
import { Fragment, type JSX } from 'preact';

export function Breakable({ text }: { readonly text: string }): JSX.Element {
  const words = text.split(/(?<=[_.\-/])(?=[^_.\-/])/);
  return (
    <>
      {words.map((word, i) => (
        <Fragment key={`${i} ${word}`}>
          {i > 0 && <wbr />}
          {word}
        </Fragment>
      ))}
    </>
  );
}
