// The main job on WDBC as one host-agnostic function: files in, hashes out. It must give the same on every host.

/**
 * @param debkd the built library
 * @param files bytes by path inside models/
 */
export async function distil(debkd, files) {
  const preprocessing = debkd.parsePreprocessing(
    JSON.parse(new TextDecoder().decode(files['wdbc/preprocessing.json'])),
    'wdbc',
  );
  const table = await debkd.readCsv(files['wdbc/data.csv'], { target: 'label' });
  const parts = debkd.split(table, { by: await debkd.readSplit(files['wdbc/split.csv']) });
  const own = debkd.fitPreprocessing(table, { rows: parts.train });
  const hashes = {};
  const hash = async (name, values) => {
    hashes[name] = hex(values);
  };
  for (const [name, encoding] of [
    ['given', preprocessing],
    ['fitted', own],
  ]) {
    const of = (rows) => debkd.encode(table, encoding, { rows, teacher: preprocessing });
    const [train, validation, test] = [of(parts.train), of(parts.validation), of(parts.test)];
    const teacher = await debkd.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing });
    for (const [debias, student] of [
      ['auto', { hidden: [16, 5] }],
      ['residual', { hidden: [7, 7], activation: 'gelu', residual: true }],
      ['isotonic', { hidden: [9], activation: 'tanh' }],
      ['trees', { hidden: [5] }],
    ]) {
      const run = await debkd.distill({
        teacher,
        train,
        validation,
        student,
        dropout: debias === 'auto' ? 0 : 0.1,
        debias,
        epochs: 20,
        seed: 7,
      });
      const key = `${name} ${debias}`;
      await hash(`${key}: margins`, run.soft.train.margins);
      await hash(`${key}: targets`, run.targets.margins);
      await hash(`${key}: student`, debkd.encodeStudent(run.student));
      const result = await debkd.evaluate(run.student.predictProba(test), test.labels, {
        threshold: run.student.threshold,
      });
      await hash(`${key}: metrics`, new TextEncoder().encode(JSON.stringify(result)));
      if (debias === 'auto') {
        for (const exported of [await debkd.toOnnx(run.student), await debkd.toJavaScript(run.student)]) {
          await hash(`${key}: ${exported.target}`, exported.files[0].bytes);
        }
      }
    }
    teacher[Symbol.dispose]();
  }
  return hashes;
}

/** FNV-1a over bytes with 53-bit arithmetic split in two: enough to compare hosts, and no library of theirs. */
function hex(values) {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193) >>> 0;
    b = (Math.imul(b ^ byte, 0x85ebca6b) + a) >>> 0;
  }
  return a.toString(16).padStart(8, '0') + b.toString(16).padStart(8, '0');
}
