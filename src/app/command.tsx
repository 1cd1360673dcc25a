// A command line that can be copied.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { TEXTS } from './texts.ts';

export function Command({ text, summary }: { readonly text: string; readonly summary: string }): JSX.Element {
  const [copied, setCopied] = useState<string>();
  return (
    <details class="same-run">
      <summary>{summary}</summary>
      <code>{text}</code>
      <p class="buttons">
        <button type="button" onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(text))}>
          {TEXTS.settings.copy}
        </button>
        <span role="status">{copied === text && TEXTS.settings.copied}</span>
      </p>
    </details>
  );
}
