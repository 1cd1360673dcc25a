// The chosen files as cards: what each is, what was recognised, its size, and a button that removes it.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { sizeText } from '../report/short-numbers.ts';
import { ErrorMessage } from './error-message.tsx';
import type { TableSummary, TeacherSummary } from './input-messages.ts';
import { type JsonKind, kindOf } from './json-files.ts';
import { type Files, withoutFile } from './sort-files.ts';
import { TEXTS } from './texts.ts';

interface Props {
  readonly files: Files;
  readonly teachers: readonly TeacherSummary[];
  readonly table: TableSummary | undefined;
  /** The error of a JSON file, and which it is; undefined where it is shown elsewhere. */
  readonly ofJson: { readonly place: number; readonly text: string | undefined } | undefined;
  readonly onRemove: (name: string, rest: Files) => void;
}

/** The icons of cards: paths in a square of 24. */
const ICONS = {
  model:
    'M4 6h3v3H4zM4 15h3v3H4zM10.5 4h3v3h-3zM10.5 10.5h3v3h-3zM10.5 17h3v3h-3zM17 10.5h3v3h-3zM7 7.5l3.5-2M7 7.5l3.5 4.5M7 16.5l3.5-4.5M7 16.5l3.5 2M13.5 5.5L17 12M13.5 12H17M13.5 18.5L17 12',
  rows: 'M4 5h16v14H4zM4 9.5h16M4 14h16M10 5v14',
  images: 'M4 5h16v14H4zM4 16l4.5-5 4 4.5 2.5-2.5 5 5M15.5 9.5h.1',
  json: 'M9 4c-3 0-2 4-2 6 0 1-1 2-2 2 1 0 2 1 2 2 0 2-1 6 2 6M15 4c3 0 2 4 2 6 0 1 1 2 2 2-1 0-2 1-2 2 0 2 1 6-2 6',
  upload: 'M12 16V5M7.5 9.5L12 5l4.5 4.5M4.5 15v4h15v-4',
} as const;

/** An icon. The card's words say the same. */
export function Icon({ name }: { readonly name: keyof typeof ICONS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}

/** All chosen files. */
export function FileCards({ files, teachers, table, ofJson, onRemove }: Props): JSX.Element {
  const { models = [], jsons = [], externalData = [], rows, images } = files;
  const kinds = useKinds(jsons);
  const remove = (file: File) => (): void => onRemove(file.name, withoutFile(files, file));
  const said = (name: string): string =>
    teachers.find((teacher) => teacher.name === name)?.convention ?? teachers[0]?.convention ?? '';
  return (
    <ul class="cards">
      {models.map((file) => (
        <Card key={file.name} icon="model" kind={TEXTS.files.model} file={file} onRemove={remove(file)}>
          {teachers.length > 0 && TEXTS.files.answers(said(file.name))}
        </Card>
      ))}
      {externalData.map((file) => (
        <Card key={file.name} icon="model" kind={TEXTS.files.weights} file={file} onRemove={remove(file)} />
      ))}
      {jsons.map((file, i) => (
        <Card key={`${i} ${file.name}`} icon="json" kind={kinds[i] ?? 'JSON'} file={file} onRemove={remove(file)}>
          {ofJson?.place === i && <ErrorMessage id="preprocessing-error" text={ofJson.text} />}
        </Card>
      ))}
      {rows && (
        <Card icon="rows" kind={TEXTS.files.rows} file={rows} onRemove={remove(rows)}>
          {table && (
            <>
              {TEXTS.files.table(table.rows, table.columns.length)}
              {table.headless && (
                <span id="headless" class="warning">
                  {TEXTS.rows.headless(table.headless.join(', '))}
                </span>
              )}
            </>
          )}
        </Card>
      )}
      {images && (
        <Card
          icon="images"
          kind={TEXTS.files.images}
          file={{ name: images.name }}
          onRemove={() => onRemove(images.name, { ...files, images: undefined })}
        >
          <span id="images">
            {TEXTS.files.folder(images.files.size, images.name)}
            {table && (table.image === undefined ? '; no column names images' : `; column ${table.image}`)}
          </span>
        </Card>
      )}
    </ul>
  );
}

function Card({
  icon,
  kind,
  file: { name, size },
  children,
  onRemove,
}: {
  readonly icon: keyof typeof ICONS;
  readonly kind: string;
  readonly file: { readonly name: string; readonly size?: number };
  readonly children?: JSX.Element | string | false | undefined;
  readonly onRemove: () => void;
}): JSX.Element {
  return (
    <li class="card">
      <Icon name={icon} />
      <div>
        <p class="kind">
          {kind}
          {size !== undefined && <span>{sizeText(size)}</span>}
        </p>
        <p class="name">{name}</p>
        {children && <div class="said">{children}</div>}
      </div>
      <button type="button" class="remove" aria-label={TEXTS.files.remove(name)} onClick={onRemove}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M6 6l12 12M18 6L6 18" />
        </svg>
      </button>
    </li>
  );
}

/** What the JSON files are; empty until that is read. */
function useKinds(jsons: readonly File[]): readonly JsonKind[] {
  const [kinds, setKinds] = useState<readonly JsonKind[]>([]);
  const names = jsons.map(({ name, size }) => `${name} ${size}`).join('\n');
  useEffect(() => {
    let isLatest = true;
    void Promise.all(jsons.map(kindOf)).then((found) => isLatest && setKinds(found));
    return () => {
      isLatest = false;
    };
  }, [names]);
  return kinds;
}
