// Predicts a typed record with the teacher, the plain KD student and the de-biased student.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { Answers, Outcome, Picture, Work } from './messages.ts';
import { Pushes } from './pushes.tsx';
import { useLoaded } from './use-loaded.ts';

/** Milliseconds between the last keystroke and the prediction. */
const PAUSE = 150;
const MODELS = [
  ['teacher', 'teacher', 'teacher'],
  ['plain', 'plain', 'plain KD student'],
  ['debiased', 'debiased', 'de-biased student'],
] as const;

export function WhatIf({
  outcome: { inputs, sample, asksTeacher, images },
  dropped,
  ask,
  remote,
}: {
  readonly outcome: Outcome;
  /** A picture that was dropped on the page. */
  readonly dropped: File | undefined;
  readonly ask: (record: Readonly<Record<string, string>>, picture?: Picture) => Promise<Answers>;
  readonly remote: Pick<Work, 'retrain' | 'download'>;
}): JSX.Element {
  const [record, setRecord] = useState(sample);
  const [picture, setPicture] = useState<Picture>();
  const hasImage = inputs.some(({ type }) => type === 'image');
  // a student of images goes on from no other
  const corrections = useLoaded(() => import('./corrections.tsx'), !hasImage);
  const field = useLoaded(() => import('./picture-field.tsx'), hasImage);
  const [answers, setAnswers] = useState<Answers>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    if (hasImage && !picture) return;
    let current = true;
    const timer = setTimeout(() => {
      ask(record, picture).then(
        (found) => {
          if (!current) return;
          setAnswers(found);
          setError(undefined);
        },
        (error: Error) => {
          if (!current) return;
          setAnswers(undefined);
          setError(error.message.replace(/^record: /, ''));
        },
      );
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [record, picture, ask]);
  const set = (name: string, value: string): void =>
    setRecord((known) => Object.fromEntries([...Object.entries(known).filter(([key]) => key !== name), [name, value]]));
  return (
    <section aria-labelledby="what-if">
      <h2 id="what-if">What if</h2>
      <p>
        {hasImage && 'Choose a picture, or drop one on the page. '}
        Type a record to compare the models. Leave a field empty if its value is missing.
      </p>
      <div class="answers">
        {MODELS.filter(([key]) => asksTeacher || key !== 'teacher').map(([key, style, name]) => (
          <div key={key} class={`answer ${style}`}>
            <span>{name}</span>
            <meter min={0} max={1} value={answers?.[key] ?? 0} aria-label={`Probability of class 1, ${name}`} />
            <output id={`answer-${key}`}>{answers?.[key]?.toFixed(4)}</output>
          </div>
        ))}
        <p role="status">
          {answers &&
            (answers.defer
              ? `The de-biased student defers; it would predict class ${answers.label}.`
              : `The de-biased student predicts class ${answers.label}.`)}
          {answers &&
            answers.unknown.length > 0 &&
            ` It ignores values that it does not know: ${answers.unknown.join(', ')}.`}
        </p>
      </div>
      <ErrorMessage text={error} />
      <div class="record">
        {inputs.map(({ name, type, categories = [], teacherOnly }, i) => (
          <div key={name} class={type === 'text' || type === 'image' ? 'wide' : undefined}>
            <label for={`field-${i}`}>
              {name}
              {teacherOnly && ' (teacher only)'}
            </label>
            {type === 'image' ? (
              field && (
                <field.PictureField
                  id={`field-${i}`}
                  example={images?.example?.file as File | undefined}
                  dropped={dropped}
                  onPicture={setPicture}
                />
              )
            ) : type === 'text' ? (
              <textarea
                id={`field-${i}`}
                rows={3}
                value={record[name] ?? ''}
                placeholder="Type a text"
                onInput={(event) => set(name, event.currentTarget.value)}
              />
            ) : type !== 'category' ? (
              <input
                id={`field-${i}`}
                value={record[name] ?? ''}
                inputMode={type === 'number' ? 'decimal' : 'text'}
                onInput={(event) => set(name, event.currentTarget.value)}
              />
            ) : (
              <select
                id={`field-${i}`}
                value={record[name] ?? ''}
                onChange={(event) => set(name, event.currentTarget.value)}
              >
                {(categories.includes('') ? categories : ['', ...categories]).map((text) => (
                  <option key={text} value={text}>
                    {text || '(missing)'}
                  </option>
                ))}
              </select>
            )}
          </div>
        ))}
      </div>
      {answers?.why && <Pushes why={answers.why} texts={answers.texts} />}
      {corrections && (
        <corrections.Corrections
          names={inputs.map(({ name }) => name)}
          record={answers && record}
          label={answers?.label ?? 0}
          remote={remote}
        />
      )}
    </section>
  );
}
