// A student as a whole project for a platform: handler, configuration, README, tests.
import { DebkdError, quote } from '../../io/errors.ts';
import type { Student } from '../../student/student.ts';
import { moduleDeclarations } from '../declarations.ts';
import type { Exported, ExportedFile } from '../exported.ts';
import { checkAnswers, checkModule } from '../javascript.ts';
import { type ParityOptions, parityRecords } from '../parity.ts';
import { files as shipped } from '../shipped-files.ts';
import { addressOf, importText, literal, moduleText } from '../shipped-module.ts';
import type { Platform } from '../targets.ts';
import { readmeOf } from './readme.ts';
import { sampleRecord } from './sample.ts';

/** The name of a project, and who may call it from a browser. */
export interface EdgeOptions extends ParityOptions {
  /** Of the project; letters, digits and hyphens. Default debkd-student. */
  readonly name?: string | undefined;
  /** Origins whose pages may call the service from a browser; default none. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

const MIN_BYTES = 2 ** 20;
/** Records that a body has room for, however wide they are. */
const MIN_ROWS = 50;
const MAX_ROWS = 1000;
/** That a body may take to arrive: 1 MiB at 52 KB a second, as a poor mobile link has. */
const MAX_SECONDS = 20;

/**
 * The student as a project: `POST /predict` with one record or a list, `GET /health`, `GET /`. Its service is run on synthetic
 * rows before it is returned. The files have no time, no path and no row of data in them.
 * @throws DebkdError `export` when its answers differ from the student's, `value` when a name or an origin is none
 */
export async function toEdge(student: Student, platform: Platform, options: EdgeOptions = {}): Promise<Exported> {
  const { name = 'debkd-student', allowedOrigins = [] } = options;
  checkName(name);
  for (const origin of allowedOrigins) checkOrigin(origin);
  const source = moduleText(student);
  const config = configText({
    maxBytes: mostBytes(student),
    maxRows: MAX_ROWS,
    maxSeconds: MAX_SECONDS,
    allowedOrigins,
  });
  const largestDifference = Math.max(
    await checkModule(platform, student, source, options),
    await checkService(platform, student, source, options),
  );
  const texts: [path: string, text: string][] = [
    ['src/student.js', source],
    ['src/student.d.ts', moduleDeclarations(student)],
    ['src/config.js', config],
    ['src/service.js', common('service.js')],
    ['test/service.test.js', common('service.test.js')],
    ['test/sample.js', sampleText(student)],
    ['README.md', readmeOf(platform, student, name)],
    ...LAYOUTS[platform](name),
  ];
  const utf8 = new TextEncoder();
  const files: ExportedFile[] = texts.map(([path, text]) => ({ path, bytes: utf8.encode(text) }));
  return { target: platform, files, largestDifference };
}

/** The file of a platform that is in every export of it. */
const common = (path: string): string => shipped[`common/${path}`] as string;
const fetching: [string, string][] = [
  ['src/fetch.js', common('fetch.js')],
  ['test/call.js', common('call-fetch.js')],
];

/** What each platform has beside the rest, with the names it has there. */
const LAYOUTS: Readonly<Record<Platform, (name: string) => [path: string, text: string][]>> = {
  cloudflare: (name) => [
    ['src/index.js', shipped['cloudflare/index.js'] as string],
    ['wrangler.jsonc', json({ name, main: 'src/index.js', compatibility_date: '2025-01-01' })],
    packageJson(name, { start: 'wrangler dev', deploy: 'wrangler deploy' }, { wrangler: '^4.0.0' }),
    ...fetching,
  ],
  deno: () => [
    ['main.js', shipped['deno/main.js'] as string],
    [
      'deno.json',
      json({
        tasks: {
          start: 'deno run --allow-net --allow-env=PORT,HOST main.js',
          test: 'deno test --allow-read=.',
          deploy: 'deno deploy --prod',
        },
      }),
    ],
    ...fetching,
  ],
  vercel: (name) => [
    ['api/index.js', shipped['vercel/index.js'] as string],
    // with a public folder, nothing else of the project is served
    ['public/robots.txt', shipped['vercel/robots.txt'] as string],
    ['vercel.json', json({ rewrites: [{ source: '/(.*)', destination: '/api' }] })],
    packageJson(name, { deploy: 'vercel deploy --prod' }),
    ...fetching,
  ],
  node: (name) => [
    ['src/main.js', shipped['node/main.js'] as string],
    ['src/server.js', shipped['node/server.js'] as string],
    ['test/call.js', shipped['node/call.js'] as string],
    ['Dockerfile', shipped['node/Dockerfile'] as string],
    ['.dockerignore', shipped['node/.dockerignore'] as string],
    packageJson(name, { start: 'node src/main.js' }),
  ],
  'aws-lambda': (name) => [
    ['src/index.js', shipped['aws-lambda/index.js'] as string],
    ['test/call.js', shipped['aws-lambda/call.js'] as string],
    ['template.yaml', shipped['aws-lambda/template.yaml'] as string],
    packageJson(name, { deploy: 'sam build && sam deploy' }),
  ],
};

function packageJson(
  name: string,
  scripts: Readonly<Record<string, string>>,
  devDependencies?: Readonly<Record<string, string>>,
): [string, string] {
  const content = {
    ...{ name, version: '1.0.0', private: true, type: 'module' },
    scripts: { test: 'node --test test/service.test.js', ...scripts },
    engines: { node: '>=20' },
    ...(devDependencies && { devDependencies }),
  };
  return ['package.json', json(content)];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function configText(config: {
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxSeconds: number;
  readonly allowedOrigins: readonly string[];
}): string {
  return `// Yours to change: the longest body and the most records of a request, how long a body may take to arrive, and the origins
// whose pages may call from a browser ('*' for all).
export const config = {
  maxBytes: ${config.maxBytes},
  maxRows: ${config.maxRows},
  maxSeconds: ${config.maxSeconds},
  allowedOrigins: ${JSON.stringify(config.allowedOrigins)},
};
`;
}

/** Of a request's body. */
function mostBytes(student: Student): number {
  const wanted = MIN_ROWS * new TextEncoder().encode(JSON.stringify(sampleRecord(student))).length;
  let bytes = MIN_BYTES;
  while (bytes < wanted) bytes *= 2; // Math.log2 may differ between engines, and with it the bytes of the export
  return bytes;
}

function sampleText(student: Student): string {
  const record = sampleRecord(student);
  const names = student.preprocessing.columns.map(({ name }) => name);
  return `// One record that was made up, and the student's answer.
export const sample = JSON.parse(
  ${literal({ names, record, ...student.predictRecord(record) })},
);
`;
}

/** Sends synthetic records through the service. @throws DebkdError `export` */
async function checkService(
  platform: Platform,
  student: Student,
  source: string,
  options: ParityOptions,
): Promise<number> {
  const maxBytes = Number.MAX_SAFE_INTEGER;
  const config = configText({ maxBytes, maxRows: MAX_ROWS, maxSeconds: MAX_SECONDS, allowedOrigins: [] });
  const service = common('service.js')
    .replace(`'./config.js'`, `'${addressOf(config)}'`)
    .replace(`'./student.js'`, `'${addressOf(source)}'`);
  const { respond } = await importText<{ respond(request: object): Promise<{ body: string }> }>(platform, service);
  const body = new TextEncoder().encode(JSON.stringify(parityRecords(student, options)));
  const request = { method: 'POST', path: '/predict', header: headerOf, read: async () => body };
  const answers = JSON.parse((await respond(request)).body) as { readonly probability: number }[];
  return checkAnswers(platform, student, () => answers, options);
}

const headerOf = (name: string): string | undefined => (name === 'content-type' ? 'application/json' : undefined);

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,60}[a-z0-9])?$/.test(name)) return;
  throw new DebkdError(
    'value',
    `project name ${quote(name)}: expected lower-case letters, digits and hyphens, such as income-student`,
  );
}

function checkOrigin(origin: string): void {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return;
  throw new DebkdError(
    'value',
    `allowed origin ${quote(origin, 100)}: expected a scheme and a host, such as https://example.org, or *`,
  );
}
