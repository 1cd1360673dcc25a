// Downloads: the student, the report, the record and the exports.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { TARGETS, type Target } from '../deploy/targets.ts';
import { QUANTIZED_FORMS } from '../student/quantized-forms.ts';
import { ErrorMessage } from './error-message.tsx';
import type { Download, DownloadKind, Outcome } from './messages.ts';
import { saveFile } from './save-file.ts';

const NAMES: Readonly<Record<Target, string>> = {
  onnx: 'ONNX',
  safetensors: 'safetensors',
  js: 'JavaScript module',
  wasm: 'WebAssembly module',
  python: 'Python reader',
  cloudflare: 'Cloudflare project',
  deno: 'Deno project',
  vercel: 'Vercel project',
  node: 'Node project',
  'aws-lambda': 'AWS Lambda project',
};

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
  const save = async (name: string, make: () => Promise<Download>): Promise<void> => {
    setBusy(`Creating ${name} ...`);
    setError(undefined);
    try {
      saveFile(await make());
    } catch (error) {
      setError((error as Error).message);
    }
    setBusy(undefined);
  };
  const report = async (): Promise<Download> => {
    const { htmlReport } = await import('../report/html.ts');
    return { name: 'report.html', bytes: new TextEncoder().encode(await htmlReport(outcome.result)) };
  };
  return (
    <section aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      <p class="buttons">
        <button type="button" class="main" onClick={() => save('the student', () => download('student', undefined))}>
          student.debkd
        </button>
        <button type="button" onClick={() => save('the report', report)}>
          report.html
        </button>
        <button type="button" onClick={() => save('the record', () => download('result', undefined))}>
          result.json
        </button>
      </p>
      <label>
        Number format of the exports
        <select value={form} onChange={(event) => setForm(event.currentTarget.value)}>
          <option value="">float32</option>
          {QUANTIZED_FORMS.map((name) => (
            <option key={name} value={name}>
              {name} (compared with float32 on the test rows)
            </option>
          ))}
        </select>
      </label>
      <p class="buttons">
        {TARGETS.map((target) => (
          <button
            key={target}
            type="button"
            onClick={() => save(NAMES[target], () => download(target, form || undefined))}
          >
            {NAMES[target]}
          </button>
        ))}
      </p>
      <p role="status" class="busy">
        {busy}
      </p>
      <ErrorMessage text={error} />
    </section>
  );
}
