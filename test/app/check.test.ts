// The check of the teacher on the rows, before a run.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkErrors, type Place } from '../../src/app/errors.ts';
import type { Choice } from '../../src/app/input-messages.ts';
import { sortJsons } from '../../src/app/json-files.ts';
import { filesOf } from '../../src/app/model-folder.ts';
import type { PickedFile } from '../../src/app/picked-file.ts';
import { workErrorOf } from '../../src/app/remote.ts';
import { sortFiles, withoutFile } from '../../src/app/sort-files.ts';
import { checkInputs } from '../../src/app/work/check.ts';
import { choiceSettings, columnOptions, type Models, openInputs, splitRows } from '../../src/app/work/inputs.ts';
import { openModels } from '../../src/app/work/models.ts';
import { encodeParts } from '../../src/data/parts.ts';
import type { Preprocessing } from '../../src/data/preprocessing.ts';
import { split } from '../../src/data/split.ts';
import { rocAuc } from '../../src/metrics/ranking.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { modelPath } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** One open model. */
const one = (model: Teacher, preprocessing?: Preprocessing): Models => ({
  models: [model],
  preprocessings: [preprocessing],
  preprocessing,
  settings: {},
});
const wdbcRows = new Blob([readFileSync(modelPath('wdbc/data.csv'))]);

test('the label cannot be a feature of the teacher', async () => {
  const { preprocessing } = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
  const choice = { target: 'mean_radius', positive: '1', exclude: [] };
  await expect(openInputs(one(teacher, preprocessing), { rows: wdbcRows }, choice)).rejects.toMatchObject({
    code: 'target',
    subject: 'column "mean_radius"',
    seen: 'the teacher takes it as a feature',
    remedies: [{ id: 'choose-target' }],
  });
  const checked = await checkInputs(
    await openInputs(one(teacher, preprocessing), { rows: wdbcRows }, { ...choice, target: 'label' }),
  );
  expect(checked).toMatchObject({ labelled: 569, positives: 212, known: false });
});

describe('columns that are not ticked', () => {
  const lines = Array.from({ length: 300 }, (_, i) => `${i},${(i * 7) % 11},${(i * 5) % 13},${i % 2}`);
  const file = new Blob([`id,x,y,label\n${lines.join('\n')}\n`]);
  const choice = { target: 'label', positive: '1', exclude: ['id'] };

  test.each([
    [2, ['x', 'y'], 'drop'], // as many as are ticked: the identifier is for neither
    [3, ['id', 'x', 'y'], 'exclude'],
  ])('a teacher that takes %d columns in order gets %j', async (width, names, option) => {
    using teacher = await loadTeacher(tinyOnnx({ inputs: width }));
    const inputs = await openInputs(one(teacher), { rows: file }, choice);
    const { table } = inputs;
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(choiceSettings(inputs)).toEqual({ target: 'label', positive: '1', [option]: 'id' });
    const { train } = await encodeParts(table, splitRows(inputs), undefined, columnOptions(inputs));
    expect(train.preprocessing.columns.map(({ name }) => name)).toEqual(['x', 'y']);
    expect((await teacher.margins(train.teacherInputs)).margins.length).toBe(train.rows);
    expect((await checkInputs(inputs)).notes.filter((note) => note.includes('"id"'))).toEqual([]);
  });

  test('with a preprocessing they are withheld, and the split is that of the choice', async () => {
    const { preprocessing } = await wdbc();
    using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing });
    const by = { by: 'time', column: 'mean_area', shares: '70/15/15' } as const;
    const other = { ...choice, exclude: ['mean_radius'], split: by };
    const inputs = await openInputs(one(teacher, preprocessing), { rows: wdbcRows }, other);
    const { table } = inputs;
    expect(splitRows(inputs)).toEqual(split(table, { time: 'mean_area', shares: [70, 15, 15] }));
    expect(choiceSettings(inputs)).toMatchObject({
      exclude: 'mean_radius',
      split: '70/15/15',
      'split-by': 'time:mean_area',
    });
    const { rows: sizes, notes } = await checkInputs(inputs);
    expect(sizes.train + sizes.validation + sizes.test).toBe(569);
    expect(notes.filter((note) => note.includes('it splits the rows'))).toHaveLength(1);
    expect(splitRows({ ...inputs, choice })).toEqual(split(table));
    for (const shares of ['70', 'many', '70//30', '70/20/5'])
      expect(() => splitRows({ ...inputs, choice: { ...choice, split: { shares } } })).toThrow(
        /^shares of the split: /,
      );
  });
});

describe('other teachers', () => {
  const none: Models = { models: [], preprocessings: [], preprocessing: undefined, settings: {} };
  const points = Array.from({ length: 300 }, (_, i) => {
    const [x, y] = [(i * 7) % 11, (i * 5) % 13];
    return { x, y, p: (1 + x) / 14, w: 1 + (i % 4), label: (i * 31) % 100 < 9 * x ? 'spam' : 'other' };
  });
  const rowsOf = (cell: (name: string, row: number, value: unknown) => unknown = (_, __, value) => value): Blob => {
    const lines = points.map((row, i) => Object.entries(row).map(([name, value]) => cell(name, i, value)));
    return new File([`${Object.keys(points[0] as object)}\n${lines.join('\n')}\n`], 'rows.csv');
  };
  const soft = { target: 'label', positive: 'spam', exclude: ['p', 'w'], softLabels: 'p', weights: 'w' };

  test('columns of soft labels and weights are no features, and weights count in the check', async () => {
    const inputs = await openInputs(none, { rows: rowsOf() }, soft);
    const { table } = inputs;
    expect([table.columns, table.dropped].map((list) => list.map(({ name }) => name))).toEqual([
      ['x', 'y'],
      ['p', 'w'],
    ]);
    expect(choiceSettings(inputs)).toEqual({ 'soft-labels': 'p', target: 'label', positive: 'spam', weights: 'w' });
    const { auc, softLabels, rows } = await checkInputs(inputs);
    const { validation } = splitRows(inputs);
    const of = (name: 'p' | 'w'): Float64Array => Float64Array.from(validation, (row) => points[row]?.[name] as number);
    const labels = Int8Array.from(validation, (row) => (points[row]?.label === 'spam' ? 1 : 0));
    expect(auc).toBeCloseTo(rocAuc(of('p'), labels, of('w')), 12);
    expect(auc).not.toBeCloseTo(rocAuc(of('p'), labels), 4);
    expect(softLabels).toMatch(/^given soft labels "p" .*; 300 of 300 rows have one$/);
    expect(rows.train + rows.validation + rows.test).toBe(300);
  });

  test.each<[string, Blob, Partial<Choice>, Place, RegExp]>([
    [
      'a soft label',
      rowsOf((name, i, value) => (name === 'p' && i === 8 ? 'many' : value)),
      {},
      'soft-labels',
      /^soft labels "p", row 9: "many"/,
    ],
    [
      'a convention',
      rowsOf((name, _, value) => (name === 'p' ? 100 * (value as number) : value)),
      {},
      'soft-labels',
      /“The output is”/,
    ],
    [
      'a weight',
      rowsOf((name, i, value) => (name === 'w' && i === 8 ? -1 : value)),
      {},
      'weights',
      /^data "rows\.csv", weights "w", row 9: "-1" is negative.*leave out field “Row weights”/,
    ],
    ['no teacher', rowsOf(), { softLabels: undefined }, 'check', /^inputs: no teacher is open/],
  ])('an error of %s appears at its field', async (_, file, choice, place, message) => {
    const failed = openInputs(none, { rows: file }, { ...soft, ...choice }).then(checkInputs);
    const error = await failed.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(checkErrors(workErrorOf(error))[place]).toMatch(message);
  });

  const file = (name: string, content: Uint8Array<ArrayBuffer> | object): File =>
    new File([content instanceof Uint8Array ? content : JSON.stringify(content)], name);
  const three = file('three.onnx', tinyOnnx({ outputs: 3, operators: ['Softmax'], weights: [1, 0, 0, 0, 1, 0] }));
  const config = file('config.json', { id2label: { 0: 'ham', 1: 'spam', 2: 'news' } });

  test('a class of several: by the label, by name, or still open', async () => {
    const choice = { target: 'label', positive: 'spam', exclude: [], weights: 'w', softLabels: undefined };
    const rows = rowsOf((name, _, value) => (name === 'p' ? '' : value));
    const open = await openModels({ models: [three], jsons: [config] }, loadTeacher);
    expect(open.models[0]?.refusal?.code).toBe('convention');
    expect(open.models[0]?.reading.classes).toEqual(['ham', 'spam', 'news']);
    const byLabel = await openInputs(open, { rows }, { ...choice, exclude: ['p'] });
    expect(byLabel.teacher.reading.className).toBe('spam');
    await expect(openInputs(open, { rows }, { ...choice, positive: 'other' })).rejects.toMatchObject({
      code: 'convention',
      remedies: [{ id: 'name-class' }],
    });
    const named = await openModels({ models: [three], jsons: [config], class: 'news' }, loadTeacher);
    expect(named.settings).toEqual({ teacher: ['three.onnx'], class: 'news' });
    expect((await openInputs(named, { rows }, { ...choice, positive: 'other' })).teacher.reading.className).toBe(
      'news',
    );
    for (const { models } of [open, named]) for (const one of models) one[Symbol.dispose]();
  });

  test('each model has its own preprocessing or that of all, and soft labels are one more teacher', async () => {
    const { preprocessing } = await wdbc();
    const json = JSON.parse(readFileSync(modelPath('wdbc/preprocessing.json'), 'utf8'));
    const bytes = new Uint8Array(readFileSync(model('wdbc-mlp/teacher.onnx')));
    const [a, b] = [file('a.onnx', bytes), file('b.onnx', bytes)];
    const jsons = [file('b.preprocessing.json', json), file('shared.json', json)];
    const opened = await openModels({ models: [a, b], jsons, convention: 'logit' }, loadTeacher);
    expect(opened.preprocessings).toEqual([preprocessing, preprocessing]);
    expect(opened.preprocessings[0]).toBe(opened.preprocessing);
    expect(opened.preprocessings[1]).not.toBe(opened.preprocessing);
    expect(opened.settings).toEqual({
      teacher: ['a.onnx', 'b.onnx=b.preprocessing.json'],
      preprocessing: 'shared.json',
      convention: 'logit',
    });
    const choice = { target: 'label', positive: '1', exclude: [], softLabels: 'mean_radius' };
    // the convention could be that of the models or of the soft labels
    await expect(openInputs(opened, { rows: wdbcRows }, choice)).rejects.toMatchObject({
      code: 'usage',
      remedies: [{ id: 'omit-setting', setting: 'convention' }],
    });
    await expect(openInputs({ ...opened, settings: {} }, { rows: wdbcRows }, choice)).rejects.toThrow(
      /^soft labels "mean_radius": .* not probabilities; write them as probabilities from 0 to 1, or choose no teacher$/,
    );
    const all = await openInputs(
      { ...opened, settings: {} },
      {
        rows: new Blob([
          readFileSync(modelPath('wdbc/data.csv'), 'utf8')
            .trimEnd()
            .replace(/^.*$/gm, (line, at) => `${at ? 0.4 : 'p'},${line}`),
        ]),
      },
      { ...choice, softLabels: 'p' },
    );
    expect(all.teacher.parts).toHaveLength(3);
    expect(all.teachers).toEqual([preprocessing, preprocessing, preprocessing]);
    expect((await checkInputs(all)).softLabels).toMatch(/^given soft labels "p"/);
    await expect(openModels({ models: [a, b], jsons: [file('x.json', json), ...jsons] }, loadTeacher)).rejects.toThrow(
      '"x.json", "shared.json": 2 files for all teachers, expected one, or one for each teacher',
    );
    for (const one of opened.models) one[Symbol.dispose]();
  });

  test('dropped files are for the fields that their names and contents say', async () => {
    const named = (name: string, content: object = {}): File => file(name, content);
    const [a, b, shared, ofA, rows, weights] = ['a.onnx', 'b.onnx', 'p.json', 'a.json', 'd.csv', 'a.onnx.data'].map(
      (name) => named(name),
    ) as [File, File, File, File, File, File];
    const first = await sortFiles([a, shared, ofA, weights, config, rows], {});
    expect(first).toMatchObject({ models: [a], jsons: [shared, ofA, config], externalData: [weights], rows });
    const none = { tokenizer: undefined, tokenizerConfig: undefined };
    expect(await sortJsons(first.jsons ?? [], [a, b])).toEqual({ ...none, config, own: [ofA, undefined], shared });
    // other models replace the files of the earlier ones, and what was stated about them
    const stated = { ...first, class: 'spam', inputs: 'x=y' };
    expect(await sortFiles([b], stated)).toEqual({
      ...{ models: [b], jsons: [shared], externalData: [], rows, class: undefined, inputs: undefined },
      ...{ convention: undefined, positiveClass: undefined, maxLength: undefined },
    });
    // the run of an example has its name until its model or its rows are others
    const example = { ...first, example: 'Loans' };
    const names = [[b], [named('e.csv')], [named('q.json')]].map(
      async (files) => (await sortFiles(files, example)).example,
    );
    expect(await Promise.all(names)).toEqual([undefined, undefined, 'Loans']);
    expect([a, rows, ofA].map((one) => withoutFile(example, one).example)).toEqual([undefined, undefined, 'Loans']);
    const other = named('q.json');
    expect(await sortFiles([other], stated)).toEqual({ ...stated, jsons: [ofA, config, other] });
    // the content of JSON files counts, whatever their names
    const words = named('words.json', { version: '1.0', added_tokens: [], padding: 'x'.repeat(200_000), model: {} });
    const said = named('said.json', { tokenizer_class: 'BertTokenizer', added_tokens_decoder: {} });
    const classes = named('classes.json', { model_type: 'bert' });
    expect(await sortJsons([words, said, classes], [a])).toEqual({
      ...{ tokenizer: words, tokenizerConfig: said, config: classes, own: [undefined], shared: undefined },
    });
    await expect(sortJsons([words, named('tokenizer.json')], [a])).rejects.toThrow(
      '"words.json", "tokenizer.json": each of 2 files is a tokenizer, expected one',
    );
    // another tokenizer replaces the earlier one
    expect((await sortFiles([named('tokenizer.json')], { models: [a], jsons: [words, said] })).jsons).toMatchObject([
      { name: 'said.json' },
      { name: 'tokenizer.json' },
    ]);
  });

  test('of a folder, the files that say how to run the model', () => {
    const picked = (...paths: string[]): PickedFile[] =>
      paths.map((path) => ({ path, file: file(path.slice(path.lastIndexOf('/') + 1), {}) }));
    const names = (...paths: string[]): string[] => filesOf(picked(...paths)).map(({ name }) => name);
    expect(
      names(
        ...['bert/onnx/model.onnx', 'bert/onnx/model.onnx_data', 'bert/onnx/model_quantized.onnx', 'bert/vocab.txt'],
        ...['bert/config.json', 'bert/tokenizer.json', 'bert/tokenizer_config.json', 'bert/special_tokens_map.json'],
        ...['bert/model.safetensors', 'bert/README.md', 'bert/.gitattributes', 'rows.csv'],
      ),
    ).toEqual(['rows.csv', 'model.onnx', 'model.onnx_data', 'config.json', 'tokenizer.json', 'tokenizer_config.json']);
    expect(names('m/onnx/model_q8.onnx', 'm/onnx/tokenizer.json', 'm/a.csv')).toEqual([
      'model_q8.onnx',
      'tokenizer.json',
      'a.csv',
    ]);
    expect(() => names('m/a.onnx', 'm/b.onnx')).toThrow(
      'folder "m": it holds no model.onnx but several models: "a.onnx", "b.onnx", expected model.onnx, onnx/model.onnx or a single model',
    );
    expect(() => names('m/config.json')).toThrow(/^folder "m": it holds no ONNX model.*export the model to ONNX/);
  });
});
