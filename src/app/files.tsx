// Step 1: one place for all files, and what was recognised in them.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ErrorMessage } from './error-message.tsx';
import type { Errors } from './errors.ts';
import { FileCards, Icon } from './file-cards.tsx';
import { Step } from './fold.tsx';
import type { TableSummary, TeacherSummary } from './input-messages.ts';
import { type PickedFile, pickedIn } from './picked-file.ts';
import type { Files } from './sort-files.ts';
import { TeacherReading } from './teacher-facts.tsx';
import { TEXTS } from './texts.ts';
import { Question } from './welcome.tsx';

/** The attribute of a field for a folder, which the declarations of JSX lack. */
const A_FOLDER = { webkitdirectory: true };

interface Props {
  readonly files: Files;
  readonly isEmpty: boolean;
  /** Whether files are dragged over the page. */
  readonly isOver: boolean;
  /** Folds the step at each change. */
  readonly fold: string | undefined;
  readonly teachers: readonly TeacherSummary[];
  readonly table: TableSummary | undefined;
  readonly busy: string | undefined;
  readonly errors: Errors;
  /** What was removed or replaced last, which can be undone. */
  readonly undo: string | undefined;
  readonly onUndo: () => void;
  readonly onChange: (files: Files) => void;
  readonly onRemove: (name: string, rest: Files) => void;
  /** Takes files, or those of a folder, as if they were dropped. */
  readonly onPick: (picked: readonly PickedFile[]) => void;
  /** The examples, below the empty drop zone. */
  readonly children: ComponentChildren;
}

export function FilesStep(props: Props): JSX.Element {
  const { files, isEmpty, teachers, table, busy, errors, undo, fold, onChange, onRemove } = props;
  const { models = [], jsons = [], rows, images } = files;
  const isBare = isEmpty && fold === undefined;
  // the card that an error of a JSON file belongs to
  const place = jsons.length === 1 ? 0 : jsons.findIndex(({ name }) => errors.preprocessing?.includes(`"${name}"`));
  // by the buttons, which on a phone fill the screen before anything is chosen
  const messages = (
    <>
      <ErrorMessage id="drop-error" text={errors.drop} />
      <p role="status" class="busy">
        {busy}
      </p>
      {/* until the rows are read, which takes longest; later work is short */}
      {busy && !table && <progress aria-label={busy} />}
    </>
  );
  return (
    <Step
      id="files"
      class="files"
      title={TEXTS.files.heading}
      said={TEXTS.files.said(
        models.map(({ name }) => name),
        rows?.name ?? images?.name,
        table?.rows,
      )}
      fold={fold}
      isBare={isBare}
    >
      <div class={isEmpty ? 'begin' : undefined}>
        <div>
          {isBare && <h2 id="files">{TEXTS.drop.heading}</h2>}
          <DropZone {...props} />
          {isEmpty && messages}
          {isEmpty && (
            <div class="terms">
              <Question of="teacher" />
              <Question of="rows" />
            </div>
          )}
        </div>
        {props.children}
      </div>
      {!isEmpty && messages}
      {!isEmpty && (
        <FileCards
          files={files}
          teachers={teachers}
          table={table}
          ofJson={place < 0 ? undefined : { place, text: errors.preprocessing }}
          onRemove={onRemove}
        />
      )}
      {undo !== undefined && <Undo text={undo} onUndo={props.onUndo} />}
      <ErrorMessage id="model-error" text={errors.teacher} />
      {place < 0 && <ErrorMessage id="preprocessing-error" text={errors.preprocessing} />}
      <ErrorMessage id="rows-error" text={errors.data} />
      {!isEmpty && !busy && models.length === 0 && <Next text={TEXTS.files.missingModel} of="teacher" />}
      {!isEmpty && !busy && !rows && !images && <Next text={TEXTS.files.missingRows} of="rows" />}
      {!isEmpty && <TeacherReading files={files} teachers={teachers} errors={errors} onChange={onChange} />}
    </Step>
  );
}

/** What is missing, and what that is. */
function Next({ text, of }: { readonly text: string; readonly of: 'teacher' | 'rows' }): JSX.Element {
  return (
    <div class="next">
      <p>{text}</p>
      <Question of={of} />
    </div>
  );
}

function DropZone({ isEmpty, isOver, onPick }: Props): JSX.Element {
  const one = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    const picked = pickedIn(input.files);
    // the same file may be chosen again
    input.value = '';
    onPick(picked);
  };
  return (
    <div class={`drop${isEmpty ? '' : ' small'}${isOver ? ' over' : ''}`}>
      {isEmpty && (
        <>
          <Icon name="upload" />
          <p class="here">{isOver ? TEXTS.drop.dropping : TEXTS.drop.here}</p>
          <p id="drop-help">{TEXTS.drop.what}</p>
        </>
      )}
      <p class="buttons">
        <button
          type="button"
          id="choose-files"
          class={isEmpty ? 'main' : ''}
          aria-describedby={isEmpty ? 'drop-help' : undefined}
          onClick={() => one.current?.click()}
        >
          {isEmpty ? TEXTS.drop.choose : TEXTS.drop.more}
        </button>
        <button type="button" id="choose-folder" onClick={() => folder.current?.click()}>
          {TEXTS.drop.folder}
        </button>
      </p>
      {/* the buttons open the dialogs of these fields */}
      <input
        ref={one}
        id="files-file"
        type="file"
        multiple
        hidden
        aria-label={TEXTS.drop.choose}
        onInput={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        id="folder-file"
        type="file"
        {...A_FOLDER}
        hidden
        aria-label={TEXTS.drop.folder}
        onInput={(event) => take(event.currentTarget)}
      />
    </div>
  );
}

/** Says what was removed, and takes it back. It gets the focus that the removed card had. */
export function Undo({ text, onUndo }: { readonly text: string; readonly onUndo: () => void }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) button.current?.focus();
  }, [text]);
  return (
    <p class="undo" role="status">
      {text}{' '}
      <button ref={button} type="button" class="link" onClick={onUndo}>
        {TEXTS.files.undo}
      </button>
    </p>
  );
}
