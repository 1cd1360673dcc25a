// The tests for mutation testing, fastest file first, because the first failure ends a mutant's run. All files share one thread, which
// takes a third of the time of one thread per file.
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** Files that take over a second, fastest first; all other files run before them. */
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
const rank = ({ moduleId }) => SLOW.findIndex((name) => moduleId.endsWith(name));

class FastestFirst extends BaseSequencer {
  async sort(files) {
    return [...files].sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** Counts coverage only in the dry run, before a mutant is active: the counting takes more than half of the time of hot loops. */
const coverageOnlyInDryRun = {
  name: 'coverage only in the dry run',
  enforce: 'pre',
  transform: (code) =>
    code.includes('function stryCov_')
      ? code.replace('function cover() {', 'function cover() { if (ns.activeMutant !== void 0) return;')
      : undefined,
};

const all = process.env.DEBKD_MUTATION === 'slow';

export default defineConfig({
  plugins: [coverageOnlyInDryRun],
  test: {
    include: [
      'test/{labels,loss,student,metrics,teacher,properties,kernels,compare,report}/*.test.ts',
      'test/deploy/quantize.test.ts',
      'test/distill.test.ts',
    ],
    exclude: [
      // these need much memory, or measure it and need their own thread
      'test/teacher/memory.test.ts',
      'test/kernels/limits.test.ts',
      // these mock modules, which needs one thread per file
      ...['labels/cross-fit', 'student/fit-logistic', 'student/resident-kept'].map((name) => `test/${name}.test.ts`),
      // these run the command line or threads from dist/, which has no mutants
      'test/teacher/pipeline.test.ts',
      'test/teacher/label-cache.test.ts',
      // these take seconds, cover nearly everything and check little of it
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
    sequence: { sequencer: FastestFirst },
  },
});
