/** @jsxImportSource preact */
// A distillation's figures.
import type { JSX } from 'preact';
import type { Style } from './charts/chart.tsx';
import { PrecisionRecall, Roc } from './charts/curves.tsx';
import { Losses } from './charts/losses.tsx';
import { Margins } from './charts/margins.tsx';
import { Reliability } from './charts/reliability.tsx';
import type { Figures } from './figures-data.ts';

/** The two models that a report shows, each with its colour. */
export const MODELS: readonly (Style & { readonly name: 'teacher' | 'student' })[] = [
  { name: 'teacher', style: 'teacher' },
  { name: 'student', style: 'student' },
];

/** Reliability, margins by class, ROC, precision and recall, training. */
export function ResultFigures({ figures }: { readonly figures: Figures }): JSX.Element {
  const { reliability, roc, precisionRecall, margins, training } = figures;
  const validation = training.map((epoch) => epoch.validation);
  const size = { height: 230, epochs: training.length };
  return (
    <div class="figures">
      <Reliability series={MODELS.map((model) => ({ ...model, bins: reliability[model.name] }))} />
      <Margins margins={margins} />
      <Roc series={MODELS.map((model) => ({ ...model, points: roc[model.name] }))} />
      <PrecisionRecall series={MODELS.map((model) => ({ ...model, points: precisionRecall[model.name] }))} />
      {/* two charts: the entropy of the targets is taken off the training loss, not off the cross-entropy */}
      {training.length > 1 && (
        <Losses
          {...size}
          title="Training loss"
          caption="Mean loss of the training rows, by epoch."
          label="Training loss"
          series={[{ name: 'training', style: 'neutral', values: training.map(({ train }) => train) }]}
        />
      )}
      {training.length > 1 && validation.some((loss) => loss !== null) && (
        <Losses
          {...size}
          title="Validation cross-entropy"
          caption="Cross-entropy on the validation rows against what the student is chosen by; the lowest epoch is kept."
          label="Validation cross-entropy"
          series={[{ name: 'validation', style: 'student', values: validation }]}
        />
      )}
    </div>
  );
}
