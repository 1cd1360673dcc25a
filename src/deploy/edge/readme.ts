// The README of an exported project.
import { MISSING } from '../../data/missing.ts';
import type { Preprocessing, PreprocessingColumn } from '../../data/preprocessing.ts';
import { formatOf } from '../../data/raw-inputs.ts';
import { oneHotOf } from '../../data/steps/step.ts';
import type { DeferBand } from '../../student/decide.ts';
import type { Quantization } from '../../student/quantization.ts';
import type { RawRecord } from '../../student/record.ts';
import { recordInputs } from '../../student/record-inputs.ts';
import type { Student } from '../../student/student.ts';
import type { Platform } from '../targets.ts';
import { asksOthers, type ServiceConfig } from './config.ts';
import { groupText } from './group-edits.ts';
import { GUIDES } from './guides.ts';
import { jsonRecord, sampleRecord } from './sample.ts';

const NUMBER_RULE = "- A missing number becomes the column's mean.\n";

const STEP_RULES = `- A missing value becomes the value that the preprocessing gives it. Where it gives none, null is an error of that field.
`;

const hasTexts = ({ columns }: Preprocessing): boolean => columns.some(({ kind }) => kind === 'text');

/** A student of texts alone has no numbers. */
function numberRules({ columns }: Preprocessing): string {
  if (columns.every(({ kind }) => kind === 'text')) return '';
  const rule = columns.some(({ kind }) => kind === 'steps') ? STEP_RULES : NUMBER_RULE;
  return `${rule}- Numbers may be strings (\`"41"\`).\n`;
}

/** Whether a column is encoded one-hot. */
const isCategorical = (column: PreprocessingColumn): boolean =>
  column.kind === 'categorical' || (column.kind === 'steps' && oneHotOf(column) !== undefined);

const CATEGORY_RULES = `- A missing category becomes the category \`""\`, or an unknown category in a field without it.
- An unknown category adds nothing to the prediction, and the response lists its field in \`unknown\`.
`;

const TEXT_RULES = `- A text is read as its words, and the parts of words, in lower case; one that is missing, or empty, adds nothing. The spellings of a
  missing value above are words like others.
- A text without any word or part of a word that the student has seen adds nothing, and the response lists its field in \`unknown\`.
`;

const hasImages = ({ columns }: Preprocessing): boolean => columns.some(({ kind }) => kind === 'image');

const IMAGE_RULES = `- An image is a PNG or JPEG file in base64, or its pixels, \`{ "width", "height", "pixels" }\` with the bytes in base64, row by row: 1 for each pixel
  of a grey image, 3 for red, green and blue, 4 with alpha, which is dropped. Only files need \`src/decoder.js\`, which is opened for the first.
`;

const IMAGE_ERRORS = `| 400 | \`image\` | an image file is damaged, of another format, or not base64 |
| 413 | \`pixels\` | image files with more than \`maxPixels\` |
`;

/** How a file is sent. */
function imageText(url: string, record: RawRecord, platform: Platform): string {
  const others = Object.entries(record).filter(([, value]) => typeof value !== 'object' || value === null);
  const query = new URLSearchParams(others.map(([name, value]) => [name, String(value ?? '')])).toString();
  const address = `${url}/predict${query === '' ? '' : `?${query}`}`.replaceAll("'", '%27');
  return `
Or send a PNG or JPEG file${query === '' ? '' : ', with the other fields in the query'}:

${fence(`curl '${address}' -H 'content-type: image/png' --data-binary @image.png`, 'sh')}
${platform === 'aws-lambda' ? '\nBehind API Gateway, list `image/png` and `image/jpeg` as binary media types; a function URL needs nothing.\n' : ''}`;
}

/** What the README depends on. */
export interface ReadmeInput {
  readonly platform: Platform;
  readonly student: Student;
  /** Of the project. */
  readonly name: string;
  readonly config: ServiceConfig;
}

/** What the answer `defer` means. @param isAsked whether the service can ask another one */
function deferText({ from, to }: DeferBand, isAsked: boolean): string {
  const band = from < to ? `the probability is between ${from} and ${to}` : 'never: its band is empty';
  const other = isAsked
    ? ' To send these records to another service, such as the teacher, set `deferTo` in `src/config.js`; its answers have `answeredBy`.'
    : '';
  return `- \`defer\`: true if someone else should decide: ${band}.${other}\n`;
}

export function readmeOf({ platform, student, name, config }: ReadmeInput): string {
  const { commands, note, name: host, url } = GUIDES[platform];
  const longest = Math.max(...commands.map(([command]) => command.length));
  const record = sampleRecord(student);
  const body = JSON.stringify(jsonRecord(record)).replaceAll("'", "'\\''"); // in single quotes of the shell
  const { probability, label, defer } = student.predictRecord(record);
  const { quantization, preprocessing, threshold } = student;
  const groups = groupText(student);
  return `# ${name}

A binary classifier, distilled with debkd, as an HTTP service for ${host}.

Preprocessing, weights and threshold are in \`src/student.js\`. The service has no run-time dependencies and no build step, and
contains no rows of training data.
${quantization ? `\n${quantizationText(quantization)}\n` : ''}
## Run and deploy

${fence(commands.map(([command, comment]) => `${command.padEnd(longest)}  # ${comment}`).join('\n'), 'sh')}
${note ? `\n${note}\n` : ''}
## Predict

Send a record to \`POST /predict\`:

${fence(`curl ${url}/predict -H 'content-type: application/json' -d '${body}'`, 'sh')}

The response:

${fence(JSON.stringify({ probability, label, defer }), 'json')}
${hasImages(preprocessing) ? imageText(url, record, platform) : ''}
- \`probability\`: the probability of class 1.
- \`label\`: ${groups ? cell(groups) : `1 if the probability is at or above the threshold of ${threshold}, otherwise 0.`}
${student.defer ? deferText(student.defer, asksOthers(student)) : ''}- \`unknown\`: the fields with a value that the student does not know; absent if there are none.

A list of records returns a list of predictions in the same order. \`GET /\` returns the inputs, the threshold and the limits;
\`GET /health\` returns status 200 while the service runs.

## Inputs

${table(student)}

Every field is required; use null for a missing value. ${missingText(preprocessing)}

${numberRules(preprocessing)}${preprocessing.columns.some(isCategorical) ? CATEGORY_RULES : ''}${hasTexts(preprocessing) ? TEXT_RULES : ''}${hasImages(preprocessing) ? IMAGE_RULES : ''}- Other fields are ignored. If a key occurs twice, the last value counts.

## Limits

Change them in \`src/config.js\`:

| setting | default | limits |
|---|---|---|
| \`maxBytes\` | ${config.maxBytes} | bytes in a request's body |
${config.maxPixels === undefined ? '' : `| \`maxPixels\` | ${config.maxPixels} | pixels of all image files in a request, decoded |\n`}| \`maxRows\` | ${config.maxRows} | records in a request |
| \`maxSeconds\` | ${config.maxSeconds} | seconds for a body to arrive |
${config.deferTo ? `| \`deferTo\` | no \`url\`, ${config.deferTo.seconds} \`seconds\` | the service that answers deferred records, and its time limit |\n` : ''}| \`allowedOrigins\` | ${config.allowedOrigins.map(cell).join(', ') || 'none'} | origins whose pages may call the service from a browser (CORS); \`*\` allows all |

The service has no authentication. If you need it, put a gateway in front.

## Errors

${fence('{ "error": { "code": "field", "message": "...", "field": "...", "index": 0 } }', 'json')}

\`field\` and \`index\` (the record's position in the list) are present only where they apply.

| status | code | cause |
|---|---|---|
| 400 | \`body\` | the body is incomplete |
| 400 | \`json\` | the body is not JSON in UTF-8, or neither a record nor a list |
| 400 | \`record\` | an item of the list is not a record |
| 400 | \`field\` | a field is absent, a list or an object, or not a finite number where one is required |
${hasImages(preprocessing) ? IMAGE_ERRORS : ''}| 404 | \`path\` | unknown path |
| 405 | \`method\` | wrong method; the \`allow\` header lists the right ones |
| 408 | \`time\` | the body took longer than \`maxSeconds\` to arrive |
| 413 | \`size\`, \`rows\` | more than \`maxBytes\` or \`maxRows\` |
| 415 | \`type\` | content type other than application/json${hasImages(preprocessing) ? ', image/png or image/jpeg' : ''}, or a compressed body |
| 500 | \`internal\` | an error in the service, which logs it |
`;
}

function quantizationText({ form, loss }: Quantization): string {
  const { rows, of, agreement, auc, logLoss } = loss;
  const measured = `on ${rows} ${of === 'data' ? 'rows' : of}, ${(100 * agreement).toFixed(2)} % of the labels agree`;
  const changes = [change('AUC', auc), change('log-loss', logLoss)].join('');
  return `The parameters are stored as ${form}. Compared with float32 ${measured}${changes}.`;
}

function change(metric: string, values: readonly [before: number, after: number] | undefined): string {
  return values ? `, ${metric} is ${values[1].toFixed(4)} (float32: ${values[0].toFixed(4)})` : '';
}

/** A code block; the fence is longer than any run of backticks in the content. */
function fence(content: string, language: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${content}\n${ticks}`;
}

const MAX_CATEGORIES = 12;

function table(student: Student): string {
  const { columns } = student.preprocessing;
  const rows = recordInputs(student).map(({ name, type, categories = [] }) => {
    if (type === 'number') return `| ${cell(name)} | number |`;
    if (type === 'text') return `| ${cell(name)} | text |`;
    if (type === 'image') return `| ${cell(name)} | image |`;
    if (type === 'date') return `| ${cell(name)} | date, ${cell(formatOf(columns, name))} |`;
    const shown = categories.slice(0, MAX_CATEGORIES).map((text) => cell(JSON.stringify(text)));
    const more = categories.length - shown.length;
    return `| ${cell(name)} | ${shown.join(', ')}${more > 0 ? ` and ${more} more (\`GET /\` lists all)` : ''} |`;
  });
  return `| field | value |\n|---|---|\n${rows.join('\n')}`;
}

function missingText({ missing = MISSING }: Preprocessing): string {
  if (missing.length === 0) return 'An empty string also counts as missing.';
  return `An empty string also counts as missing, as do these texts, in upper or lower case: ${missing.map(cell).join(', ')}.`;
}

/** Escapes text that Markdown or HTML would interpret. Underscores within words stay; newlines would end a table's row. */
function cell(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/[\\`*{}[\]<>#|&~$@]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (c) => `&#${c.charCodeAt(0)};`);
}
