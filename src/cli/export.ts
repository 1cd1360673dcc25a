// debkd export: a student for other runtimes and platforms, one folder a target.
import { join } from 'node:path';
import { exportTo } from '../deploy/export.ts';
import type { Exported } from '../deploy/exported.ts';
import { quantize } from '../deploy/quantize.ts';
import { PLATFORMS, TARGETS, type Target } from '../deploy/targets.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import type { QuantizationLoss, QuantizedForm } from '../student/quantization.ts';
import type { Student } from '../student/student.ts';
import { checkExported, withManifest, writeFolder } from './folder.ts';
import { openStudent, readLabelled } from './inputs.ts';
import { note, onProgress, print } from './messages.ts';
import { list, text, type Values } from './values.ts';

export async function exportCommand(values: Values): Promise<void> {
  const targets = targetsOf(values);
  const out = text(values, 'out') as string;
  const idle = ['name', 'cors'].filter((name) => values[name] !== undefined && !targets.some(isPlatform));
  for (const name of idle) note(`note: --${name} is of projects, and none is made; it is ignored`);
  if (values['force'] && values['quantize'] === undefined)
    note('note: --force is of --quantize, which is not given; it is ignored');
  const student = await quantized(await openStudent(values), values);
  const made: Exported[] = [];
  for (const [i, target] of targets.entries()) {
    await checkExported(join(out, target));
    onProgress({ stage: 'export', done: i, total: targets.length });
    made.push(await exportTo(target, student, { name: text(values, 'name'), allowedOrigins: list(values, 'cors') }));
  }
  for (const { target, files } of made) {
    await writeFolder(join(out, target), withManifest(files.map(({ path, bytes }) => ({ path, content: bytes }))));
  }
  const { quantization } = student;
  const files = made.flatMap(({ target, files: all }) => all.map(({ path }) => `${target}/${path}`));
  if (values['json']) {
    const largestDifference = Object.fromEntries(made.map((exported) => [exported.target, exported.largestDifference]));
    const loss = quantization && { quantization: { form: quantization.form, ...quantization.loss } };
    return print(`${JSON.stringify({ schema: 'debkd/export@1', files, largestDifference, ...loss }, null, 2)}\n`);
  }
  const lines = made.map((exported) => {
    const paths = exported.files.map(({ path }) => path);
    const shown = paths.length > 4 ? `${paths.length} files` : paths.join(', ');
    const near = exported.largestDifference === 0 ? '' : `within ${exported.largestDifference.toExponential(1)} of `;
    return `${join(out, exported.target)}: ${shown} (its answers are ${near}the${quantization ? ' quantised' : ''} student's)`;
  });
  if (quantization) lines.push(describeLoss(quantization.form, quantization.loss));
  await print(`${lines.join('\n')}\n`);
}

/** What targets are called elsewhere. */
const ALSO: Readonly<Record<string, Target>> = { javascript: 'js', webassembly: 'wasm', workers: 'cloudflare' };

const isPlatform = (target: Target): boolean => PLATFORMS.some((name) => name === target);

/** @throws DebkdError `usage` */
function targetsOf(values: Values): Target[] {
  const wanted = list(values, 'to');
  if (wanted.length === 1 && wanted[0] === 'all') return [...TARGETS];
  const odd = wanted.find((name) => !TARGETS.includes(name as Target));
  if (odd === undefined && wanted.length > 0) return [...new Set(wanted as Target[])];
  if (odd === undefined)
    throw new DebkdError('usage', `option --to: empty, expected all, or some of ${TARGETS.join(', ')}`);
  const near = ALSO[odd] ?? nearest(odd, TARGETS) ?? TARGETS.find((name) => name.includes(odd));
  throw new DebkdError(
    'usage',
    `option --to: ${quote(odd)}, expected all, or some of ${TARGETS.join(', ')}${near ? `; did you mean ${near}?` : ''}`,
  );
}

/** The student as --quantize says, measured on --data. */
async function quantized(student: Student, values: Values): Promise<Student> {
  const form = text(values, 'quantize') as QuantizedForm | undefined;
  const data = text(values, 'data');
  if (form === undefined) {
    if (data !== undefined) note('note: --data is read to measure --quantize, which is not given; it is ignored');
    return student;
  }
  const force = values['force'] === true;
  if (data === undefined) {
    note('note: without --data, AUC and log-loss are not measured, and labels are compared on synthetic records');
    return quantize(student, form, { force });
  }
  return quantize(student, form, { force, data: (await readLabelled(values, student)).data });
}

function describeLoss(form: QuantizedForm, loss: QuantizationLoss): string {
  const { rows, of, agreement, largestDifference, auc, logLoss } = loss;
  const parts = [
    ...(auc && logLoss
      ? [
          `AUC ${auc[0].toFixed(4)} -> ${auc[1].toFixed(4)}`,
          `log-loss ${logLoss[0].toFixed(4)} -> ${logLoss[1].toFixed(4)}`,
        ]
      : []),
    `${(100 * agreement).toFixed(2)} % of the labels agree`,
    `probabilities differ by at most ${largestDifference.toFixed(4)}`,
  ];
  return `${form} against float32, ${rows} ${of === 'data' ? 'rows' : of}: ${parts.join(', ')}`;
}
