// Notes about texts that a teacher could not read as a whole.
import type { TextCounts } from './text-inputs.ts';

/** Notes about texts that were cut, and texts without a token. @param maxLength tokens per row, if it is known */
export function textNotes({ cut, empty }: TextCounts, rows: number, maxLength: number | undefined): string[] {
  const than = maxLength === undefined ? 'longer than the teacher takes' : `longer than ${maxLength} tokens`;
  const notes: string[] = [];
  if (cut > 0)
    notes.push(
      `teacher: ${cut} of ${rows} texts ${cut === 1 ? 'is' : 'are'} ${than} and ${cut === 1 ? 'was' : 'were'} cut`,
    );
  if (empty > 0)
    notes.push(`teacher: ${empty} of ${rows} texts ${empty === 1 ? 'has' : 'have'} no token, such as empty ones`);
  return notes;
}
