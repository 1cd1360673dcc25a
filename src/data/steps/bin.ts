// bin: the index of a number's bin.
import { isFiniteNumber, isRecord, type StepInput, shown, type Type, takesNumbers } from './check.ts';
import type { BinStep } from './step.ts';
import { type Apply, ofNumbers } from './value.ts';

export function parseBin(input: StepInput): { step: BinStep; type: Type } {
  takesNumbers(input);
  const { fail } = input;
  const { bin } = input.step;
  const edges = isRecord(bin) && Object.keys(bin).length === 1 ? bin['edges'] : undefined;
  if (!Array.isArray(edges) || edges.length < 2 || !edges.every(isFiniteNumber))
    return fail(`bin is ${shown(bin)}`, '{ edges: [...] }, two or more numbers');
  const at = edges.findIndex((edge, i) => i > 0 && !((edges[i - 1] as number) < edge));
  if (at > 0) fail(`edge ${edges[at]} follows ${edges[at - 1]}`, 'edges that ascend');
  return { step: { bin: { edges } }, type: 'number' };
}

export function applyBin({ bin: { edges } }: BinStep, name: string): Apply {
  const inner = edges.slice(1, -1);
  return ofNumbers(name, (x) => {
    let [low, high] = [0, inner.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((inner[middle] as number) <= x) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}
