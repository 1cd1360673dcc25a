// After a run: the images whose soft label de-biasing moved most, and the worst errors on the test rows.
import type { JSX } from 'preact';
import type { ShownImage, ShownImages } from './messages.ts';
import { Preview } from './preview.tsx';

export function Images({ images: { moved, errors } }: { readonly images: ShownImages }): JSX.Element {
  return (
    <section aria-labelledby="shown-images">
      <h2 id="shown-images">Images</h2>
      <h3>Training images whose soft label changed most</h3>
      {moved.length > 0 ? (
        <ImageList id="moved-images" images={moved} last="target" />
      ) : (
        <p>De-biasing changed no soft label.</p>
      )}
      <h3>Test images that the student gets most wrong</h3>
      {errors.length > 0 ? (
        <ImageList id="wrong-images" images={errors} last="student" />
      ) : (
        <p>The student gets no labelled test image wrong.</p>
      )}
    </section>
  );
}

function ImageList({
  id,
  images,
  last,
}: {
  readonly id: string;
  readonly images: readonly ShownImage[];
  /** What the last number is. */
  readonly last: string;
}): JSX.Element {
  return (
    <ul id={id} class="images">
      {images.map(({ path, file, label, teacher, student }) => (
        <li key={path}>
          <Preview file={file} name={path} />
          <p>
            {path}
            <br />
            label {label ?? 'none'}, teacher {shown(teacher)}, {last} {shown(student)}
          </p>
        </li>
      ))}
    </ul>
  );
}

const shown = (p: number): string => (Number.isNaN(p) ? 'none' : p.toFixed(4));
