// The fields of one record. A number outside the training rows is marked.
import type { JSX } from 'preact';
import { missingTest } from '../data/missing.ts';
import { parseNumber } from '../kernels/numbers.ts';
import { Breakable } from './breakable.tsx';
import { ErrorMessage } from './error-message.tsx';
import type { Field, Picture } from './messages.ts';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly inputs: readonly Field[];
  readonly record: Readonly<Record<string, string>>;
  readonly onChange: (name: string, value: string) => void;
  /** The fields that the record was refused for. */
  readonly wrong: readonly Field[];
  /** A picture to begin with, and one that was dropped on the page. */
  readonly example: File | undefined;
  readonly dropped: File | undefined;
  readonly onPicture: (picture: Picture) => void;
}

const { whatIf: WORDS } = TEXTS;

/** Whether a number is outside the training rows. */
export function isOutside({ range }: Field, text: string): boolean {
  const number = parseNumber(text);
  return range !== undefined && Number.isFinite(number) && (number < range[0] || number > range[1]);
}

/** Whether a text in a field of numbers is none. Other spellings of a missing value are known to the worker only. */
export function isWrong({ type }: Field, text: string): boolean {
  return type === 'number' && !isMissing(text) && !Number.isFinite(parseNumber(text));
}

const isMissing = missingTest();

export function RecordFields({ inputs, record, onChange, wrong, ...pictures }: Props): JSX.Element {
  const picture = useLoaded(
    () => import('./picture-field.tsx'),
    inputs.some(({ type }) => type === 'image'),
  );
  const control = (field: Field, id: string): JSX.Element | undefined => {
    const { name, type } = field;
    const value = record[name] ?? '';
    if (type === 'image') return picture && <picture.PictureField id={id} {...pictures} />;
    if (type === 'text')
      return (
        <textarea
          id={id}
          rows={3}
          value={value}
          placeholder={WORDS.typeText}
          onInput={(event) => onChange(name, event.currentTarget.value)}
        />
      );
    if (type === 'category')
      return (
        <select id={id} value={value} onChange={(event) => onChange(name, event.currentTarget.value)}>
          {optionsOf(field, value).map((text) => (
            <option key={text} value={text}>
              {text || WORDS.missing}
            </option>
          ))}
        </select>
      );
    const isRefused = wrong.includes(field);
    return (
      <>
        <input
          id={id}
          value={value}
          inputMode={type === 'number' ? 'decimal' : 'text'}
          aria-invalid={isRefused}
          aria-describedby={isRefused ? `${id}-error` : field.range && `${id}-range`}
          onInput={(event) => onChange(name, event.currentTarget.value)}
        />
        <ErrorMessage id={`${id}-error`} text={isRefused ? WORDS.noNumber(value) : undefined} />
        {field.range && !isRefused && (
          <p id={`${id}-range`} class={isOutside(field, value) ? 'hint outside' : 'hint'}>
            {(isOutside(field, value) ? WORDS.outside : WORDS.range)(...field.range)}
          </p>
        )}
      </>
    );
  };
  return (
    <div class="record">
      {inputs.map((field, i) => (
        <div key={field.name} class={field.type === 'text' || field.type === 'image' ? 'wide' : undefined}>
          <label for={`field-${i}`}>
            <Breakable text={field.name} />
            {field.teacherOnly && ` ${WORDS.teacherOnly}`}
          </label>
          {control(field, `field-${i}`)}
        </div>
      ))}
    </div>
  );
}

/** The known values, the missing one, and the value that is there. */
function optionsOf({ categories = [] }: Field, value: string): string[] {
  return [...new Set([...(categories.includes('') ? [] : ['']), ...categories, value])];
}
