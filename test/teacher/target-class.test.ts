// Which of several classes a label means: chosen where its positive value names one, and refused in doubt.
import { describe, expect, test } from 'vitest';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import golden from '../golden/classes.json' with { type: 'json' };

const modelOf = (name: string): Uint8Array =>
  Uint8Array.from(Buffer.from((golden.models.find((model) => model.name === name) as { onnx: string }).onnx, 'base64'));
const exclusive = modelOf('PyTorch, cross-entropy');
const several = modelOf('the same after a Sigmoid');
const open = (names: readonly string[], bytes = exclusive): Promise<Teacher> =>
  loadTeacher(bytes, {
    config: {
      id2label: { ...names },
      ...(bytes === exclusive && { problem_type: 'single_label_classification' }),
    },
  });

describe('the class of a label', () => {
  test.each<[names: string[], negative: string, positive: string, column: string, want: string, note: RegExp]>([
    [
      ['ham', 'spam', 'news'],
      'other',
      'spam',
      'label',
      'spam',
      /the class "spam" against the rest of "ham", "spam", "news", because it is the label's positive value/,
    ],
    [['ham', 'spam', 'news'], 'ham', ' Spam', 'label', 'spam', /"spam"/],
    [['ham', 'spam', 'news'], '0', 'news', 'label', 'news', /"news"/],
    [['1', '2', '3'], 'other', '3', 'label', '3', /"3"/],
    [['a', 'A', 'b'], 'x', 'A', 'label', 'A', /"A"/],
    [['ham', 'spam', 'news'], '0', '1', 'Spam', 'spam', /because the label column is "Spam"/],
    [['ham', 'spam', 'news'], 'False', 'True', 'news', 'news', /because the label column is "news"/],
  ])('%j, label %j or %j in column %j: %j', async (names, negative, positive, column, want, note) => {
    using teacher = await open(names);
    const chosen = teacher.forTarget({ name: column, negative, positive });
    expect([chosen.reading.className, chosen.refusal, chosen.notes.length]).toEqual([want, undefined, 1]);
    expect(chosen.notes[0]).toMatch(note);
    expect(chosen.reading.margin.place).toBe(names.indexOf(want));
    // the choice stays
    expect(chosen.forTarget({ name: 'label', negative: 'x', positive: 'ham' })).toBe(chosen);
  });

  test.each<[names: string[], negative: string, positive: string, column: string, why: RegExp]>([
    [['0', '1', '2'], '0', '1', 'label', /the label's values are "0" and "1", which may or may not mean its classes/],
    [['1', '2', '3'], '0', '1', 'label', /may or may not mean its classes/],
    [['1', '2', '3'], '2', '1', 'label', /may or may not mean its classes/],
    [['no', 'yes', 'maybe'], 'no', 'yes', 'label', /may or may not mean its classes/],
    [['0', '1', '2'], '0', '7', 'label', /the label's values are "0" and "7", which name no class/],
    [['ham', 'spam', 'news'], '0', '1', 'label', /the label's values are "0" and "1", which name no class/],
    // class 1 is then any row that is not spam
    [['ham', 'spam', 'news'], '1', '0', 'spam', /which name no class/],
    [['ham', 'spam', 'news'], 'x', 'eggs', 'label', /"eggs" is not one of its classes/],
    [['a', 'A', 'b'], 'x', ' a', 'label', /" a" is not one of its classes/],
    [['1', '2', '3'], '0', '1', '2', /may or may not mean/],
  ])('%j, label %j or %j in column %j: refused', async (names, negative, positive, column, why) => {
    using teacher = await open(names);
    const still = teacher.forTarget({ name: column, negative, positive });
    expect([still.reading.positiveClass, still.refusal?.message]).toEqual(['open', expect.stringMatching(why)]);
    expect(still.refusal?.message).toContain(`one class to separate from the rest: "${names[0]}"`);
    expect(still.identity).toBe(teacher.identity);
    // the reason of an earlier label does not stay, and another label may choose
    const again = still.forTarget({ name: column, negative, positive });
    expect(again.refusal?.message).toBe(still.refusal?.message);
    expect(still.forTarget({ name: 'label', negative: '-', positive: names[2] as string }).refusal).toBeUndefined();
  });

  test('one of several labels', async () => {
    using teacher = await open(['toxic', 'rude', 'spam'], several);
    const chosen = teacher.forTarget({ name: 'rude', negative: '0', positive: '1' });
    expect(chosen.notes).toEqual([
      'teacher: class 1 is the label "rude" of "toxic", "rude", "spam", because the label column is "rude"',
    ]);
    expect(teacher.forTarget(undefined)).toBe(teacher);
  });

  test('a stated class wins', async () => {
    using teacher = await loadTeacher(several, { class: '1' });
    expect(teacher.forTarget({ name: 'label', negative: 'x', positive: '0' })).toBe(teacher);
  });
});
