// The time of a whole `debkd distill`, from the CSV to the report, compared with a Python pipeline of the same work (pandas, scikit-learn,
// PyTorch: bench/pipeline.py in the folder of the data sets, where it is there). Each run is a process of its own with one thread, on one
// core. Both train six students with 16 hidden units; Python's train for 15 epochs, those of debkd until the validation loss settles.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { findShared } from '../../evidence/shared.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const PYTHON = '/usr/bin/python3';
const RIVAL = `${findShared(['bench/pipeline.py'])}/bench/pipeline.py`;
const DEBKD = path('../../../dist/cli/main.js');

/** Rows, numbers, categories, and how many times as long Python should take. */
const TABLES = {
  adult: { target: 4 },
  dense: { size: [50_000, 100, 0], target: 2 },
  mixed: { size: [200_000, 20, 10], target: 3 },
  wide: { size: [5000, 1500, 0], target: null },
};

/** @param names of TABLES @param say reports the processor time and the memory of each run */
export function pipelineCases(names, say) {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-pipeline-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return names.flatMap((name) => {
    const { size, target } = TABLES[name];
    const files = size ? made(folder, name, size) : adult(folder);
    if (!files) {
      say(`skipped: ${name} (its table is absent; npm run data fetches it)`);
      return [];
    }
    const { csv, onnx, json } = files;
    const args = [
      '--teacher',
      onnx,
      '--preprocessing',
      json,
      '--data',
      csv,
      '--target',
      'label',
      '--seed',
      '1',
      '--student',
      '16',
    ];
    const ours = [
      process.execPath,
      DEBKD,
      'distill',
      ...args,
      '--threads',
      '1',
      '--out',
      join(folder, 'out'),
      '--force',
    ];
    const theirs = [PYTHON, RIVAL, csv, '1', '1'];
    return [
      {
        name: `a whole distill, ${name}${size ? ` (${size.join(', ')})` : ''}`,
        once: true,
        most: 5,
        ours: async () => measured(ours, `${name}: debkd`, say),
        rivals: existsSync(RIVAL)
          ? [{ against: 'Python', target, run: async () => measured(theirs, `${name}: Python`, say) }]
          : [],
      },
    ];
  });
}

/** Makes a table and its teacher. */
function made(folder, name, size) {
  execFileSync(PYTHON, [path('../rivals/tables.py'), folder, name, ...size.map(String)], { stdio: 'ignore' });
  return { csv: join(folder, `${name}.csv`), onnx: join(folder, `${name}.onnx`), json: join(folder, `${name}.json`) };
}

function adult(folder) {
  const shared = findShared(['data/adult', 'teachers']);
  if (!shared) return undefined;
  const csv = join(folder, 'adult.csv');
  writeFileSync(csv, gunzipSync(readFileSync(`${shared}/data/adult/data.csv.gz`)));
  const teachers = `${shared}/teachers`;
  return { csv, onnx: `${teachers}/adult-mlp.onnx`, json: `${teachers}/adult.preprocessing.json` };
}

/** Runs a command on the first core, where the system can pin it. @returns milliseconds of processor time, which other work disturbs less */
function measured(command, label, say) {
  const pinned = existsSync('/usr/bin/taskset') ? ['/usr/bin/taskset', '-c', '0', ...command] : command;
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const out = execFileSync(PYTHON, [path('../rivals/measure.py'), ...pinned], { encoding: 'utf8', env });
  const { seconds, processor, megabytes } = JSON.parse(out);
  say(`  ${label}: ${seconds.toFixed(1)} s, processor ${processor.toFixed(1)} s, ${Math.round(megabytes)} MB`);
  return 1000 * processor;
}
