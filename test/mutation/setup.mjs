// Runs before each test file that judges mutants, after the set-up of Stryker.
import { beforeAll, beforeEach } from 'vitest';

/** Tests that take long and reach most of src/labels or src/student: each mutant that lives there would pay for all of them. */
const SLOW = [
  /^auto never raises the cross-fitted log-loss/,
  /^swapping classes mirrors every map/,
  /^margins of (10000|1e-300|\+-1e4)/,
  /^isotonic is monotone/,
  /^(none|temperature|prior) for /,
  /^stack: (shape, order and finite|classes swapped|the order of rows)/,
  /^trees: (shape, order and finite|the order of rows)/,
  / is left out when it is told to be/,
  /^{"hidden":\[8\],"activation":"tanh"} with dropout/,
  /^shuffle of 200000 rows/,
];

// after a failure, the files that are left need not be loaded
if (globalThis.mutantIsKilled) throw new Error('an earlier file has failed');

beforeAll(() => {
  // files share a thread: what one has reached is not handed in again by the next
  const reached = globalThis.__stryker__?.mutantCoverage;
  if (reached) reached.perTest = {};
});

beforeEach(({ task, skip, onTestFailed }) => {
  onTestFailed(() => {
    globalThis.mutantIsKilled = true;
  });
  if (process.env.DEBKD_MUTATION !== 'slow' && SLOW.some((name) => name.test(task.name))) skip();
});
