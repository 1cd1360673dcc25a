// Vitest's set-up file for mutation testing. It runs before each test file, after Stryker's own set-up.
import { beforeAll, beforeEach } from 'vitest';

/** Slow tests that cover most of src/labels or src/student, so nearly every mutant there would run all of them. */
const SLOW = [
  /^auto never raises the cross-fitted log-loss/,
  /^swapping classes mirrors every map/,
  /^margins of (10000|1e-300|\+-1e4)/,
  /^isotonic is monotone/,
  /^(none|temperature|prior) for /,
  /^stack: (shape, order and finite|classes swapped|the order of rows)/,
  /^trees: (shape, order and finite|the order of rows)/,
  /^an ablation leaves out /,
  /^{"hidden":\[8\],"activation":"tanh"} with dropout/,
  /^shuffle of 200000 rows/,
];

// after a failure, skip the remaining files
if (globalThis.mutantIsKilled) throw new Error('an earlier file has failed');

beforeAll(() => {
  // test files share a thread: clear the coverage of the file before
  const reached = globalThis.__stryker__?.mutantCoverage;
  if (reached) reached.perTest = {};
});

beforeEach(({ task, skip, onTestFailed }) => {
  onTestFailed(() => {
    globalThis.mutantIsKilled = true;
  });
  if (process.env.DEBKD_MUTATION !== 'slow' && SLOW.some((name) => name.test(task.name))) skip();
});
