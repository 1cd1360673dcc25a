// Reads the options of the split and of the student's columns.
import type { SplitOptions } from '../data/split.ts';
import { limitsOf } from '../data/split-parts.ts';
import { type ColumnChoice, checkChoice } from '../data/student-columns.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { list, text, type Values } from './values.ts';

/** A split as the options state it. */
export interface SplitSettings extends Pick<SplitOptions, 'group' | 'time' | 'shares'> {
  /** The file with the part of each row; then there are no other settings. */
  readonly file?: string;
}

const SHARES = /^\d*\.?\d+(\/\d*\.?\d+)+$/;

/**
 * The split of `split` (`hash`, shares such as 70/15/15, or a file) and `split-by` (group:COLUMN or time:COLUMN).
 * @throws DebkdError `usage` for a wrong form or a file with `split-by`; `value` for wrong shares
 */
export function splitSettings(values: Values): SplitSettings {
  const [given, by] = [text(values, 'split'), text(values, 'split-by')];
  const shares = given !== undefined && SHARES.test(given) ? given.split('/').map(Number) : undefined;
  if (shares) limitsOf(shares);
  const isFile = given !== undefined && given !== 'hash' && !shares;
  if (by === undefined) return isFile ? { file: given } : { ...(shares && { shares }) };
  const [, way, column] = /^(group|time):(.+)$/s.exec(by) ?? [];
  if (column === undefined) {
    throw new DebkdError('usage', {
      subject: 'split-by',
      seen: quote(by),
      expected: 'group:COLUMN or time:COLUMN',
    });
  }
  if (isFile) {
    throw new DebkdError('usage', {
      subject: 'split-by',
      seen: `split ${quote(given, 200)} is a file with the part of each row`,
      expected: 'only one of both, or shares such as 70/15/15',
      remedy: [
        { id: 'omit-setting', setting: 'split' },
        { id: 'omit-setting', setting: 'split-by' },
      ],
    });
  }
  return { ...(way === 'group' ? { group: column } : { time: column }), ...(shares && { shares }) };
}

/**
 * The columns of the student that `features`, `exclude` and `withhold` name; empty where none is given.
 * @throws DebkdError `value` for both
 */
export function columnChoice(values: Values): ColumnChoice {
  const choice = {
    ...(values['features'] !== undefined && { features: list(values, 'features') }),
    ...(values['exclude'] !== undefined && { exclude: list(values, 'exclude') }),
    ...(values['withhold'] !== undefined && { withhold: list(values, 'withhold') }),
  };
  checkChoice(choice);
  return choice;
}
