// The source of student.js in the wasm export, for students with texts: wasm-student.ts with their columns. The texts are hashed here,
// and the network runs in student.wasm.
import model from 'debkd:model';
import type { SparseRow } from '../../kernels/single-row.ts';
import { type Answer, type DeferBand, decide } from '../../student/decide.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, type RawRecord, unknownFields } from '../../student/record.ts';
import { describeSteps } from './steps-model.ts';
import { describeTexts, planTexts, unpackTexts } from './text-model.ts';

interface Network {
  readonly memory: WebAssembly.Memory;
  open(): number;
  probability(count: number): number;
}

/** The build replaces it with whether columns of the student have steps. */
declare const STEPS: boolean;

const preprocessing = unpackTexts(model);
const plan = STEPS ? planColumns(preprocessing) : planTexts(preprocessing);

export const threshold: number = model.threshold;
export const defer: DeferBand | undefined = model.defer;
export const about: object = STEPS ? describeSteps(model, preprocessing) : describeTexts(model, preprocessing);

/** Instantiates student.wasm; each instance has its own memory. */
export function openStudent(wasm: WebAssembly.Module): object {
  const { memory, open, probability: forward } = new WebAssembly.Instance(wasm).exports as unknown as Network;
  const address = open();
  const row: SparseRow = {
    count: 0,
    columns: new Uint32Array(memory.buffer, address, plan.width),
    values: new Float32Array(memory.buffer, address + 4 * plan.width, plan.width),
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
