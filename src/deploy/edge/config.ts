// src/config.js of a project: the limits on a request, and the origins allowed by CORS.
import { rawInputs } from '../../data/raw-inputs.ts';
import { DebkdError, quote } from '../../io/errors.ts';
import type { Student } from '../../student/student.ts';
import { hasImage } from '../parity.ts';
import { jsonRecord, sampleRecord } from './sample.ts';

/** The settings in src/config.js. */
export interface ServiceConfig {
  /** Largest body of a request, in bytes. */
  readonly maxBytes: number;
  /** Maximum pixels of all image files in a request, decoded; absent for students without images. */
  readonly maxPixels?: number;
  /** Maximum records per request. */
  readonly maxRows: number;
  /** Time limit for receiving a body, in seconds. */
  readonly maxSeconds: number;
  /** Origins whose pages may call the service from a browser; `*` allows all. */
  readonly allowedOrigins: readonly string[];
  /** Another service that answers what the student defers; absent for students without a deferral band, and for those of images. */
  readonly deferTo?: { readonly url: string; readonly seconds: number };
}

const MIN_BYTES = 2 ** 20;
/** Records that always fit into a body, even with many columns. */
const MIN_ROWS = 50;
/** Room for each text in such a record: 5,000 characters of any script, most of which JSON has in 3 bytes. */
const TEXT_BYTES = 2 ** 14;
const MAX_ROWS = 1000;
/** Bytes of a body with images; platforms allow from 4.5 MB on. */
const IMAGE_BYTES = 2 ** 22;
/** Pixels of images in a request: a decoder takes up to 12 bytes for each, and the smallest platform has 128 MB. */
const MAX_PIXELS = 2 ** 22;
/** Enough for 1 MiB at 52 KB/s, a poor mobile connection. */
const MAX_SECONDS = 20;
/** Time for another service to answer. */
const DEFER_SECONDS = 2;

/** Whether a project can ask another service: its student has a deferral band and takes no images, which are decoded. */
export function asksOthers(student: Student): boolean {
  return student.defer !== undefined && !hasImage(student);
}

/** The settings of a new project. @throws DebkdError `value` for an invalid origin */
export function defaultConfig(student: Student, allowedOrigins: readonly string[]): ServiceConfig {
  for (const origin of allowedOrigins) checkOrigin(origin);
  if (allowedOrigins.length > 1 && allowedOrigins.includes('*'))
    throw new DebkdError('value', {
      subject: 'allowed origins',
      seen: '* and others',
      expected: 'either * alone, which allows every page, or only origins',
    });
  const deferTo = asksOthers(student) && { deferTo: { url: '', seconds: DEFER_SECONDS } };
  const rest = { maxRows: MAX_ROWS, maxSeconds: MAX_SECONDS, allowedOrigins, ...deferTo };
  const maxBytes = maxBytesFor(student);
  return hasImage(student) ? { maxBytes, maxPixels: MAX_PIXELS, ...rest } : { maxBytes, ...rest };
}

export function configText(config: ServiceConfig): string {
  return `// Settings of the service; change them as you need.
export const config = {
  /** Largest body of a request, in bytes. */
  maxBytes: ${config.maxBytes},${
    config.maxPixels === undefined
      ? ''
      : `
  /** Maximum pixels of all image files in a request, decoded. */
  maxPixels: ${config.maxPixels},`
  }
  /** Maximum records per request. */
  maxRows: ${config.maxRows},
  /** Time limit for receiving a body, in seconds. */
  maxSeconds: ${config.maxSeconds},
  /** Origins whose pages may call the service from a browser (CORS); '*' allows all. */
  allowedOrigins: ${JSON.stringify(config.allowedOrigins)},${
    config.deferTo === undefined
      ? ''
      : `
  /**
   * Another service that answers the records that the student defers, such as the teacher's: it gets a list of records as JSON and returns
   * a list of { probability, label }. Without an address, or if it fails or takes longer, the student's answer stays, with defer: true.
   */
  deferTo: { url: ${JSON.stringify(config.deferTo.url)}, seconds: ${config.deferTo.seconds}, headers: {} },`
  }
};
`;
}

function maxBytesFor(student: Student): number {
  const texts = rawInputs(student.preprocessing.columns).filter(({ type }) => type === 'text').length;
  const record =
    new TextEncoder().encode(JSON.stringify(jsonRecord(sampleRecord(student)))).length + TEXT_BYTES * texts;
  const wanted = MIN_ROWS * record;
  let bytes = hasImage(student) ? IMAGE_BYTES : MIN_BYTES;
  while (bytes < wanted) bytes *= 2; // no Math.log2: its result may differ between engines, and exports must not
  return bytes;
}

function checkOrigin(origin: string): void {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return;
  throw new DebkdError('value', {
    subject: 'allowed origin',
    seen: quote(origin, 100),
    expected: 'a scheme and a host, such as https://example.org, or *',
  });
}
