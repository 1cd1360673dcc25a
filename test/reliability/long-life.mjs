// Fits, opens teachers and distils many times in one process; its memory must not grow.
//   npm run long-life -- [--times 1000]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as debkd from '../library.mjs';

const { values } = parseArgs({ options: { times: { type: 'string', default: '1000' } } });
const times = Number(values.times);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const models = new URL('../../models/', import.meta.url);
const faults = [];
process.on('unhandledRejection', (error) => faults.push(`unhandled rejection: ${error}`));

const preprocessing = debkd.parsePreprocessing(
  JSON.parse(readFileSync(new URL('wdbc/preprocessing.json', models), 'utf8')),
  'wdbc',
);
const model = new Uint8Array(readFileSync(new URL('wdbc-mlp-biased/teacher.onnx', models)));
const table = await debkd.readCsv(new URL('wdbc/data.csv', models), { target: 'label' });
const { train, validation } = await debkd.encodeParts(table, debkd.split(table), preprocessing);
const first = await debkd.loadTeacher(model, { preprocessing });
const { margins } = await debkd.softLabels(first, train);
const loss = debkd.debiasedDistillation();
const student = { hidden: [8] };

const work = {
  fits: async (i) => {
    await debkd.fit(student, train, { margins }, loss, { seed: i, epochs: 2 });
  },
  'teacher sessions': async () => {
    const teacher = await debkd.loadTeacher(model, { preprocessing });
    await teacher.margins(validation.teacherInputs);
    teacher[Symbol.dispose]();
  },
  'distillations, every third aborted': async (i) => {
    const controller = new AbortController();
    let steps = 0;
    const onProgress = () => {
      if (i % 3 === 0 && ++steps > i % 40) controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    const options = {
      teacher: first,
      train,
      validation,
      student,
      epochs: 2,
      debias: 'platt',
      seed: i,
      signal,
      onProgress,
    };
    await debkd.distill(options).catch((error) => {
      if (error.message !== 'enough') throw error;
    });
  },
};

const settled = async () => {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return { rss, heap: heapUsed + arrayBuffers };
};
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
/** Tolerated growth: garbage collection does not always free everything. */
const LIMITS = { rss: 48 * 2 ** 20, heap: 4 * 2 ** 20 };

console.log(
  '| work | repetitions | memory after a tenth, MiB | at the end | JavaScript and buffers after a tenth | at the end |\n|---|---|---|---|---|---|',
);
for (const [name, act] of Object.entries(work)) {
  let before;
  for (let i = 0; i < times; i++) {
    await act(i);
    if (i + 1 === Math.ceil(times / 10)) before = await settled();
  }
  const after = await settled();
  console.log(
    `| ${name} | ${times} | ${mib(before.rss)} | ${mib(after.rss)} | ${mib(before.heap)} | ${mib(after.heap)} |`,
  );
  for (const [what, limit] of Object.entries(LIMITS))
    if (after[what] - before[what] > limit)
      faults.push(`${name}: ${what} grew by ${mib(after[what] - before[what])} MiB`);
}
first[Symbol.dispose]();
for (const fault of faults) console.log(fault);
console.log(`${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
