// A loaded ONNX model as a teacher.
import { dispose } from '../io/dispose.ts';
import { digestOf } from '../io/sha256.ts';
import type { Binding } from './binding.ts';
import { tensorInGraph } from './exact-score.ts';
import { hiddenLayer } from './hidden-layer.ts';
import type { ImageReading } from './image-reading.ts';
import { hasImages } from './image-table.ts';
import { type ColumnInput, isUnassigned, isWide } from './input-columns.ts';
import type { LoadedModel } from './loaded-model.ts';
import { openAnswers } from './onnx-answers.ts';
import type { Reading } from './reading.ts';
import { assignBinding } from './table-columns.ts';
import { type Chosen, chooseForTarget, readForTarget } from './target-class.ts';
import type { Teacher } from './teacher.ts';

/** Opens a teacher that reads a model's output by a reading. Teachers of the same model share its sessions. */
export function openTeacher(model: LoadedModel, reading: Reading, notes: readonly string[]): Teacher {
  const { digests, call, output, stated, open } = model;
  const { ort, graph, binding, name, width } = call;
  const text = binding.takes === 'texts' ? binding.text : undefined;
  const images = binding.takes === 'images' ? binding : undefined;
  const image = images?.image;
  const columnInputs = columnInputsOf(binding);
  const { tensor, margin } = reading;
  const answers = openAnswers(model, reading);
  /** The teacher with another way to read images. */
  const withImage = (way: ImageReading, base: LoadedModel, more: readonly string[] = []): Teacher => {
    const bound: Binding = { ...(images as NonNullable<typeof images>), image: way, why: way.why };
    return openTeacher({ ...base, call: { ...call, binding: bound } }, reading, [...new Set([...notes, ...more])]);
  };
  return {
    name,
    sha256: digests[0] as string,
    runtime: call.runtime,
    identity: digestOf([
      ...[digests, ort.env.versions.common, call.provider, tensor, margin, binding.takes, call.alone],
      ...assignmentOf(binding),
    ]),
    graph,
    convention: reading.convention,
    reading,
    why: { output: output.why, inputs: binding.why },
    refusal: open?.refusal,
    preprocessing: model.preprocessing,
    takes: binding.takes === 'columns' || text || image ? 'columns' : 'matrix',
    ...(text && { text: text.shown }),
    ...(image && { image: image.shown }),
    width,
    inputs: columnsOf(binding),
    columnInputs,
    notes,
    margins: answers.margins,
    forTarget(target) {
      if (stated || !target) return this;
      const turned: Chosen | undefined = open ? chooseForTarget(reading, open, target) : readForTarget(reading, target);
      if (!turned) return this;
      const noted = turned.note === undefined ? notes : [...new Set([...notes, turned.note])];
      const isChosen = open !== undefined && turned.open === undefined;
      return openTeacher({ ...model, open: turned.open, stated: isChosen }, turned.reading, noted);
    },
    forTable(table) {
      if (image) {
        const numbers = images?.numbers;
        if (numbers && !hasImages(table) && table.columns.length === numbers.width)
          return openTeacher({ ...model, call: { ...call, binding: numbers, width: numbers.width } }, reading, notes);
        const assigned = image.forTable(table);
        return assigned === image ? this : withImage(assigned, model);
      }
      if (text) {
        const assigned = text.forTable(table);
        if (assigned === text) return this;
        const { why } = assigned;
        const bound: Binding = { ...binding, takes: 'texts', text: assigned, why };
        return openTeacher({ ...model, call: { ...call, binding: bound } }, reading, [...notes, `teacher: ${why}`]);
      }
      if (binding.takes !== 'columns' || !isUnassigned(columnInputs)) return this;
      const assigned = assignBinding(binding, table, name);
      const isByName = assigned.inputs.every((input, i) => input.columns === columnInputs[i]?.columns);
      if (isByName) return this;
      const noted = [...new Set([...notes, `teacher: ${assigned.why}`])];
      return openTeacher({ ...model, call: { ...call, binding: assigned } }, reading, noted);
    },
    async forLabels(rows, labels, watch = {}) {
      if (!image || model.isTried || open) return this;
      const { decideImage, FEWEST_LABELLED } = await import('./choose-image.ts');
      const counts = [0, 1].map((y) => labels.filter((label) => label === y).length);
      if (counts.some((count) => count < FEWEST_LABELLED)) return this;
      const known = image.forTable(rows);
      const ask = async (way: ImageReading): Promise<Float64Array> =>
        (await withImage(way, model).margins(rows, { signal: watch.signal })).margins;
      const decided = await decideImage(known, labels, ask);
      return withImage(decided.reading, { ...model, isTried: true }, decided.notes);
    },
    trace: answers.trace,
    hiddenLayer: (wanted) => hiddenLayer(graph, tensorInGraph(graph, tensor, output.name), wanted, name),
    features: answers.features,
    answers: answers.answers,
    rest: answers.rest,
    [dispose]: () => void answers.release().catch(() => undefined),
  };
}

/** The columns that the inputs take by name or as stated; empty if one input takes all. */
function columnsOf(binding: Binding): string[] {
  if (binding.takes === 'texts') return [...(binding.text.shown.columns ?? [])];
  if (binding.takes === 'images') return binding.image.shown.column === undefined ? [] : [binding.image.shown.column];
  if (binding.takes === 'matrix') return [];
  if (binding.takes === 'groups') return [...new Set(binding.inputs.flatMap(({ columns }) => columns))];
  const inputs = binding.inputs.filter((input) => input.columns || !isWide(input));
  return [...new Set(inputs.flatMap(({ tensor, columns }) => columns ?? [tensor.name]))];
}

/** The inputs that take a column. */
function columnInputsOf(binding: Binding): readonly ColumnInput[] {
  if (binding.takes === 'columns') return binding.inputs;
  if (binding.takes === 'texts') return textColumnInputs(['text', 'text_pair'], binding.text.shown.columns);
  if (binding.takes !== 'images') return [];
  const { column } = binding.image.shown;
  return textColumnInputs(['image'], column === undefined ? undefined : [column]);
}

/** The columns of texts or of images, as inputs that each take one. */
function textColumnInputs(names: readonly string[], columns: readonly string[] | undefined): ColumnInput[] {
  return names.slice(0, columns?.length ?? 1).map((name, k) => {
    const column = columns?.[k];
    return {
      tensor: { name, type: 'string', shape: ['rows'] },
      width: 1,
      columns: column === undefined ? undefined : [column],
    };
  });
}

/** What margins depend on where columns do not simply enter by the names of the inputs. */
function assignmentOf(binding: Binding): unknown[] {
  if (binding.takes === 'groups') return [binding.inputs.map(({ tensor, places }) => [tensor.name, [...places]])];
  if (binding.takes === 'texts') return [...binding.text.identity];
  if (binding.takes === 'images') return [...binding.image.identity];
  if (binding.takes === 'matrix' || binding.inputs.every((input) => !input.columns && !isWide(input))) return [];
  return [binding.inputs.map(({ tensor, columns }) => [tensor.name, columns ?? null])];
}
