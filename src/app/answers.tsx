// What each model answers for the record of what-if. The threshold of the student is marked on its bar.
import type { JSX } from 'preact';
import { classWords } from '../report/class-words.ts';
import type { Answers, Outcome } from './messages.ts';
import { probabilityText } from './number-texts.ts';
import { TEXTS } from './texts.ts';

const { whatIf: WORDS } = TEXTS;
const MODELS = ['teacher', 'plain', 'debiased'] as const;

interface Props {
  readonly answers: Answers | undefined;
  readonly outcome: Pick<Outcome, 'asksTeacher' | 'target' | 'result'>;
}

/** The bars, which stay in view, and the label. */
export function AnswerBars({ answers, outcome: { asksTeacher, target } }: Props): JSX.Element {
  return (
    <div class="answers">
      {MODELS.filter((key) => asksTeacher || key !== 'teacher').map((key) => (
        <div key={key} class={`answer ${key}`}>
          <span>{WORDS.models[key]}</span>
          <span class="gauge">
            <meter
              min={0}
              max={1}
              value={answers?.[key] ?? 0}
              aria-label={WORDS.probability(WORDS.models[key], classWords(1, target))}
            />
            {key === 'debiased' && answers?.threshold !== undefined && <Mark at={answers.threshold} />}
          </span>
          <output id={`answer-${key}`}>{answers?.[key] !== undefined && probabilityText(answers[key])}</output>
        </div>
      ))}
      <p role="status">
        {answers && (answers.defer ? WORDS.defers : WORDS.predicts)(classWords(answers.label, target))}
      </p>
    </div>
  );
}

function Mark({ at }: { readonly at: number }): JSX.Element {
  return (
    <svg class="cut" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
      <path d={`M${100 * at} 0v10`} />
    </svg>
  );
}

/** What the label means, by which threshold, and what is unusual about the record. */
export function AnswerWords({
  answers,
  outcome: { target, result },
  outside,
}: Props & {
  /** Fields whose number is outside the training rows. */
  readonly outside: readonly string[];
}): JSX.Element {
  const threshold = answers?.threshold;
  const one = classWords(1, target);
  // long names are said once
  const isNamed = one !== classWords(1, undefined) && classWords(0, target) !== classWords(0, undefined);
  return (
    <>
      <p class="hint">
        {isNamed ? '' : target && `${WORDS.means(target.name, target.positive, target.negative)} `}
        {`${WORDS.bars(one)} `}
        {threshold !== undefined &&
          WORDS.cut(probabilityText(threshold), threshold === result.student.threshold ? 'run' : 'yours')}
      </p>
      <p role="status" id="unusual" class="warning">
        {outside.length > 0 && `${WORDS.outsideAll(outside)} `}
        {answers && answers.unknown.length > 0 && WORDS.unknown(answers.unknown)}
      </p>
    </>
  );
}
