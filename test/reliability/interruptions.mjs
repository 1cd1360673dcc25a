// Checks that runs killed at random times resume to the same bytes, and measures how fast Ctrl-C ends a run.
//   npm run interruptions -- [--times 100 --case 'distill adult' --case 'compare adult']
import { parseArgs } from 'node:util';
import { CASES, hasShared, interrupt, stop } from './interrupt.mjs';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '100' }, case: { type: 'string', multiple: true } },
});
const names = values.case ?? (hasShared ? ['distill adult', 'compare adult'] : ['distill', 'compare']);
const times = Number(values.times);
console.log(
  '| run | seconds | killed | resumed from a checkpoint | total work | different bytes | Ctrl-C: exit codes | longest ms |\n|---|---|---|---|---|---|---|---|',
);
for (const name of names) {
  const onDone = (done) => process.stderr.write(`\r${name}: ${done} of ${times} `);
  const { milliseconds, faults, work, resumed } = await interrupt(CASES[name], { times, onDone });
  process.stderr.write('\r');
  const { codes, longest } = await stop(CASES[name], { times: Math.ceil(times / 5), milliseconds });
  const how = [...codes].map(([code, count]) => `${code} (${count})`).join(', ');
  console.log(
    `| ${name} | ${(milliseconds / 1000).toFixed(1)} | ${times} | ${resumed} | ${work.toFixed(2)} x | ${faults.length} | ${how} | ${longest.toFixed(0)} |`,
  );
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exitCode = 1;
}
