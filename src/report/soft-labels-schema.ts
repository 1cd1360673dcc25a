// The schema of given soft labels in records.
import { exactOptional as maybe } from 'valibot';
import type { SoftLabelsRecord } from '../teacher/given-record.ts';
import { type Check, count, type Fields, list, number, object, orNull, text } from './checks.ts';

export function softLabels(): Check<SoftLabelsRecord> {
  return object({
    columns: list(text()),
    convention: text(),
    resolution: orNull(number()),
    limit: orNull(number()),
    rows: count(),
    known: count(),
    limited: count(),
    spread: maybe(number()),
    knownRows: object({ train: maybe(count()), validation: maybe(count()), test: maybe(count()) }),
  } satisfies Fields<SoftLabelsRecord>);
}
