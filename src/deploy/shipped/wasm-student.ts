// What student.js of the wasm export is made of: the library's own encoding, sums in the student's wasm module.
import model from 'debkd:model';
import type { SparseRow } from '../../kernels/single-row.ts';
import { type RawRecord, recordEncoder } from '../../student/record.ts';

interface Network {
  readonly memory: WebAssembly.Memory;
  open(): number;
  probability(count: number): number;
}

export const threshold: number = model.threshold;
/** What this student is, and what it takes. */
export const about: object = model.about;

/** Opens student.wasm. Each student has a memory of its own. */
export function openStudent(wasm: WebAssembly.Module): object {
  const { preprocessing } = model;
  const { encodeInto, unknownFields } = recordEncoder(preprocessing);
  const network = new WebAssembly.Instance(wasm).exports as unknown as Network;
  const at = network.open();
  const row: SparseRow = {
    count: 0,
    columns: new Uint32Array(network.memory.buffer, at, preprocessing.F),
    values: new Float32Array(network.memory.buffer, at + 4 * preprocessing.F, preprocessing.F),
  };
  const predict = (record: RawRecord): { probability: number; label: 0 | 1 } => {
    encodeInto(row, record);
    const probability = network.probability(row.count);
    return { probability, label: probability >= threshold ? 1 : 0 };
  };
  return {
    predict,
    predictBatch: (records: readonly RawRecord[]) => records.map(predict),
    unknownFields: (record: RawRecord) => unknownFields(record),
  };
}
