// How the time of `distill` grows with rows, columns and labels. One of them varies at a time; the exponent is the slope of log time over
// log size by least squares.
import { distill, givenSoftLabels, selectRows } from '../../library.mjs';
import { denseRows } from '../data.mjs';

const USUAL = { rows: 16_000, columns: 32, labels: 16_000 };
const SIZES = {
  rows: [8000, 16_000, 32_000, 64_000],
  columns: [16, 32, 64, 128, 256],
  labels: [1000, 2000, 4000, 8000, 16_000],
};

/** Prints a line for each size, and the exponents. @returns the exponents by name */
export async function sweep(say) {
  const exponents = {};
  for (const [name, sizes] of Object.entries(SIZES)) {
    const points = [];
    for (const size of sizes) {
      const seconds = await timeOf({ ...USUAL, [name]: size });
      say(`${name} ${size}: ${seconds.toFixed(2)} s`);
      points.push([Math.log(size), Math.log(seconds)]);
    }
    exponents[name] = slope(points);
    say(`time grows with ${name} to the power of ${exponents[name].toFixed(2)}`);
  }
  return exponents;
}

/** Processor seconds of a whole distillation in one thread; four fifths of the rows train, the rest selects. Rows without labels have a soft label. */
async function timeOf({ rows, columns, labels: count }) {
  const { dataset, margins } = denseRows(rows, columns);
  const every = rows / Math.min(rows, count);
  let next = 0;
  const labels = dataset.labels.map((y, i) => {
    if (i < next) return -1;
    next += every;
    return y;
  });
  const rowNumbers = Uint32Array.from(labels, (_, i) => i);
  const data = { ...dataset, labels, rowNumbers, tableRows: rows };
  const part = (wanted) =>
    selectRows(
      data,
      rowNumbers.filter((i) => (i % 5 === 4) === wanted),
    );
  const teacher = givenSoftLabels(margins, { convention: 'logit' });
  const started = process.cpuUsage();
  await distill({
    teacher,
    train: part(false),
    validation: part(true),
    student: { hidden: [16] },
    seed: 1,
    epochs: 15,
  });
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

function slope(points) {
  const mean = (k) => points.reduce((sum, point) => sum + point[k], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const products = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return products / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
