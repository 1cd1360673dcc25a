// The tests that judge mutants: quick ones of what is mutated, the quickest first, for the first to fail ends a mutant's run.
// They share a thread, which takes a third of the time that a thread for each file would.
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Files that take over a second, in the order of what they take; all others come before them. */
const SLOW = [
  'student/architecture',
  'loss/custom-loss',
  'teacher/kinds',
  'teacher/features',
  'compare/compare',
  'distill',
  'report/report',
  'labels/stack',
  'labels/trees',
  'properties/labels',
  'teacher/shared-teachers',
  'labels/residual',
  'labels/label-debiasing',
  'properties/tables',
  'labels/simulated',
].map((name) => `/test/${name}.test.ts`);
const place = ({ moduleId }) => SLOW.findIndex((name) => moduleId.endsWith(name));

class QuickestFirst extends BaseSequencer {
  async sort(files) {
    return [...files].sort((a, b) => place(a) - place(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** Counts of what was reached are asked for before there are mutants, and take more than half of the time of hot loops. */
const countsOnce = {
  name: 'counts once',
  enforce: 'pre',
  transform: (code) =>
    code.includes('function stryCov_')
      ? code.replace('function cover() {', 'function cover() { if (ns.activeMutant !== void 0) return;')
      : undefined,
};

const all = process.env.DEBKD_MUTATION === 'slow';

export default defineConfig({
  plugins: [countsOnce],
  test: {
    include: [
      'test/{labels,loss,student,metrics,teacher,properties,kernels,compare,report}/*.test.ts',
      'test/deploy/quantize.test.ts',
      'test/distill.test.ts',
    ],
    exclude: [
      // these ask for much memory, or for a thread of their own to measure it in
      ...['test/teacher/memory.test.ts', 'test/kernels/limits.test.ts'],
      // these replace modules, which takes a thread for each file
      ...['labels/cross-fit', 'student/fit-logistic', 'student/resident-kept'].map((name) => `test/${name}.test.ts`),
      // these run the command line or threads over dist/, where nothing is mutated
      ...['test/teacher/pipeline.test.ts', 'test/teacher/label-cache.test.ts'],
      // these pass through everything, for seconds, and judge little of it
      ...(all
        ? []
        : ['labels/simulated', 'properties/tables', 'compare/compare', 'report/report'].map(
            (name) => `test/${name}.test.ts`,
          )),
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    isolate: false,
    setupFiles: ['test/mutation/setup.mjs'],
    sequence: { sequencer: QuickestFirst },
  },
});
