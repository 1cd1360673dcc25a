// TensorFlow.js in one thread: its layers API and a hand-written loop, which is faster, on the wasm backend; the loop also on the
// JavaScript backend.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The trainers. Each takes the shape of a network and returns a function that runs an epoch. */
export async function openTfjs(rate = 2e-3) {
  const require = createRequire(import.meta.url);
  const info = console.info;
  console.info = () => {};
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(join(folder, 'wasm-out/'));
  await tf.setBackend('wasm');
  await tf.ready();
  console.info = info;
  // a tensor belongs to the backend that created it, so each trainer selects its backend first
  const on = (backend, make) => async (features, hidden) => {
    await tf.setBackend(backend);
    const epoch = make(tf, features, hidden, rate);
    return async (...rows) => {
      await tf.setBackend(backend);
      return epoch(...rows);
    };
  };
  return { loop: on('wasm', loopTrainer), layers: on('wasm', layersTrainer), cpu: on('cpu', loopTrainer) };
}

function layersTrainer(tf, features, hidden, rate) {
  const model = tf.sequential();
  hidden.forEach((units, l) => {
    model.add(tf.layers.dense({ units, activation: 'relu', ...(l === 0 && { inputShape: [features] }) }));
  });
  model.add(tf.layers.dense({ units: 1, ...(hidden.length === 0 && { inputShape: [features] }) }));
  model.compile({ optimizer: tf.train.adam(rate), loss: (y, z) => tf.losses.sigmoidCrossEntropy(y, z) });
  return async function epoch(x, targets, rows, batch) {
    const input = tf.tensor2d(x, [rows, features]);
    const y = tf.tensor2d(targets.subarray(0, rows), [rows, 1]);
    await model.fit(input, y, { epochs: 1, batchSize: batch, verbose: 0, yieldEvery: 'never' });
    input.dispose();
    y.dispose();
  };
}

function loopTrainer(tf, features, hidden, rate) {
  const widths = [features, ...hidden, 1];
  const weights = widths
    .slice(1)
    .map((outputs, l) => [
      tf.variable(tf.randomUniform([widths[l], outputs], -Math.sqrt(6 / widths[l]), Math.sqrt(6 / widths[l]))),
      tf.variable(tf.zeros([outputs])),
    ]);
  const optimizer = tf.train.adam(rate);
  const forward = (x) =>
    weights.reduce((h, [w, b], l) => {
      const z = h.matMul(w).add(b);
      return l < weights.length - 1 ? z.relu() : z;
    }, x);
  return function epoch(x, targets, rows, batch) {
    for (let from = 0; from < rows; from += batch) {
      const n = Math.min(batch, rows - from);
      tf.tidy(() => {
        const input = tf.tensor2d(x.subarray(from * features, (from + n) * features), [n, features]);
        const y = tf.tensor2d(targets.subarray(from, from + n), [n, 1]);
        optimizer.minimize(() => tf.losses.sigmoidCrossEntropy(y, forward(input)));
      });
    }
    return weights[0][0].dataSync()[0];
  };
}
