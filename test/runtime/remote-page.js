// Distils 50,000 rows by debkd/worker in a page, and measures how long the page is blocked.
import * as debkd from 'debkd';
import { denseMatrix, rocAuc } from 'debkd/internals';
import { openWorker } from 'debkd/worker';

const ROWS = 50000;

/** A numeric dataset, in the form that encode returns. */
function makeDataset(rows, columns, seed) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const values = Float32Array.from({ length: rows * columns }, () => random() - 0.5);
  const features = denseMatrix(values, columns);
  const column = (j) => ({ name: `x${j}`, kind: 'numeric', transform: 'none', mean: 0, std: 1, offset: j, width: 1 });
  return {
    ...{ rows, features, teacherInputs: features, folds: Uint8Array.from({ length: rows }, (_, i) => i % 5) },
    preprocessing: { clip: 10, columns: Array.from({ length: columns }, (_, j) => column(j)), encodedWidth: columns },
    labels: Int8Array.from({ length: rows }, (_, i) => (values[i * columns] + 0.5 * random() > 0.25 ? 1 : 0)),
  };
}

/**
 * Returns a function that stops the measurement and returns the longest time between two turns of the page's event loop, in ms. The
 * delay of a timer is the smallest time that it can measure.
 */
function watchBlocks() {
  let last = performance.now();
  let longest = 0;
  const { port1, port2 } = new MessageChannel();
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    setTimeout(() => port2.postMessage(0), 0);
  };
  port1.onmessage = turn;
  turn();
  return () => {
    port1.close();
    return longest;
  };
}

export async function distilRemotely(files) {
  const [train, validation, wide] = [makeDataset(ROWS, 2, 1), makeDataset(5000, 2, 2), makeDataset(ROWS, 100, 3)];
  const remote = await openWorker({ worker: new Worker('/thread.js', { type: 'module' }) });
  const teacher = await remote.loadTeacher(files['tiny/logit.onnx']);
  const longest = watchBlocks();
  const stages = new Set();
  const onProgress = ({ stage }) => stages.add(stage);
  const { student } = await remote.distill({
    teacher,
    train,
    validation,
    student: { hidden: [32, 16] },
    seed: 1,
    onProgress,
  });
  const targets = { margins: new Float64Array(ROWS) };
  await remote.fit({ hidden: [16] }, wide, targets, debkd.debiasedDistillation(), { seed: 1, epochs: 1 });
  const block = longest();
  const auc = rocAuc(student.predictProba(validation), validation.labels);
  teacher[Symbol.dispose]();
  remote[Symbol.dispose]();
  return { hashes: {}, errors: {}, block, auc, stages: [...stages] };
}
