// The errors by group of the teacher, plain KD and the student, each with a table of its numbers. Loads with the first result by group.
import type { JSX } from 'preact';
import { shownGroup } from '../data/shown-group.ts';
import { Dumbbells } from '../report/charts/dumbbells.tsx';
import { classWords } from '../report/class-words.ts';
import { biasCharts, byChange, groupModels, MEASURES } from '../report/group-figures.ts';
import { percentText } from '../report/short-numbers.ts';
import type { Outcome } from './messages.ts';
import { ChartNumbers, type NumbersCell } from './numbers.tsx';
import { Terms } from './terms.tsx';
import { TEXTS } from './texts.ts';

export function GroupFigures({ result }: Pick<Outcome, 'result'>): JSX.Element {
  const models = groupModels(result);
  return (
    <div id="group-figures">
      <h2>{TEXTS.groups.heading}</h2>
      <Terms names={['group', 'missed']} />
      <div class="figures">
        {biasCharts(result).map(([name, props], k) => {
          if (name !== 'Dumbbells') return null;
          const [measure] = MEASURES[k] as (typeof MEASURES)[number];
          return (
            <Dumbbells key={props.title} {...props}>
              <ChartNumbers
                caption={`${props.title} by group`}
                head={['Group', ...models.map((model) => model.name)]}
                rows={byChange(result.groups).map((group) => [
                  nameCell(group.teacher, classWords(1, result.label)),
                  ...models.map(({ key }) => cell(group[key]?.[measure])),
                ])}
                stack
              />
            </Dumbbells>
          );
        })}
      </div>
    </div>
  );
}

function nameCell(
  { group, rows, positives }: Outcome['result']['groups'][number]['teacher'],
  one: string,
): NumbersCell {
  const counts = [rows, positives].map((count) => count.toLocaleString('en'));
  return { value: shownGroup(group), small: `(${counts[0]} rows, ${counts[1]} of ${one})`, strong: false };
}

/** JSON has null for a value that is not defined. */
function cell(
  of: { readonly value: number | null; readonly low: number | null; readonly high: number | null } | undefined,
): NumbersCell {
  if (!of || !Number.isFinite(of.value)) return 'none';
  const { value, low, high } = of;
  const hasInterval = Number.isFinite(low) && Number.isFinite(high);
  return {
    value: percentText(value as number),
    small: hasInterval ? `(${percentText(low as number)} to ${percentText(high as number)})` : '',
    strong: false,
  };
}
