// The source of student.js in the wasm export, for students of images: wasm-student.ts with an image. The image is resized here, and the
// trunk and the network run in student.wasm.
import model from 'debkd:model';
import type { ImageRow } from '../../kernels/image-row.ts';
import type { ImageShape } from '../../kernels/trunk-layout.ts';
import { type Answer, type DeferBand, decide } from '../../student/decide.ts';
import { imageField } from '../../student/image-field.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, type RawRecord, unknownFields } from '../../student/record.ts';
import { networkInputs } from '../../student/student-layout.ts';
import { describeImages, planImages, unpackImages } from './image-model.ts';
import { describeSteps } from './steps-model.ts';

interface Network {
  readonly memory: WebAssembly.Memory;
  open(): number;
  pixels(): number;
  probability(count: number): number;
}

/** The build replaces it with the student's columns other than the image: none, columns without steps, or any. */
declare const OTHERS: 'none' | 'plain' | 'steps';

const preprocessing = unpackImages(model);
const { size, channels } = networkInputs(preprocessing).image as ImageShape;
const plan = OTHERS === 'steps' ? planColumns(preprocessing, imageField) : planImages(preprocessing);
/** The columns of a row that are not pixels. */
const others = plan.width - size[0] * size[1] * channels;

export const threshold: number = model.threshold;
export const defer: DeferBand | undefined = model.defer;
export const about: object =
  OTHERS === 'steps' ? describeSteps(model, preprocessing) : describeImages(model, preprocessing);

/** Instantiates student.wasm; each instance has its own memory. */
export function openStudent(wasm: WebAssembly.Module): object {
  const { memory, open, pixels, probability: forward } = new WebAssembly.Instance(wasm).exports as unknown as Network;
  const address = open();
  const row: ImageRow = {
    count: 0,
    columns: new Uint32Array(memory.buffer, address, others),
    values: new Float32Array(memory.buffer, address + 4 * others, others),
    pixels: new Float32Array(memory.buffer, pixels(), plan.width - others),
  };
  const predict = (record: RawRecord, onUnknown?: (field: string) => void): Answer => {
    encodeRecord(plan, record, row, 'record', onUnknown);
    return decide(model, forward(row.count), model.thresholdOf?.(record));
  };
  return {
    predict,
    predictBatch: (records: readonly RawRecord[]) => records.map((record) => predict(record)),
    unknownFields: (record: RawRecord) => unknownFields(plan, record),
  };
}
