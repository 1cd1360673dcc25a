// What projects that count what they answer have in addition: the bins, the counting, and GET /statistics.
import { MISSING } from '../../data/missing.ts';
import { rawInputs } from '../../data/raw-inputs.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import type { Student } from '../../student/student.ts';
import { jsonLiteral } from '../shipped-module.ts';
import { type Edit, edited } from './edit.ts';
import { shippedFile, type TextFile } from './platform-files.ts';

/** The bins to count in: those of statistics.json. */
export interface CountedBins {
  /** SHA-256 of student.debkd. */
  readonly student: string;
  /** The columns; numbers and categories are counted. */
  readonly columns: readonly {
    readonly column: string;
    readonly kind: string;
    readonly edges?: readonly number[];
    readonly categories?: readonly string[];
  }[];
  /** The student's margins. */
  readonly margins: { readonly edges: readonly number[] };
}

/** The files that count. */
export function countingFiles(student: Student, bins: CountedBins): TextFile[] {
  return [
    ['src/counts.js', shippedFile('common/counts.js')],
    ['src/bins.js', binsText(student, bins)],
  ];
}

/** The bins as a module. A probability is above another if its margin is. */
function binsText({ preprocessing }: Student, { student, columns, margins }: CountedBins): string {
  const inputs = new Map(rawInputs(preprocessing.columns).map((input) => [input.name, input]));
  const counted = columns
    .filter(({ kind }) => kind === 'number' || kind === 'category')
    .map(({ column, kind, edges, categories }) => ({
      column,
      kind,
      ...(categories ? { categories, listed: inputs.get(column)?.categories ?? [] } : { edges: edges ?? [] }),
    }));
  const missing = (preprocessing.missing ?? MISSING).map((text) => text.trim().toLowerCase());
  const probabilities = margins.edges.map(sigmoid);
  return `// The bins of the student's training rows.
export const bins = JSON.parse(
  ${jsonLiteral({ student, missing, columns: counted, margins: margins.edges, probabilities })},
);
`;
}

const SERVICE: readonly Edit[] = [
  [
    "import { config } from './config.js';",
    "import { config } from './config.js';\nimport { counted, statistics } from './counts.js';",
  ],
  ["  ['/predict', ['POST']],", "  ['/predict', ['POST']],\n  ['/statistics', ['GET', 'HEAD']],"],
  [
    "    if (path === '/') return",
    "    if (path === '/statistics') return send(200, statistics());\n    if (path === '/') return",
  ],
  [
    "if (!Array.isArray(records)) return predictOne(records, 'record', {});",
    "if (!Array.isArray(records)) return counted([records], [predictOne(records, 'record', {})])[0];",
  ],
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    'return records.map((record, index) => predictOne(record, `record at index ${index}`, { index }));',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    'const answers = records.map((record, index) => predictOne(record, `record at index ${index}`, { index }));\n  return counted(records, answers);',
  ],
];

const TEST: readonly Edit[] = [
  [
    "test('rejects invalid requests'",
    `test('counts what it answers', async () => {
  const read = async () => JSON.parse((await get('/statistics')).body);
  const before = await read();
  assert.equal(before.schema, 'debkd/statistics@1');
  await post(new Array(12).fill(record));
  await post({ ...record, [field]: {} });
  const { rows, columns, margins } = await read();
  assert.equal(rows, before.rows + 12);
  for (const { counts, missing } of [...columns, { ...margins, missing: 0 }])
    assert.ok([...counts, missing].some((count) => count >= 12));
});

test('rejects invalid requests'`,
  ],
];

const README: readonly Edit[] = [
  [
    '\n## Limits\n',
    `
## Statistics

\`GET /statistics\` returns how many of the answered records were in each bin of the student's training rows: a file for
\`debkd monitor --counts\`. Numbers, categories and answers are counted, no record is kept, and counts from 1 to 9 are null. The counts are those
of one instance since it started: a platform that starts and stops instances has many. All callers of the service can read
them. If you do not want that, put a gateway in front.

## Limits
`,
  ],
];

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  'src/service.js': SERVICE,
  'test/service.test.js': TEST,
  'README.md': README,
};

/** A file of a project that counts; unchanged where it does not matter. */
export function withCounts(path: string, text: string): string {
  return edited(path, text, EDITS[path] ?? []);
}
