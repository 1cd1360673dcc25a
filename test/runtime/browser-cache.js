// Tests IndexedDB as a cache of soft labels in a page. Returns results that hosts.test.ts compares.

export async function useBrowserCache(debkd, files) {
  const preprocessing = debkd.parsePreprocessing(
    JSON.parse(new TextDecoder().decode(files['wdbc/preprocessing.json'])),
    'wdbc',
  );
  const table = await debkd.readCsv(files['wdbc/data.csv'], { target: 'label' });
  const data = debkd.encode(table, preprocessing);
  const teacher = await debkd.loadTeacher(files['wdbc-mlp-biased/teacher.onnx'], { preprocessing });
  const cache = debkd.openBrowserCache({ name: 'test' });
  const first = await debkd.softLabels(teacher, data, { cache });
  // another connection to the same database, as from another tab
  const second = await debkd.softLabels(teacher, data, { cache: debkd.openBrowserCache({ name: 'test' }) });
  const turned = debkd.selectRows(
    data,
    Uint32Array.from({ length: data.rows }, (_, i) => data.rows - 1 - i),
  );
  const shuffled = await debkd.softLabels(teacher, turned, { cache });
  teacher[Symbol.dispose]();

  const small = debkd.openBrowserCache({ name: 'small', maxBytes: 2500 });
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  for (const key of ['a', 'b']) {
    await small.put(key, new Uint8Array(1000).fill(key.charCodeAt(0)));
    await pause();
  }
  await small.get('a');
  await pause();
  await small.put('c', new Uint8Array(1000));
  await small.put('huge', new Uint8Array(2501));
  const kept = [];
  for (const key of ['a', 'b', 'c', 'huge']) if (await small.get(key)) kept.push(key);

  const writers = Array.from({ length: 4 }, () => debkd.openBrowserCache({ name: 'crowd' }));
  await Promise.all(
    writers.flatMap((writer, w) =>
      Array.from({ length: 10 }, (_, i) => writer.put(`k${i % 3}`, new Uint8Array(5000).fill(w + 1))),
    ),
  );
  const crowd = await Promise.all(['k0', 'k1', 'k2'].map((key) => writers[0].get(key)));

  // deleting the database while it is open removes the entries, and the cache still works
  const request = indexedDB.deleteDatabase('crowd');
  const deleted = await new Promise((resolve) => {
    request.onsuccess = () => resolve(true);
    request.onblocked = () => resolve(false);
  });
  const [writer] = writers;
  const forgotten = (await writer.get('k0')) === undefined;
  await writer.put('k0', new Uint8Array(7));
  const renewed = (await writer.get('k0'))?.length;

  // a browser that refuses storage
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = () => {
    throw new DOMException('refused', 'SecurityError');
  };
  const refused = debkd.openBrowserCache({ name: 'refused' });
  await refused.put('a', new Uint8Array(1));
  const nothing = await refused.get('a');
  IDBFactory.prototype.open = open;

  return {
    rows: data.rows,
    forgotten: [deleted, forgotten, renewed],
    refused: nothing === undefined,
    cached: [first.cached, second.cached, shuffled.cached],
    same: String(first.margins) === String(second.margins),
    aligned: shuffled.margins.every((v, i) => v === first.margins[data.rows - 1 - i]),
    kept,
    whole: crowd.every((bytes) => bytes.length === 5000 && bytes.every((b) => b === bytes[0])),
  };
}
