// Exports a student as a project for a platform: service, configuration, tests, README.
import { DebkdError, quote } from '../../io/errors.ts';
import { recordInputs } from '../../student/record-inputs.ts';
import type { Student } from '../../student/student.ts';
import { moduleDeclarations } from '../declarations.ts';
import { decoderBytesModule, decoderModules, decoderText } from '../decoder-files.ts';
import type { Exported, ExportedFile } from '../exported.ts';
import { checkModule, checkPredictions } from '../javascript.ts';
import { hasImage, type ParityOptions, parityRecords } from '../parity.ts';
import { loadShipped } from '../shipped.ts';
import { importText, jsonLiteral, moduleText, moduleUrl } from '../shipped-module.ts';
import type { Platform } from '../targets.ts';
import { asksOthers, configText, defaultConfig } from './config.ts';
import { type CountedBins, countingFiles, withCounts } from './counted.ts';
import { withDeferral } from './defer-edits.ts';
import { withGroups } from './group-edits.ts';
import { withImages } from './image-edits.ts';
import { PLATFORM_FILES, shippedFile, type TextFile } from './platform-files.ts';
import { readmeOf } from './readme.ts';
import { jsonRecord, sampleRecord, TYPICAL_PNG } from './sample.ts';

/** Options of toEdge. */
export interface EdgeOptions extends ParityOptions {
  /** Name of the project: lower-case letters, digits and hyphens. Default `debkd-student`. */
  readonly name?: string | undefined;
  /** Origins whose pages may call the service from a browser (CORS); `*` allows all. Default none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** The content of statistics.json: the service counts its answers in these bins, and GET /statistics returns the counts. Default: it does not count. */
  readonly statistics?: CountedBins | undefined;
}

/**
 * Exports the student as a service with `POST /predict` (a record or a list of records), `GET /` and `GET /health`. The
 * service runs on synthetic records first, and its predictions must be the student's. The files contain no timestamp,
 * no path and no row of data.
 * @throws DebkdError `export` if a prediction differs from the student's, `value` for an invalid name or origin
 */
export async function toEdge(student: Student, platform: Platform, options: EdgeOptions = {}): Promise<Exported> {
  const { name = 'debkd-student', allowedOrigins = [], statistics } = options;
  checkName(name);
  const config = defaultConfig(student, allowedOrigins);
  await loadShipped();
  const source = moduleText(student);
  const largestDifference = Math.max(
    await checkModule(platform, student, source, options),
    await checkService(platform, student, source, options),
  );
  const images = hasImage(student);
  const plain: TextFile[] = [
    ['src/student.js', source],
    ['src/student.d.ts', moduleDeclarations(student)],
    ['src/config.js', configText(config)],
    ['src/service.js', shippedFile('common/service.js')],
    ['test/service.test.js', shippedFile('common/service.test.js')],
    ['test/sample.js', sampleText(student)],
    ['README.md', readmeOf({ platform, student, name, config })],
    ...PLATFORM_FILES[platform](name),
  ];
  const grouped: TextFile[] = plain.map(([path, text]) => [path, withGroups(path, text, student)]);
  const shaped: TextFile[] = asksOthers(student)
    ? [
        ...grouped.map(([path, text]): TextFile => [path, withDeferral(path, text)]),
        ['src/defer.js', shippedFile('common/defer.js')],
      ]
    : grouped;
  const counting = statistics
    ? [...shaped.map(([path, text]): TextFile => [path, withCounts(path, text)]), ...countingFiles(student, statistics)]
    : shaped;
  const texts = images
    ? [...counting.map(([path, text]): TextFile => [path, withImages(path, text)]), ...(await imageTexts(platform))]
    : counting;
  const utf8 = new TextEncoder();
  const files: ExportedFile[] = texts.map(([path, text]) => ({ path, bytes: utf8.encode(text) }));
  if (images && platform === 'cloudflare') files.push(...(await decoderModules('src/')));
  return { target: platform, files, largestDifference };
}

/** The files that read images. Cloudflare imports wasm; the other platforms compile bytes. */
async function imageTexts(platform: Platform): Promise<TextFile[]> {
  const files: TextFile[] = [
    ['src/images.js', shippedFile('common/images.js')],
    ['src/decoder.js', decoderText()],
  ];
  if (platform === 'cloudflare')
    return [
      ...files,
      ['src/modules.js', shippedFile('cloudflare/modules.js')],
      ['test/wasm.js', shippedFile('cloudflare/wasm.js')],
    ];
  return [
    ...files,
    ['src/modules.js', shippedFile('common/modules.js')],
    ['src/decoder-wasm.js', await decoderBytesModule()],
  ];
}

function sampleText(student: Student): string {
  const record = sampleRecord(student);
  const names = recordInputs(student).map(({ name }) => name);
  const png = hasImage(student) && { png: TYPICAL_PNG };
  return `// A synthetic record, and the student's prediction for it.
export const sample = JSON.parse(
  ${jsonLiteral({ names, record: jsonRecord(record), ...student.predictRecord(record), ...png })},
);
`;
}

/** Sends synthetic records through the service. @throws DebkdError `export` */
async function checkService(
  platform: Platform,
  student: Student,
  source: string,
  options: EdgeOptions,
): Promise<number> {
  const config = configText({ ...defaultConfig(student, []), maxBytes: Number.MAX_SAFE_INTEGER });
  const { statistics } = options;
  const service = shippedFile('common/service.js');
  const plain = statistics ? withCounts('src/service.js', service) : service;
  const whole = (hasImage(student) ? withImages('src/service.js', plain) : plain)
    .replace(`'./config.js'`, `'${moduleUrl(config)}'`)
    .replace(`'./counts.js'`, () => `'${statistics ? moduleUrl(countsText(student, statistics)) : ''}'`)
    .replace(`'./images.js'`, () => `'${moduleUrl(imagesText(source))}'`)
    .replace(`'./student.js'`, () => `'${moduleUrl(source)}'`);
  const { respond } = await importText<{ respond(request: object): Promise<{ body: string }> }>(platform, whole);
  const body = new TextEncoder().encode(JSON.stringify(parityRecords(student, options).map(jsonRecord)));
  const header = (name: string): string | undefined => (name === 'content-type' ? 'application/json' : undefined);
  const request = { method: 'POST', path: '/predict', header, read: async () => body };
  const predictions = JSON.parse((await respond(request)).body) as {
    readonly probability: number;
    readonly label: number;
  }[];
  return checkPredictions(platform, student, () => predictions, options);
}

/** images.js with its modules; the check sends pixels, so none is decoded. */
function imagesText(student: string): string {
  return shippedFile('common/images.js')
    .replace(`'./decoder.js'`, () => `'${moduleUrl(decoderText())}'`)
    .replace(`'./modules.js'`, () => `'${moduleUrl(shippedFile('common/modules.js'))}'`)
    .replace(`'./student.js'`, () => `'${moduleUrl(student)}'`);
}

/** counts.js with its bins. */
function countsText(student: Student, statistics: CountedBins): string {
  const [[, counts], [, bins]] = countingFiles(student, statistics) as [TextFile, TextFile];
  return counts.replace(`'./bins.js'`, () => `'${moduleUrl(bins)}'`);
}

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$/.test(name)) return;
  throw new DebkdError('value', {
    subject: 'project name',
    seen: quote(name),
    expected: 'lower-case letters, digits and hyphens, such as income-student',
  });
}
