// The time that readTable takes for a CSV (columns of distinct texts, and a SHA-256 of each row), compared with Papa Parse alone (a list of
// strings for each row).
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { findShared } from '../../evidence/shared.mjs';
import { readTable } from '../../library.mjs';
import { randomOf } from '../data.mjs';

const ADULT = `${findShared(['data/adult'])}/data/adult/data.csv.gz`;
const ROWS = 50000;
const COLUMNS = 100;

/** Numbers such as 0.1234, 3.2e-5, 128 and -0.123456. */
function numbers() {
  const random = randomOf(12345);
  const kinds = [
    () => random().toFixed(4),
    () => ((random() - 0.5) * 10 ** Math.floor(random() * 12 - 8)).toExponential(1 + Math.floor(random() * 4)),
    () => String(Math.floor(random() * 1000)),
    () => (random() * 2 - 1).toFixed(6),
  ];
  const lines = [Array.from({ length: COLUMNS }, (_, j) => `x${j}`).join(',')];
  for (let i = 0; i < ROWS; i++) lines.push(Array.from({ length: COLUMNS }, (_, j) => kinds[j % 4]()).join(','));
  return new TextEncoder().encode(`${lines.join('\n')}\n`);
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export function readingCases() {
  const files = [[`reading ${ROWS} rows x ${COLUMNS} numbers as CSV`, numbers()]];
  if (existsSync(ADULT)) files.push(['reading adult as CSV', new Uint8Array(gunzipSync(readFileSync(ADULT)))]);
  return files.map(([name, bytes]) => ({
    name: `${name} (${(bytes.length / 1e6).toFixed(1)} MB)`,
    ours: () => timed(() => readTable(new Blob([bytes]))),
    rivals: [
      {
        against: 'Papa Parse alone',
        target: null,
        run: () => timed(() => Papa.parse(new TextDecoder().decode(bytes), { delimiter: ',', newline: '\n' })),
      },
    ],
  }));
}
