// After a run: the images whose soft label de-biasing moved most, and the worst errors on the test rows.
import type { JSX } from 'preact';
import { Fold } from './fold.tsx';
import type { ShownImage, ShownImages } from './messages.ts';
import { probabilityText } from './number-texts.ts';
import { Preview } from './preview.tsx';
import { RESULT_TEXTS } from './result-texts.ts';
import { TEXTS } from './texts.ts';

const WORDS = RESULT_TEXTS.images;

interface Props {
  readonly images: ShownImages;
  /** Takes an image into what-if; absent where there is none. */
  readonly onTry: ((file: File) => void) | undefined;
}

export function Images({ images: { moved, errors }, onTry }: Props): JSX.Element {
  return (
    <section aria-labelledby="shown-images">
      <Fold id="shown-images" title={WORDS.heading} said={WORDS.said(moved.length, errors.length)}>
        <h3>{WORDS.moved}</h3>
        {moved.length > 0 ? (
          <ImageList id="moved-images" images={moved} last={WORDS.target} onTry={onTry} />
        ) : (
          <p>{WORDS.noneMoved}</p>
        )}
        <h3>{WORDS.wrong}</h3>
        {errors.length > 0 ? (
          <ImageList id="wrong-images" images={errors} last={WORDS.student} onTry={onTry} />
        ) : (
          <p>{WORDS.noneWrong}</p>
        )}
      </Fold>
    </section>
  );
}

function ImageList({
  id,
  images,
  last,
  onTry,
}: Pick<Props, 'onTry'> & {
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
            {WORDS.answers(label, shown(teacher), last, shown(student))}
          </p>
          {onTry && (
            <button
              type="button"
              class="small"
              aria-label={TEXTS.testRows.tryPicture(path)}
              onClick={() => onTry(new File([file], path))}
            >
              {TEXTS.testRows.try}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

const shown = (p: number): string => (Number.isNaN(p) ? WORDS.none : probabilityText(p));
