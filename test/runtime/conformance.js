// One function for every host. It takes files and returns SHA-256 hashes and errors, which must be equal on all hosts.

/**
 * @param debkd the built library
 * @param files bytes by path: models/ and test/teacher/tiny/ without their prefix
 * @param options.decoders compiled modules of the image decoders, on hosts that cannot compile bytes
 * @param options.teacher whether the ONNX runtime is available; without it, the parts that need a teacher are skipped
 */
export async function conform(debkd, files, { teacher: withTeacher = true, decoders = {} } = {}) {
  const record = {};
  const keep = (name, value) => {
    record[name] = debkd.sha256(bytesOf(value));
  };
  const errors = {};
  const fails = async (name, act) => {
    errors[name] = await act().then(
      () => 'nothing failed',
      (error) => `${error.code ?? error.name}: ${error.message}`,
    );
  };
  const text = (name) => new TextDecoder().decode(files[name]);
  const given = debkd.parsePreprocessing(JSON.parse(text('wdbc/preprocessing.json')), 'wdbc');

  // data
  const table = await debkd.readCsv(files['wdbc/data.csv'], { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(files['wdbc/split.csv']) });
  const hashed = debkd.split(table);
  keep('split by hash', Uint32Array.from([...hashed.train, ...hashed.validation, ...hashed.test]));
  const fitted = debkd.fitPreprocessing(table, { rows: parts.train });
  // the names of fields that student files use
  keep('preprocessing', JSON.stringify(fitted).replace('"encodedWidth"', '"F"').replaceAll('"symlog"', '"slog1p"'));
  const data = debkd.encode(table, given);
  const own = debkd.encode(table, fitted, { teacher: given });
  keep('encoded, given', data.features.data);
  keep('encoded, fitted', own.features.data);
  const of = (rows) => debkd.encode(table, given, { rows });
  const [train, validation, test] = [of(parts.train), of(parts.validation), of(parts.test)];

  // labels: a teacher of four columns that is wrong about rows with a small radius
  const x = debkd.denseRows(data.features, 0, data.rows);
  const margins = Float64Array.from({ length: data.rows }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = x.subarray(i * data.features.width);
    return 2 * a + b + 0.5 * c * d + (a < -0.5 ? 2 : 0) - 0.5;
  });
  for (const method of debkd.DEBIAS_METHODS) {
    const debias = await debkd.fitDebias(margins, data, { method });
    keep(`debias ${method}`, debias.crossFitted);
    keep(`debias ${method}, applied`, debkd.applyDebias(debias, margins, own));
  }
  const { crossFitted: d } = await debkd.fitDebias(margins, data, { method: 'platt' });
  for (const form of debkd.INFUSION_FORMS)
    keep(`infuse ${form}`, debkd.infuse({ margins: d }, data, { form, strength: form === 'none' ? 0 : 0.5 }).margins);

  // students
  const targets = { margins: d };
  const features = {
    rows: data.rows,
    width: 5,
    values: Float32Array.from({ length: 5 * data.rows }, (_, k) => x[k % x.length] * 0.5),
  };
  const selection = debkd.debiasedSelection(validation, new Float64Array(validation.rows).fill(0.25));
  const losses = {
    debiased: debkd.debiasedDistillation({ temperature: 2, alpha: 0.9 }),
    kd: debkd.distillation({ temperature: 4, alpha: 0.3 }),
    hard: debkd.hardLabels(),
    logits: debkd.logitMatching({ alpha: 0.7 }),
    weighted: debkd.weightedSoftLabels(),
    regression: debkd.regressionHint(debkd.distillation(), { weight: 1 }),
    relation: debkd.relationHint(debkd.distillation(), { weight: 3 }),
  };
  const shared = { seed: 7, epochs: 3, batchSize: 50 };
  for (const [name, loss] of Object.entries(losses)) {
    const student = await debkd.fit({ hidden: [9] }, data, targets, loss, {
      ...shared,
      features,
      validation: selection,
    });
    keep(`loss ${name}`, student.parameters);
  }
  const shapes = {
    logistic: [{ hidden: [] }, {}],
    'two layers, dropout': [{ hidden: [12, 5] }, { dropout: 0.2 }],
    tanh: [{ hidden: [7], activation: 'tanh' }, {}],
    'gelu, residual': [{ hidden: [8, 8], activation: 'gelu', residual: true }, {}],
    'sgd, linear': [{ hidden: [6] }, { optimizer: { name: 'sgd', schedule: 'linear' } }],
    wide: [{ hidden: [200, 64] }, { batchSize: 300 }],
  };
  let last;
  for (const [name, [shape, options]] of Object.entries(shapes)) {
    last = await debkd.fit(shape, data, targets, losses.debiased, { ...shared, ...options });
    keep(`student ${name}`, last.parameters);
    keep(`student ${name}, answers`, last.predictProba(test));
  }
  const lessons = Object.values(losses).map((loss) => ({ targets, loss, features }));
  const together = await debkd.fitMany({ hidden: [9] }, data, lessons, shared);
  together.forEach((student, i) => {
    keep(`together ${Object.keys(losses)[i]}`, student.parameters);
  });

  // files, records, metrics
  const bytes = debkd.encodeStudent(last.with({ threshold: 0.375 }));
  keep('student.debkd', bytes);
  const back = debkd.decodeStudent(bytes);
  const row = Object.fromEntries(given.columns.map(({ name, mean }, j) => [name, mean * (1 + j / 100)]));
  keep('one record', Float64Array.of(back.predictRecord(row).probability));
  const p = back.predictProba(test);
  keep('metrics', JSON.stringify(await debkd.evaluate(p, test.labels, { threshold: 0.375 })));
  keep('threshold', Float64Array.of(debkd.chooseThreshold(p, test.labels)));
  const groups = Array.from(test.labels, (_, i) => `g${i % 3}`);
  keep('bias by group', JSON.stringify(debkd.groupBias(p, test.labels, groups, 0.375)));

  // one job for each method of compare
  const halves = {
    train,
    validation,
    test,
    margins: { train: margins.slice(0, train.rows), validation: margins.slice(0, validation.rows) },
  };
  const pick = (rows) => ({ rows, width: 5, values: features.values.slice(0, 5 * rows) });
  const run = debkd.openJobs({
    ...halves,
    features: { train: pick(train.rows), validation: pick(validation.rows) },
    ...{ student: { hidden: [4] }, trainRows: 100, tune: false, replicates: 20, epochs: 2, debiasedOptions: {} },
  });
  for (const method of debkd.METHODS) {
    const outcome = await run({ method, seed: 3 });
    keep(`compare ${method}`, outcome.kind === 'done' ? outcome.resampled : outcome.why);
  }

  await texts(debkd, { keep, withExports: withTeacher });
  await images(debkd, { keep, fails, decoders, golden: JSON.parse(text('images.json')) });
  await imageStudents(debkd, { keep, withExports: withTeacher });
  if (withTeacher) await teachers(debkd, files, { keep, given, table, parts, fitted, row });
  await failures(debkd, { fails, files, data, targets, losses, table, given, bytes, withTeacher });
  return { hashes: record, errors };
}

/** Students of texts in many scripts, with and without weights by rarity, and their exports. */
async function texts(debkd, { keep, withExports }) {
  const words = [
    ...[
      'the',
      'a',
      'of',
      'good',
      'bad',
      'film',
      'News',
      'FREE',
      "don't",
      '10',
      '3.5',
      '!',
      '?!',
      '@user',
      '#tag',
      'straße',
      'STRASSE',
    ],
    ...[
      'größer',
      'İstanbul',
      'ΟΔΥΣΣΕΥΣ',
      'наука',
      'ДОМ',
      'שלום',
      'سلام',
      'नमस्ते',
      '日本語',
      '한국어',
      'ไทย',
      'ǅ',
      '𝔘𐐀',
      '👩\u200d👧',
      'e\u0301',
    ],
  ];
  let state = 12345;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % n;
  };
  const spaces = [' ', ' ', '  ', '\n', '\u00a0', '\u3000'];
  const made = Array.from({ length: 300 }, () => {
    let text = '';
    for (let k = 6 + below(20); k > 0; k--)
      text += words[below(words.length)] + spaces[below(spaces.length)] + (k % 3 ? ' ' : '');
    return text;
  });
  const csv = made
    .map((text, i) => `"${text}",${i % 90},${/good|FREE|наука/.test(text) !== (below(8) === 0) ? 1 : 0}\n`)
    .join('');
  const table = await debkd.readCsv(new TextEncoder().encode(`text,age,label\n${csv}`), { target: 'label' });
  const rows = Uint32Array.from({ length: 200 }, (_, i) => i);
  const rest = Uint32Array.from({ length: 100 }, (_, i) => 200 + i);
  const plain = debkd.fitPreprocessing(table, { rows });
  const weighted = debkd.fitText(table, 'text', { rows, idf: true });
  const columns = plain.columns.map((column) => (column.kind === 'text' ? { ...column, idf: weighted.idf } : column));
  const odd = ['', ' ', 'qxzjv', 'A \ud800 b', '𝔘', 'long word '.repeat(2000)];
  for (const [name, preprocessing] of Object.entries({ plain, weighted: { ...plain, columns } })) {
    const data = debkd.encode(table, preprocessing, { rows });
    const held = debkd.encode(table, preprocessing, { rows: rest });
    keep(`texts ${name}: columns`, data.features.texts.columns);
    keep(`texts ${name}: scales`, data.features.texts.scales);
    for (const hidden of [[], [4], [6, 6]]) {
      const targets = { margins: Float64Array.from(data.labels, (y) => 4 * y - 2) };
      const options = { seed: 7, epochs: 2, ...(hidden.length === 0 && { validation: debkd.labelSelection(held) }) };
      const student = await debkd.fit({ hidden }, data, targets, debkd.hardLabels(), options);
      const label = `texts ${name} ${hidden}`;
      keep(`${label}: student`, debkd.encodeStudent(student));
      keep(`${label}: rows`, student.predictProba(held));
      const records = [...odd, ...made.slice(0, 40)].map((text, i) => ({ text, age: i }));
      keep(
        `${label}: records`,
        Float64Array.from(records, (record) => student.predictRecord(record).probability),
      );
      keep(`${label}: explained`, JSON.stringify(records.slice(0, 20).map((record) => student.explain(record))));
      if (!withExports || hidden.length > 1) continue;
      for (const one of [student, debkd.quantize(student, 'int8', { data: held, force: true })]) {
        const form = one.quantization?.form ?? 'float32';
        const exports = [
          await debkd.toOnnx(one),
          await debkd.toSafetensors(one),
          await debkd.toJavaScript(one),
          await debkd.toWasm(one),
        ];
        for (const { target, files } of exports)
          for (const { path, bytes } of files) keep(`${label}: ${form} ${target} ${path}`, bytes);
      }
    }
  }
}

/** Students of images: training, answers by the kernel and for single records, and their exports. */
async function imageStudents(debkd, { keep, withExports }) {
  let state = 54321;
  const below = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % n;
  };
  const pictureOf = (height, width, channels, bright) => {
    const [down, right] = [below(200) - 100, below(200) - 100];
    return Uint8Array.from({ length: height * width * channels }, (_, i) => {
      const [y, x] = [Math.floor(i / (width * channels)), Math.floor(i / channels) % width];
      const value = 110 + bright * 40 + (down * y) / height + (right * x) / width + below(50);
      return Math.max(0, Math.min(255, Math.floor(value)));
    });
  };
  const cases = {
    plain: [{ hidden: [], conv: { channels: [8, 16] } }, [16, 16], 3],
    'separable, hidden': [
      { hidden: [5], activation: 'tanh', conv: { channels: [6, 9], blocks: 'separable' } },
      [13, 16],
      1,
    ],
    'residual, 5 x 5': [{ hidden: [], conv: { channels: [4, 8], blocks: 'residual', kernel: 5 } }, [12, 12], 3],
  };
  for (const [name, [shape, size, channels]] of Object.entries(cases)) {
    const [height, width] = size;
    const length = height * width * channels;
    const rows = 60;
    const mean = [0.5, 0.45, 0.4].slice(0, channels);
    const std = [0.25, 0.2, 0.3].slice(0, channels);
    const form = { size, channels, mean, std };
    const preprocessing = {
      ...{ clip: 10, encodedWidth: length + 1 },
      columns: [
        { name: 'image', kind: 'image', ...form, offset: 0, width: length },
        { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: length, width: 1 },
      ],
    };
    const labels = Int8Array.from({ length: rows }, (_, i) => i % 2);
    const pictures = Array.from(labels, (y) => pictureOf(height, width, channels, y));
    const pixels = new Uint8Array(rows * length);
    pictures.forEach((picture, i) => {
      pixels.set(picture, i * length);
    });
    const ages = Float32Array.from({ length: rows }, (_, i) => i % 50);
    const data = new Int32Array(2 * rows);
    for (let i = 0; i < rows; i++) {
      data[2 * i] = i;
      new Float32Array(data.buffer)[2 * i + 1] = (ages[i] - 40) / 10;
    }
    const looks = new Float32Array(rows * (channels === 1 ? 5 : 11));
    const features = {
      ...{ rows, fields: 2, width: length + 1, fieldColumns: Int32Array.of(-3, length), data },
      images: { ...form, offset: 0, pixels, looks },
    };
    const folds = Uint8Array.from({ length: rows }, (_, i) => i % 5);
    const dataset = { rows, features, teacherInputs: features, preprocessing, labels, folds };
    const targets = { margins: Float64Array.from(labels, (y) => 4 * y - 2) };
    const student = await debkd.fit(shape, dataset, targets, debkd.hardLabels(), { seed: 7, epochs: 3, batchSize: 20 });
    const label = `images ${name}`;
    keep(`${label}: student`, debkd.encodeStudent(student));
    keep(`${label}: rows`, student.predictProba(dataset));
    const own = pictures.map((picture, i) => ({ image: { pixels: picture, height, width }, age: ages[i] }));
    const answers = (records) => Float64Array.from(records, (record) => student.predictRecord(record).probability);
    keep(`${label}: records`, answers(own));
    if (debkd.sha256(bytesOf(answers(own))) !== debkd.sha256(bytesOf(student.predictProba(dataset))))
      throw new Error(`${label}: records have other answers than rows`);
    const others = [1, 3, 4].map((c) => ({ image: { data: pictureOf(29, 40, c, 1), width: 40, height: 29 }, age: 7 }));
    keep(`${label}: other sizes`, answers(others));
    if (!withExports) continue;
    for (const one of [student, debkd.quantize(student, 'int8', { force: true })]) {
      const exports = [
        await debkd.toOnnx(one),
        await debkd.toSafetensors(one),
        await debkd.toJavaScript(one),
        await debkd.toWasm(one),
        await debkd.toEdge(one, 'cloudflare'),
      ];
      for (const { target, files } of exports)
        for (const { path, bytes } of files)
          keep(`${label}: ${one.quantization?.form ?? 'float32'} ${target} ${path}`, bytes);
    }
  }
}

/** Images: decoded, resized, cut and measured, and what is refused. */
async function images(debkd, { keep, fails, decoders, golden }) {
  const decoder = await debkd.openDecoder(decoders);
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const rasters = new Map();
  for (const { name, base64, sha256 } of golden.files) {
    if (sha256 === undefined) continue;
    const raster = decoder.decode(bytesOf(base64), name);
    rasters.set(name, raster);
    keep(`image ${name}`, raster.pixels);
  }
  const all = [...rasters.values()];
  for (const filter of debkd.RESAMPLE) {
    const pixels = golden.resized
      .filter(([name, , , own]) => own === filter && rasters.has(name))
      .flatMap(([name, width, height]) => [...debkd.resize(rasters.get(name), { width, height, filter }).pixels]);
    keep(`images resized, ${filter}`, Uint8Array.from(pixels));
  }
  keep('images, statistics', JSON.stringify(all.map((raster) => debkd.statisticsOf(raster))));
  const centres = all.flatMap((raster) => [...debkd.centreCrop(raster, { width: 9, height: 9 }).pixels]);
  keep('images, centres', Uint8Array.from(centres));
  for (const { name, base64 } of golden.odd) {
    const act = async () => decoder.decode(bytesOf(base64), name);
    await fails(`image: ${name}`, () => act().then(({ pixels }) => Promise.reject(new Error(debkd.sha256(pixels)))));
  }
}

/** Every kind of teacher, distillation, and the exports. */
async function teachers(debkd, files, { keep, given, table, parts, fitted }) {
  const kinds = JSON.parse(new TextDecoder().decode(files['tiny/expected.json']));
  const rows = debkd.denseMatrix(Float32Array.of(3, -1, 0, 0, 2, 5, -4, 7, 1, 1, 9, -9, 4, 4), 2);
  for (const [name, { positiveClass, refused }] of Object.entries(kinds)) {
    if (refused) continue;
    const externalData = new Map([['external.bin', files['tiny/external.bin']]]);
    const teacher = await debkd.loadTeacher(files[`tiny/${name}.onnx`], {
      externalData,
      ...(positiveClass && { positiveClass }),
    });
    keep(`teacher ${name}`, (await teacher.margins(rows)).margins);
    teacher[Symbol.dispose]();
  }
  for (const [name, preprocessing] of [
    ['given', given],
    ['fitted', fitted],
  ]) {
    const of = (picked) => debkd.encode(table, preprocessing, { rows: picked, teacher: given });
    const teacher = await debkd.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing: given });
    const seen = [];
    const options = { teacher, train: of(parts.train), validation: of(parts.validation), student: { hidden: [16, 5] } };
    const run = await debkd.distill({ ...options, epochs: 20, seed: 7, onProgress: ({ stage }) => seen.push(stage) });
    keep(`distill ${name}: margins`, run.soft.train.margins);
    keep(`distill ${name}: targets`, run.targets.margins);
    keep(`distill ${name}: student`, debkd.encodeStudent(run.student));
    keep(`distill ${name}: stages`, [...new Set(seen)].join());
    const small = debkd.quantize(run.student, 'int8', { data: of(parts.test), force: true });
    for (const [form, student] of Object.entries({ float32: run.student, int8: small })) {
      const exported = [
        ...[await debkd.toOnnx(student), await debkd.toSafetensors(student), await debkd.toJavaScript(student)],
        ...[
          await debkd.toWasm(student),
          await debkd.toEdge(student, 'cloudflare'),
          await debkd.toEdge(student, 'node'),
        ],
      ];
      for (const { target, files: made } of exported) {
        for (const { path, bytes } of made) keep(`distill ${name}: ${form} ${target} ${path}`, bytes);
      }
    }
    teacher[Symbol.dispose]();
  }
}

/** Errors with their codes and messages, and aborts. */
async function failures(debkd, { fails, files, data, targets, losses, table, given, bytes, withTeacher }) {
  const encode = (csv) => new TextEncoder().encode(csv);
  const loss = losses.debiased;
  await fails('empty table', () => debkd.readCsv(encode('')));
  await fails('not UTF-8', () => debkd.readCsv(Uint8Array.of(0xff, 0xfe, 0x41)));
  await fails('a cut row', () => debkd.readCsv(encode('a,b\n1,2\n3\n')));
  await fails('three classes', () => debkd.readCsv(encode('a,label\n1,0\n2,1\n3,2\n'), { target: 'label' }));
  await fails('no such target', () => debkd.readCsv(encode('a,label\n1,0\n'), { target: 'lable' }));
  await fails('split of another table', async () =>
    debkd.split(table, { by: await debkd.readSplit(encode('split\ntrain\n')) }),
  );
  await fails('a picture as student', async () => debkd.decodeStudent(Uint8Array.of(0x89, 0x50, 0x4e, 0x47)));
  await fails('a damaged student', async () => debkd.decodeStudent(bytes.map((b, i) => (i === 40 ? b ^ 1 : b))));
  await fails('a field that is missing', async () => debkd.decodeStudent(bytes).predictRecord({ radius: 1 }));
  await fails('preprocessing', async () => debkd.parsePreprocessing({ clip: 1, columns: [], encodedWidth: 0 }, 'p'));
  await fails('layer too wide', () => debkd.fit({ hidden: [1e6] }, data, targets, loss, { seed: 1 }));
  await fails('seed', () => debkd.fit({ hidden: [2] }, data, targets, loss, { seed: 0.5 }));
  await fails('strength', async () => debkd.infuse(targets, data, { form: 'mix', strength: 2 }));
  await fails('temperature', async () => debkd.distillation({ temperature: 0 }));
  await fails('one class', () => {
    const labels = data.labels.map(() => 1);
    return debkd.fitDebias(new Float64Array(data.rows), { ...data, labels }, { method: 'platt' });
  });
  await fails('unknown method', async () => debkd.parseMethod('fitnett'));
  await fails('aborted', () => {
    const signal = AbortSignal.abort(new Error('no more'));
    return debkd.fit({ hidden: [2] }, data, targets, loss, { seed: 1, signal });
  });
  await fails('aborted on the way', () => {
    const controller = new AbortController();
    const onProgress = ({ done }) => done === 2 && controller.abort(new Error('enough'));
    return debkd.fit({ hidden: [2] }, data, targets, loss, { seed: 1, signal: controller.signal, onProgress });
  });
  if (!withTeacher) return;
  await fails('wrong kernels', () => debkd.init({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }));
  await fails('a picture as teacher', () =>
    debkd.loadTeacher(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)),
  );
  await fails('a table as teacher', () => debkd.loadTeacher(files['wdbc/data.csv']));
  await fails('weights beside it', () => debkd.loadTeacher(files['tiny/external.onnx']));
  await fails('another width', async () => {
    const teacher = await debkd.loadTeacher(files['tiny/logit.onnx'], { preprocessing: given });
    teacher[Symbol.dispose]();
  });
}

function bytesOf(value) {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
