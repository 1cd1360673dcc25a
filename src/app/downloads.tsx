// Downloads as cards: the student, the report, the record and the exports.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Target } from '../deploy/targets.ts';
import { sizeText } from '../report/short-numbers.ts';
import { QUANTIZED_FORMS } from '../student/quantized-forms.ts';
import { type Card, EXPORT_CARDS, RUN_CARDS } from './download-cards.ts';
import { ErrorMessage } from './error-message.tsx';
import { Fold } from './fold.tsx';
import type { Download, DownloadKind, Outcome } from './messages.ts';
import { RESULT_TEXTS } from './result-texts.ts';
import { saveFile } from './save-file.ts';

const WORDS = RESULT_TEXTS.downloads;

/** What was downloaded: its size, and what its number format changed. */
interface Made {
  readonly bytes: number;
  readonly form: string;
  readonly loss?: Download['loss'];
}

/** The student next to the verdict, because it is what most came for; the cards of the other downloads are the last part. */
export function StudentButton({
  bytes,
  download,
}: {
  readonly bytes: number | undefined;
  readonly download: () => Promise<Download>;
}): JSX.Element {
  const [error, setError] = useState<string>();
  const save = async (): Promise<void> => {
    try {
      saveFile(await download());
      setError(undefined);
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <>
      <p class="buttons take">
        <button type="button" class="main" id="take-student" onClick={() => void save()}>
          <SavesIcon />
          {WORDS.take(bytes === undefined ? undefined : sizeText(bytes))}
        </button>
        <a href="#downloads">{WORDS.others}</a>
      </p>
      <ErrorMessage text={error} />
    </>
  );
}

export function Downloads({
  outcome,
  download,
}: {
  readonly outcome: Outcome;
  readonly download: (what: DownloadKind, quantize: string | undefined) => Promise<Download>;
}): JSX.Element {
  const [form, setForm] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState<string>();
  const [made, setMade] = useState<Readonly<Record<string, Made>>>({});
  const save = async (name: string, make: () => Promise<Download>, format = ''): Promise<void> => {
    setBusy(WORDS.creating(name));
    setError(undefined);
    try {
      const file = await make();
      const { bytes, loss } = file;
      saveFile(file);
      setMade((before) => ({ ...before, [name]: { bytes: bytes.length, form: format, ...(loss && { loss }) } }));
    } catch (error) {
      setError((error as Error).message);
    }
    setBusy(undefined);
  };
  const report = async (): Promise<Download> => {
    const { htmlReport } = await import('../report/html.ts');
    return { name: 'report.html', bytes: new TextEncoder().encode(await htmlReport(outcome.result)) };
  };
  const { student, result } = RUN_CARDS;
  const bytes = outcome.result.student.bytes;
  const exports = Object.entries(EXPORT_CARDS) as [Target, Card][];
  const formats = exports.map(([, { name }]) => name).filter((name) => !/ project$/.test(name));
  return (
    <section aria-labelledby="downloads">
      <h2 id="downloads">{WORDS.heading}</h2>
      <ul class="download-cards">
        <DownloadCard
          card={student}
          made={made[student.name] ?? (bytes === undefined ? undefined : { bytes, form: '' })}
          main
          onSave={() => save(student.name, () => download('student', undefined))}
        />
        <DownloadCard
          card={RUN_CARDS.report}
          made={made[RUN_CARDS.report.name]}
          onSave={() => save(RUN_CARDS.report.name, report)}
        />
        <DownloadCard
          card={result}
          made={made[result.name]}
          onSave={() => save(result.name, () => download('result', undefined))}
        />
      </ul>
      <p role="status" class="busy">
        {busy}
      </p>
      <ErrorMessage text={error} />
      <Fold
        id="exports"
        level={3}
        title={WORDS.exports}
        said={WORDS.exportsSaid(formats, exports.length - formats.length)}
      >
        <label>
          {WORDS.format}
          <select value={form} onChange={(event) => setForm(event.currentTarget.value)}>
            <option value="">float32</option>
            {QUANTIZED_FORMS.map((name) => (
              <option key={name} value={name}>
                {WORDS.compared(name)}
              </option>
            ))}
          </select>
        </label>
        <ul class="download-cards">
          {exports.map(([target, card]) => (
            <DownloadCard
              key={target}
              card={card}
              made={made[card.name]}
              onSave={() => save(card.name, () => download(target, form || undefined), form)}
            />
          ))}
        </ul>
      </Fold>
    </section>
  );
}

function DownloadCard({
  card: { name, audience, inside, line },
  made,
  main = false,
  onSave,
}: {
  readonly card: Card;
  readonly made: Made | undefined;
  readonly main?: boolean;
  readonly onSave: () => void;
}): JSX.Element {
  return (
    <li class={main ? 'first' : undefined}>
      <p class="audience">{audience}</p>
      <button type="button" class={main ? 'main' : undefined} onClick={onSave}>
        <SavesIcon />
        {name}
      </button>
      <p>{inside}.</p>
      <code>{line}</code>
      {made && (
        <p class="size">
          {sizeText(made.bytes)}
          {made.form && `, ${made.form}`}
          {made.loss && `: ${lossWords(made.loss)}`}
        </p>
      )}
    </li>
  );
}

function SavesIcon(): JSX.Element {
  return (
    <svg class="saves" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10" />
    </svg>
  );
}

/** What a number format changed on the test rows. */
function lossWords({ rows, agreement, auc, logLoss }: NonNullable<Download['loss']>): string {
  const change = ([before, after]: readonly [number, number]): string => {
    const by = after - before;
    if (Math.abs(by) < 5e-6) return WORDS.unchanged;
    return `${by < 0 ? '−' : '+'}${Math.abs(by).toFixed(5)}`;
  };
  const metrics = [...(auc ? [WORDS.auc(change(auc))] : []), ...(logLoss ? [WORDS.logLoss(change(logLoss))] : [])];
  return [WORDS.agree((100 * agreement).toFixed(2), rows), ...metrics].join(', ');
}
