// Teachers in the shapes that converters write (shapes/make.py): read correctly, or refused with the reason.
import { describe, expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encodeForTeacher } from '../../src/data/dataset.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import shapes from './shapes/shapes.json' with { type: 'json' };

interface Shape {
  readonly name: string;
  readonly margins?: readonly number[];
  /** Why it is refused. */
  readonly refused?: string;
  readonly convention?: string;
  readonly className?: string;
  readonly form?: string;
  readonly notes?: string;
  /** Values of the label (class 0, class 1), and the margins for them. */
  readonly targets?: readonly [readonly [string, string], readonly number[]];
  /** Whether it is refused before a class is needed. */
  readonly atLoad?: boolean;
  /** Margins by --output. */
  readonly byOutput?: Readonly<Record<string, readonly number[]>>;
  /** Margins by --class. */
  readonly classes?: Readonly<Record<string, readonly number[]>>;
  /** A convention that may be stated, and the margins under it. */
  readonly stated?: readonly [string, readonly number[]];
  readonly absolute?: boolean;
  readonly bits?: boolean;
  /** No margin is limited. */
  readonly exact?: boolean;
  readonly limit?: number;
  readonly tolerance?: number;
}
const all = shapes.cases as unknown as readonly Shape[];
const open = (name: string, options?: TeacherOptions): Promise<Teacher> =>
  loadTeacher(new URL(`./shapes/${name}.onnx`, import.meta.url), options);

async function marginsOf(
  teacher: Teacher,
  { absolute, bits }: Pick<Shape, 'absolute' | 'bits'>,
): Promise<{ margins: number[]; clippedCount: number }> {
  const values = shapes.rows.map((row) => row.map((x) => (bits ? Number(x > 0) : absolute ? Math.abs(x) : x)));
  const text = `x0,x1\n${values.map((row) => row.join(',')).join('\n')}\n`;
  const rows = encodeForTeacher(await readCsv(new TextEncoder().encode(text)), undefined);
  const { margins, clippedCount } = await teacher.margins(rows);
  return { margins: [...margins], clippedCount };
}

function close(got: readonly number[], want: readonly number[], { tolerance = 1e-5, limit = Infinity }: Shape): void {
  expect(got).toHaveLength(want.length);
  want.forEach((v, i) => {
    const bound = Math.max(-limit, Math.min(limit, v));
    expect(Math.abs((got[i] as number) - bound), `row ${i}: ${got[i]} for ${v}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(v)) * (limit < Infinity ? 100 : 1),
    );
  });
}

describe.each(all.filter(({ margins }) => margins))('$name', (shape) => {
  test('its margins are the true log-odds', async () => {
    using teacher = await open(shape.name);
    const { margins, clippedCount } = await marginsOf(teacher, shape);
    close(margins, shape.margins as readonly number[], shape);
    expect(teacher.reading.className).toBe(shape.className);
    if (shape.convention) expect(teacher.convention).toBe(shape.convention);
    if (shape.form) expect(teacher.reading.margin.form).toBe(shape.form);
    if (shape.exact) expect([clippedCount, teacher.reading.tensor]).toEqual([0, 'debkd/scores before LOGISTIC']);
    if (shape.notes) expect(teacher.notes.join()).toContain(shape.notes);
    else expect(teacher.notes).toEqual([]);
  });
});

describe.each(all.filter(({ refused }) => refused))('$name', (shape) => {
  test('is refused with the reason', async () => {
    const refused = new RegExp(shape.refused as string);
    if (!shape.classes || shape.atLoad) return expect(open(shape.name)).rejects.toThrow(refused);
    // a teacher of several classes opens, and refuses to answer
    using teacher = await open(shape.name);
    expect([teacher.reading.positiveClass, teacher.refusal?.message]).toEqual(['open', expect.stringMatching(refused)]);
    await expect(marginsOf(teacher, shape)).rejects.toThrow(refused);
  });
});

const byClass = all.flatMap((shape) =>
  Object.entries(shape.classes ?? {}).map(([one, want]) => ({ shape, one, want })),
);
test.each(byClass)('$shape.name, --class $one', async ({ shape, one, want }) => {
  using teacher = await open(shape.name, { class: one });
  const { margins, clippedCount } = await marginsOf(teacher, {});
  if (shape.limit === undefined) expect(clippedCount).toBe(0);
  close(margins, want, shape);
  if (shape.convention) expect(teacher.convention).toBe(shape.convention);
});

const byOutput = all.flatMap((shape) =>
  Object.entries(shape.byOutput ?? {}).map(([one, want]) => ({ shape, one, want })),
);
test.each(byOutput)('$shape.name, --output $one', async ({ shape, one, want }) => {
  using teacher = await open(shape.name, { output: one });
  close((await marginsOf(teacher, {})).margins, want, shape);
  await expect(open(shape.name, { output: `${one.replace(/\[\d\]$/, '')}[7]` })).rejects.toThrow(/no (value|label)|7/);
});

test.each(all.filter(({ targets }) => targets))("$name by the label's values", async (shape) => {
  const [[negative, positive], want] = shape.targets as NonNullable<Shape['targets']>;
  using teacher = await open(shape.name);
  const turned = teacher.forTarget({ name: 'label', positive, negative });
  expect(turned.reading.className?.toLowerCase()).toBe(positive.toLowerCase());
  close((await marginsOf(turned, shape)).margins, want, shape);
  // values with other names match no class and change nothing
  expect(teacher.forTarget({ name: 'label', positive: 'a', negative: 'b' }).identity).toBe(teacher.identity);
  // a statement of the caller wins; a single score has none
  const own = teacher.reading.positiveClass;
  if (own === 'only' || own === 'open') return;
  using stated = await open(shape.name, { positiveClass: own as 'first' });
  expect(stated.forTarget({ name: 'label', positive, negative })).toBe(stated);
  using other = await open(shape.name, { positiveClass: own === 'first' ? 'second' : 'first' });
  expect(other.identity).toBe(turned.identity);
});

test.each(all.filter(({ stated }) => stated))('$name with a stated convention', async (shape) => {
  const [convention, want] = shape.stated as NonNullable<Shape['stated']>;
  using teacher = await open(shape.name, { convention: convention as 'logit' });
  close((await marginsOf(teacher, shape)).margins, want, shape);
});

test('an unknown class is refused with the list of classes', async () => {
  await expect(open('three-classes-named', { class: 'spm' })).rejects.toThrow(
    /no class "spm" \(did you mean "spam"\?\), expected "ham", "spam", "news", or an index from 0 to 2/,
  );
  await expect(open('three-classes', { class: '3' })).rejects.toThrow(/no class "3", expected an index from 0 to 2/);
  await expect(open('three-labels', { convention: 'probability', class: '0' })).resolves.toBeDefined();
  await expect(open('three-labels', { convention: 'probabilities', class: '0' })).rejects.toThrow(
    /3 values per row .* that do not sum to 1, expected a sum of 1.*: logits\|logit\|probability\)/,
  );
});

test('whole numbers are exact beyond 2^24, and refused beyond 2^53', async () => {
  const model = new URL('./tiny/int64.onnx', import.meta.url);
  using teacher = await loadTeacher(model);
  const rows = async (text: string) => encodeForTeacher(await readCsv(new TextEncoder().encode(text)), undefined);
  const { margins } = await teacher.margins(await rows('a,b\n16777217,33554433\n'));
  // the model casts to float32 itself, so its input must be exact
  expect(margins[0]).toBe(Math.fround(2 * Math.fround(16777217) - Math.fround(33554433)) + 0.5);
  await expect(teacher.margins(await rows('a,b\n9007199254740993,1\n'))).rejects.toThrow(
    /"9007199254740993" cannot go into the teacher as it is, expected a whole number from -9007199254740991/,
  );
});
