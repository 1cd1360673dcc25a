// The table of commands: the parser, --help and --config use it.
import { compareSpec } from './command-specs/compare.ts';
import { demoSpec } from './command-specs/demo.ts';
import { distillSpec } from './command-specs/distill.ts';
import { evaluateSpec } from './command-specs/evaluate.ts';
import { exportSpec } from './command-specs/export.ts';
import { inspectSpec } from './command-specs/inspect.ts';
import { labelSpec } from './command-specs/label.ts';
import { monitorSpec } from './command-specs/monitor.ts';
import { nextSpec } from './command-specs/next.ts';
import { predictSpec } from './command-specs/predict.ts';
import { reportSpec } from './command-specs/report.ts';
import { serveSpec } from './command-specs/serve.ts';
import { workerSpec } from './command-specs/worker.ts';
import type { CommandSpec } from './option-spec.ts';

export const COMMANDS: Readonly<Record<string, CommandSpec>> = {
  inspect: inspectSpec,
  label: labelSpec,
  distill: distillSpec,
  compare: compareSpec,
  evaluate: evaluateSpec,
  next: nextSpec,
  predict: predictSpec,
  monitor: monitorSpec,
  export: exportSpec,
  report: reportSpec,
  worker: workerSpec,
  serve: serveSpec,
  demo: demoSpec,
};
