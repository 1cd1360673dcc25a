// Predicts a record with the teacher, the plain KD student and the de-biased student: a test row, and what is changed in it.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { AnswerBars, AnswerWords } from './answers.tsx';
import { ErrorMessage } from './error-message.tsx';
import type { Answers, Outcome, Picture, TestRow, Work } from './messages.ts';
import { Pushes } from './pushes.tsx';
import { isOutside, isWrong, RecordFields } from './record-fields.tsx';
import { RowSteps } from './row-steps.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

/** Milliseconds between the last keystroke and the prediction. */
const PAUSE = 150;
const { whatIf: WORDS } = TEXTS;

/** A test row that was asked for: a new object for each request. */
export interface Tried {
  readonly at: number;
}

interface Props {
  readonly outcome: Outcome;
  /** Whether the rows are at hand. */
  readonly kept: boolean;
  /** The row of a list to try. */
  readonly tried: Tried | undefined;
  /** A picture that was dropped on the page. */
  readonly dropped: File | undefined;
  readonly ask: (record: Readonly<Record<string, string>>, picture?: Picture) => Promise<Answers>;
  readonly remote: Pick<Work, 'retrain' | 'download' | 'testRow' | 'listRows'>;
}

export function WhatIf({ outcome, kept, tried, dropped, ask, remote }: Props): JSX.Element {
  const { inputs, sample, images, first, result } = outcome;
  const [row, setRow] = useState<TestRow | undefined>(first);
  const [record, setRecord] = useState(first?.record ?? sample);
  const [picture, setPicture] = useState<Picture>();
  const hasImage = inputs.some(({ type }) => type === 'image');
  const hasRows = kept && !images && result.rows.test > 0;
  // a student of images goes on from no other
  const corrections = useLoaded(() => import('./corrections.tsx'), !hasImage);
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

  const names = inputs.map(({ name }) => name);
  const asked = useRef(0);
  const heading = useRef<HTMLHeadingElement>(null);
  /** Puts a test row into the form; the last one that is asked for wins. */
  const go = async (at: number): Promise<void> => {
    const turn = ++asked.current;
    try {
      const found = await remote.testRow(at, names);
      if (turn !== asked.current) return;
      setRow(found);
      setRecord(found.record);
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  useEffect(() => {
    if (!tried) return;
    void go(tried.at);
    // to the top of the view, so that the answers are seen
    heading.current?.scrollIntoView();
    heading.current?.focus({ preventScroll: true });
  }, [tried]);
  const changed = row ? names.filter((name) => (record[name] ?? '') !== (row.record[name] ?? '')) : [];
  const outside = inputs.filter((field) => isOutside(field, record[field.name] ?? '')).map(({ name }) => name);
  const wrong = error === undefined ? [] : inputs.filter((field) => isWrong(field, record[field.name] ?? ''));
  return (
    <section aria-labelledby="what-if">
      <h2 ref={heading} id="what-if" tabIndex={-1}>
        {WORDS.heading}
      </h2>
      <p>
        {hasImage && `${WORDS.picture} `}
        {hasImage && inputs.length === 1 ? '' : `${hasRows ? WORDS.startsFromRow : WORDS.type} ${WORDS.empty}`}
      </p>
      {hasRows && (
        <RowSteps
          outcome={outcome}
          row={row}
          changed={changed}
          remote={remote}
          onRow={(at) => void go(at)}
          onError={setError}
        />
      )}
      <AnswerBars answers={answers} outcome={outcome} />
      <AnswerWords answers={answers} outcome={outcome} outside={outside} />
      {/* what is wrong with a field is said at the field */}
      <ErrorMessage text={wrong.length > 0 ? undefined : error} />
      <RecordFields
        inputs={inputs}
        record={record}
        onChange={set}
        wrong={wrong}
        example={images?.example?.file as File | undefined}
        dropped={dropped}
        onPicture={setPicture}
      />
      {answers?.why && <Pushes why={answers.why} texts={answers.texts} target={outcome.target} />}
      {corrections && (
        <corrections.Corrections
          names={names}
          record={answers && record}
          label={answers?.label ?? 0}
          target={outcome.target}
          remote={remote}
        />
      )}
    </section>
  );
}
