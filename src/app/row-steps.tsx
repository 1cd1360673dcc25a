// The buttons that take a test row into the form of what-if, and which row is there.
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Outcome, TestRow, Work } from './messages.ts';
import { labelText } from './row-label.ts';
import { TEXTS } from './texts.ts';

interface Props {
  readonly outcome: Outcome;
  /** The row whose values were put into the form last. */
  readonly row: TestRow | undefined;
  /** Fields that have another value now. */
  readonly changed: readonly string[];
  readonly remote: Pick<Work, 'listRows'>;
  readonly onRow: (at: number) => void;
  readonly onError: (message: string) => void;
}

const { testRows: WORDS } = TEXTS;

export function RowSteps({ outcome: { result, target }, row, changed, remote, onRow, onError }: Props): JSX.Element {
  const count = result.rows.test;
  const worst = useRef<number | undefined>(undefined);
  const at = row?.at ?? -1;
  /** Any other row. */
  const random = (): number => (at < 0 ? 0 : at + 1 + Math.floor(Math.random() * (count - 1))) % count;
  const goWorst = async (): Promise<void> => {
    try {
      worst.current ??= (await remote.listRows([])).errors[0]?.at;
      if (worst.current !== undefined) onRow(worst.current);
    } catch (failure) {
      onError((failure as Error).message);
    }
  };
  return (
    <div class="steps">
      <fieldset aria-label={WORDS.steps} class="buttons">
        <button type="button" onClick={() => onRow((Math.max(at, 0) + count - 1) % count)}>
          {WORDS.previous}
        </button>
        <button type="button" onClick={() => onRow((at + 1) % count)}>
          {WORDS.next}
        </button>
        <button type="button" onClick={() => onRow(random())}>
          {WORDS.random}
        </button>
        <button type="button" disabled={result.rows.labelled.test === 0} onClick={() => void goWorst()}>
          {WORDS.worst}
        </button>
      </fieldset>
      <p role="status" id="row-shown">
        {row &&
          WORDS.shown(row.number, [row.at + 1, count], target?.name ?? WORDS.labelName, labelText(row.label, target))}
        {row && changed.length > 0 && ` ${WORDS.changed(changed)}`}
      </p>
    </div>
  );
}
