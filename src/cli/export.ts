// debkd export: writes a student for other runtimes and platforms, one folder per target.
import { join } from 'node:path';
import { exportTo } from '../deploy/export.ts';
import type { Exported } from '../deploy/exported.ts';
import { quantize } from '../deploy/quantize.ts';
import { recordsOf } from '../deploy/table-records.ts';
import { PLATFORMS, TARGETS, type Target } from '../deploy/targets.ts';
import { DebkdError, nearest, quote } from '../io/errors.ts';
import { list, text, type Values } from '../settings/values.ts';
import type { QuantizationLoss } from '../student/quantization.ts';
import type { QuantizedForm } from '../student/quantized-forms.ts';
import type { RawRecord } from '../student/record.ts';
import { groupInput } from '../student/record-inputs.ts';
import type { Student } from '../student/student.ts';
import { addManifest, checkExported } from './export-manifest.ts';
import { note, noteIgnored, onProgress, print } from './messages.ts';
import { writeFolder } from './output-folder.ts';
import { studentStatistics } from './statistics-input.ts';
import { openStudent, readLabelled } from './student-input.ts';

export async function exportCommand(values: Values): Promise<void> {
  const targets = targetsOf(values);
  const out = text(values, 'out') as string;
  const ofProjects = ['name', 'cors', 'statistics'].filter(
    (name) => values[name] !== undefined && !targets.some(isPlatform),
  );
  noteIgnored(ofProjects, 'no target is a project');
  if (values['force'] && values['quantize'] === undefined) noteIgnored(['force'], '--quantize is not given');
  const statistics = values['statistics'] ? await studentStatistics(values) : undefined;
  const { student, records } = await quantizeStudent(await openStudent(values), values);
  const exports: Exported[] = [];
  for (const [i, target] of targets.entries()) {
    await checkExported(join(out, target));
    onProgress({ stage: 'export', done: i, total: targets.length });
    const options = { name: text(values, 'name'), allowedOrigins: list(values, 'cors'), records, statistics };
    exports.push(await exportTo(target, student, options));
  }
  for (const { target, files } of exports) {
    await writeFolder(join(out, target), addManifest(files.map(({ path, bytes }) => ({ path, content: bytes }))));
  }
  const notes = exports.flatMap(({ target, notes: all = [] }) => all.map((text) => `${target}: ${text}`));
  for (const text of notes) note(`note: ${text}`);
  const { quantization } = student;
  const files = exports.flatMap(({ target, files: all }) => all.map(({ path }) => `${target}/${path}`));
  if (values['json']) {
    const largestDifference = Object.fromEntries(
      exports.map((exported) => [exported.target, exported.largestDifference]),
    );
    const loss = quantization && { quantization: { form: quantization.form, ...quantization.loss } };
    return print(
      `${JSON.stringify({ schema: 'debkd/export@1', files, largestDifference, ...loss, ...(notes.length > 0 && { notes }) }, null, 2)}\n`,
    );
  }
  const lines = exports.map((exported) => {
    const paths = exported.files.map(({ path }) => path);
    const shown = paths.length > 4 ? `${paths.length} files` : paths.join(', ');
    const near = exported.largestDifference === 0 ? '' : `within ${exported.largestDifference.toExponential(1)} of `;
    return `${join(out, exported.target)}: ${shown} (its answers are ${near}the${quantization ? ' quantised' : ''} student's)`;
  });
  if (quantization) lines.push(describeLoss(quantization.form, quantization.loss));
  await print(`${lines.join('\n')}\n`);
}

/** Other names that people use for targets, for suggestions. */
const TARGET_ALIASES: Readonly<Record<string, Target>> = {
  javascript: 'js',
  webassembly: 'wasm',
  workers: 'cloudflare',
};

const isPlatform = (target: Target): boolean => PLATFORMS.some((name) => name === target);

/** The targets of --to, each once. @throws DebkdError `usage` */
function targetsOf(values: Values): Target[] {
  const wanted = list(values, 'to');
  if (wanted.length === 1 && wanted[0] === 'all') return [...TARGETS];
  const unknown = wanted.find((name) => !TARGETS.includes(name as Target));
  if (unknown === undefined && wanted.length > 0) return [...new Set(wanted as Target[])];
  const problem = { subject: 'option --to', expected: `all, or some of ${TARGETS.join(', ')}` };
  if (unknown === undefined) throw new DebkdError('usage', { ...problem, seen: 'empty' });
  const near = TARGET_ALIASES[unknown] ?? nearest(unknown, TARGETS) ?? TARGETS.find((name) => name.includes(unknown));
  throw new DebkdError('usage', { ...problem, seen: quote(unknown), remedy: near && `did you mean ${near}?` });
}

/** The student, quantised by --quantize and measured on --data, and records of that data to run the exports on. */
async function quantizeStudent(
  student: Student,
  values: Values,
): Promise<{ student: Student; records: readonly RawRecord[] | undefined }> {
  const form = text(values, 'quantize') as QuantizedForm | undefined;
  const force = values['force'] === true;
  if (text(values, 'data') === undefined) {
    if (form === undefined) return { student, records: undefined };
    note('note: without --data, AUC and log-loss are not measured, and labels are compared on synthetic records');
    return { student: quantize(student, form, { force }), records: undefined };
  }
  const { table, rows, data } = await readLabelled(values, student);
  const records = recordsOf(table, rows, student.preprocessing, groupInput(student));
  return { student: form === undefined ? student : quantize(student, form, { force, data }), records };
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
