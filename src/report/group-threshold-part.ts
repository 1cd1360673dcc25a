// The part of a distillation's page on thresholds of groups, and its list in the app.
import { choiceWords, chosenLines, costLines, GROUP_HEADS, groupCells, LAW_NOTE } from './group-threshold-words.ts';
import { capital, escapeHtml, note, table } from './page.ts';
import type { DistillRecord } from './result.ts';

/** The part of the page; empty for a student with one threshold. */
export function thresholdPart({ groupThresholds, student }: DistillRecord): string[] {
  if (!groupThresholds) return [];
  const { test } = groupThresholds;
  const lines = (test ? costLines(test) : chosenLines(groupThresholds)).map(
    (line) => `<li>${escapeHtml(capital(line))}</li>`,
  );
  return [
    '<h2>Thresholds of groups</h2>',
    `<p>${escapeHtml(capital(choiceWords(groupThresholds)))}.</p>`,
    ...(test
      ? [
          table(
            'Rates on the test rows with the common threshold and with the group’s own, with 95 % intervals',
            GROUP_HEADS.map(capital),
            groupCells(test, student.threshold),
          ),
        ]
      : []),
    `<ul>${lines.join('')}</ul>`,
    note(LAW_NOTE),
  ];
}

/** The lines of the app's list. */
export function thresholdList({ groupThresholds }: DistillRecord): readonly string[] {
  if (!groupThresholds) return [];
  const { test } = groupThresholds;
  return [choiceWords(groupThresholds), ...chosenLines(groupThresholds), ...(test ? costLines(test) : []), LAW_NOTE];
}
