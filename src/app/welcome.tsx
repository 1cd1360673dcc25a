// The first screen: what happens, in a sentence and a picture; the examples; and what newcomers ask.
import type { JSX } from 'preact';
import { TERMS } from '../report/terms.ts';
import { DocsLink } from './docs-link.tsx';
import type { Example } from './examples.ts';
import { TEXTS } from './texts.ts';

/** The name of the page, and before files are chosen what it does. */
export function Header({ isEmpty }: { readonly isEmpty: boolean }): JSX.Element {
  return (
    <header class={isEmpty ? 'hero' : ''}>
      <div>
        <h1>
          <a href="./">debkd</a>
        </h1>
        <p class="promise">{TEXTS.start.promise}</p>
      </div>
      {isEmpty && <Picture />}
    </header>
  );
}

/** The layers of a network: the middles of its units. */
function Network({
  x,
  layers,
  gap,
}: {
  readonly x: number;
  readonly layers: readonly number[];
  readonly gap: number;
}): JSX.Element {
  const units = layers.map((count, i) =>
    Array.from({ length: count }, (_, k) => [x + i * gap, 62 + (k - (count - 1) / 2) * 20] as const),
  );
  return (
    <>
      {units
        .slice(1)
        .flatMap((layer, i) =>
          layer.flatMap(([x2, y2], b) =>
            units[i]?.map(([x1, y1], a) => <line key={`${i} ${a} ${b}`} x1={x1} y1={y1} x2={x2} y2={y2} />),
          ),
        )}
      {units.flat().map(([cx, cy]) => (
        <circle key={`${cx} ${cy}`} cx={cx} cy={cy} r="5" />
      ))}
    </>
  );
}

/** Probabilities before and after the correction, as heights. */
const BARS = [
  [34, 18],
  [52, 34],
  [66, 50],
  [78, 64],
] as const;

function Picture(): JSX.Element {
  return (
    <svg class="story" viewBox="0 0 430 150" role="img" aria-label={TEXTS.start.picture}>
      <g class="teacher">
        <Network x={16} layers={[4, 5, 5, 4]} gap={30} />
      </g>
      <path class="arrow" d="M122 62h28m-6 -5l6 5l-6 5" />
      <g class="bias">
        {BARS.map(([before, after], i) => (
          <g key={before}>
            <rect class="before" x={168 + i * 26} y={108 - before} width="18" height={before} rx="2" />
            <rect class="after" x={168 + i * 26} y={108 - after} width="18" height={after} rx="2" />
          </g>
        ))}
        <path class="base" d="M162 108h110" />
      </g>
      <path class="arrow" d="M286 62h28m-6 -5l6 5l-6 5" />
      <g class="student">
        <Network x={340} layers={[2, 3, 1]} gap={32} />
      </g>
      <text x="61" y="140">
        {TEXTS.start.teacher}
      </text>
      <text x="217" y="140">
        {TEXTS.start.bias}
      </text>
      <text x="372" y="140">
        {TEXTS.start.student}
      </text>
    </svg>
  );
}

/** The examples as cards; a click runs one. */
export function ExampleCards({
  examples,
  isBusy,
  onRun,
}: {
  readonly examples: readonly Example[];
  readonly isBusy: boolean;
  readonly onRun: (example: Example) => void;
}): JSX.Element {
  return (
    <div class="examples">
      <h2 id="examples">{TEXTS.examples.heading}</h2>
      <ul class="cards">
        {examples.map((example) => (
          <li key={example.id}>
            {/* not disabled, so that it keeps the focus */}
            <button
              type="button"
              class="card example"
              aria-disabled={isBusy}
              onClick={() => {
                if (!isBusy) onRun(example);
              }}
            >
              <span class="name">{example.title}</span>
              <span class="said">{example.line}</span>
              <span class="go">{TEXTS.examples.run} →</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A question of newcomers with its answer, folded. */
export function Question({ of }: { readonly of: 'teacher' | 'rows' | 'student' | 'page' }): JSX.Element {
  const { question, answer, page } = TEXTS.help[of];
  return (
    <details class="term">
      <summary>{question}</summary>
      <p>
        {answer} <DocsLink page={page} about={TEXTS.help.about[of]} />
      </p>
    </details>
  );
}

/** Answers to further questions, folded. */
export function Help(): JSX.Element {
  return (
    <section aria-labelledby="help" class="help">
      <h2 id="help">{TEXTS.help.heading}</h2>
      <div class="columns">
        <Question of="student" />
        <Question of="page" />
        <details>
          <summary>{TEXTS.help.words}</summary>
          <dl>
            {Object.values(TERMS).map(({ name, meaning }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </section>
  );
}
