// The README of an exported project.
import type { Preprocessing } from '../../data/preprocessing.ts';
import type { QuantizationLoss } from '../../student/quantization.ts';
import type { Student } from '../../student/student.ts';
import type { Platform } from '../targets.ts';
import { sampleRecord } from './sample.ts';

/** What differs between platforms. */
interface Guide {
  readonly name: string;
  /** A command line each, and what it is for. */
  readonly commands: readonly (readonly [command: string, comment: string])[];
  readonly note?: string;
}

const GUIDES: Readonly<Record<Platform, Guide>> = {
  cloudflare: {
    name: 'Cloudflare Workers',
    commands: [
      ['npm test', 'the service, in Node; nothing to install'],
      ['npm install && npm start', 'http://localhost:8787'],
      ['npx wrangler login && npm run deploy', 'deploys'],
    ],
  },
  deno: {
    name: 'Deno and Deno Deploy',
    commands: [
      ['deno task test', 'the service'],
      ['deno task start', 'http://127.0.0.1:8000'],
      ['deno task deploy', 'deploys'],
    ],
    note:
      'Deno Deploy asks for an organisation and a name the first time; the entry point is `main.js`. On a machine of your own put a ' +
      'proxy with time limits before it: Deno has none for the head of a request and for idle connections, and a signal ends it at once.',
  },
  vercel: {
    name: 'Vercel Functions',
    commands: [
      ['npm test', 'the service, in Node; nothing to install'],
      ['npx vercel dev', 'http://localhost:3000'],
      ['npx vercel deploy --prod', 'deploys'],
    ],
    note: 'Nothing is built: answer "Other" where a framework is asked for.',
  },
  node: {
    name: 'Node 20 or later, or a container',
    commands: [
      ['npm test', 'the service; nothing to install'],
      ['npm start', 'http://127.0.0.1:8080'],
      ['docker build -t student .', 'an image of it'],
      ['docker run -p 8080:8080 student', 'http://localhost:8080'],
    ],
    note:
      '`PORT` and `HOST` say where it listens: 8080, and 127.0.0.1 outside the container. It speaks plain HTTP; put it behind what ends TLS for you.\n\n' +
      'On SIGTERM or Ctrl-C it takes no new connections, gives requests in work 5 s (`STOP_MS` in `src/main.js`) and ends with 0; a second ' +
      'signal ends it at once, with 1. The head of a request may take 10 s (`HEAD_MS` in `src/server.js`).',
  },
  'aws-lambda': {
    name: 'AWS Lambda',
    commands: [
      ['npm test', 'the handler; nothing to install'],
      ['sam build && sam deploy --guided', 'deploys, and prints the URL'],
    ],
    note: 'The function URL in `template.yaml` is open to everybody; `AuthType: AWS_IAM` asks callers to sign. API Gateway works, too (events of version 1 and 2).',
  },
};

export function readmeOf(platform: Platform, student: Student, name: string): string {
  const { commands, note, name: host } = GUIDES[platform];
  const longest = Math.max(...commands.map(([command]) => command.length));
  const record = JSON.stringify(sampleRecord(student));
  const { probability, label } = student.predictRecord(sampleRecord(student));
  const quantization = student.quantization
    ? `\nIts parameters are stored as ${student.quantization.form}: ${costOf(student.quantization.loss)}.\n`
    : '';
  return `# ${name}

A student classifier distilled with debkd, as a service on ${host}. No dependencies at run time, nothing compiled, no data of
anybody inside: the preprocessing, the weights and the threshold are in \`src/student.js\`.
${quantization}
## Test, run, deploy

${fence(commands.map(([command, comment]) => `${command.padEnd(longest)}  # ${comment}`).join('\n'), 'sh')}
${note ? `\n${note}\n` : ''}
## Ask

\`POST /predict\` with one record, or a list of records (answered in order):

${fence(record, 'json')}

${fence(JSON.stringify({ probability, label }), 'json')}

\`probability\` is of class 1; \`label\` is 1 where it is at or above the threshold, ${student.threshold}. \`GET /\` lists the inputs and
the limits, \`GET /health\` says that it runs.

${table(student.preprocessing)}

Every field must be there; give null where a value is missing (an empty text and ${spellings(student.preprocessing)} count as
missing, too). A missing number counts as its column's mean, a missing category as the category of empty fields where there is
one. Numbers may come as text ("41"). A category that is not listed counts for nothing, and the answer names the field in
\`unknown\`. Other fields are ignored. Of a key given twice the last counts.

## Refusals

\`{ "error": { "code", "message", "field", "index" } }\`, the last two where they apply:

| status | code | when |
|---|---|---|
| 400 | \`body\` | the body ended before its end |
| 400 | \`json\` | the body is not JSON in UTF-8, or neither a record nor a list |
| 400 | \`record\` | an item of the list is no record |
| 400 | \`field\` | a field is absent, a list or an object, or no finite number where one is needed |
| 404 | \`path\` | no such path |
| 405 | \`method\` | another method; \`allow\` lists those that are taken |
| 408 | \`time\` | the body took longer to arrive than \`src/config.js\` allows |
| 413 | \`size\`, \`rows\` | more bytes or records than \`src/config.js\` allows |
| 415 | \`type\` | a content type other than application/json, or a compressed body |

## Settings

\`src/config.js\`: the longest body, the most records, the time that a body may take to arrive, and the origins whose pages may call from
a browser (CORS; none, unless they are listed; \`*\` for all). Requests are answered without a password: put what you need before it.
`;
}

/** What quantisation lost, in words. */
function costOf({ rows, of, agreement, auc, logLoss }: QuantizationLoss): string {
  const labels = `on ${rows} ${of === 'data' ? 'rows' : of} ${(100 * agreement).toFixed(2)} % of the labels are those of float32`;
  if (!auc || !logLoss) return labels;
  return `${labels}, AUC ${auc[0].toFixed(4)} became ${auc[1].toFixed(4)}, log-loss ${logLoss[0].toFixed(4)} became ${logLoss[1].toFixed(4)}`;
}

/** A code block that no content can leave. */
function fence(content: string, language: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${content}\n${ticks}`;
}

const MAX_CATEGORIES = 12;

function table({ columns }: Preprocessing): string {
  const rows = columns.map((column) => {
    if (column.kind === 'numeric') return `| ${cell(column.name)} | number |`;
    const shown = column.categories.slice(0, MAX_CATEGORIES).map((text) => cell(JSON.stringify(text)));
    const more = column.categories.length - shown.length;
    return `| ${cell(column.name)} | ${shown.join(', ')}${more > 0 ? ` and ${more} more (GET /)` : ''} |`;
  });
  return `| field | value |\n|---|---|\n${rows.join('\n')}`;
}

function spellings({ missing }: Preprocessing): string {
  const texts = missing ?? ['NA', 'N/A', '#N/A', '<NA>', 'NaN', 'null', '?'];
  return texts.length === 0 ? 'nothing else' : `${texts.map(cell).join(', ')} in any case`;
}

/** Text that is no markup in a cell of a table. */
function cell(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\\`*_{}[\]<>#|&~$@]/g, (c) => `&#${c.charCodeAt(0)};`);
}
