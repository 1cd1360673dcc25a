/** The files that a demo on simulated rows writes in addition to those of distill. */
export const DEMO_FILES = ['rows.csv', 'test.csv', 'hard-labels.debkd', 'plain-kd.debkd'] as const;
