// The rival of TensorFlow.js on its wasm backend: a custom loop, which is faster than its layers API.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export async function tfjsTrainer(features, hidden, rate = 2e-3) {
  const require = createRequire(import.meta.url);
  const info = console.info;
  console.info = () => {};
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  wasm.setWasmPaths(join(folder, 'wasm-out/'));
  await tf.setBackend('wasm');
  await tf.ready();
  console.info = info;
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
