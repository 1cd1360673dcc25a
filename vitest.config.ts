import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Tests of what happens in real time (browsers, other machines, interruptions), and those that occupy all cores themselves: one file at a
 * time, after the others.
 */
const ALONE = [
  'test/app/**/*.test.ts',
  'test/cluster/**/*.test.ts',
  'test/reliability/**/*.test.ts',
  'test/runtime/**/*.test.ts',
  'test/threads/**/*.test.ts',
  'test/cli/{demo,interruptions,places,progress}.test.ts',
  'test/teacher/{memory,text-tokens,threads}.test.ts',
];
const EXCLUDE = ['**/node_modules/**'];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'parallel',
          include: ['test/**/*.test.ts'],
          exclude: [...EXCLUDE, ...ALONE],
          // two on two cores: many tests wait for the programs that they start
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, exclude: EXCLUDE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
