// Temperature scaling (Guo, Pleiss, Sun, Weinberger 2017): d = a v with T = 1 / a. The penalty is (a - 1)^2 / 2.
import { fitColumns } from './fit-columns.ts';
import type { MapKind } from './kind.ts';
import { keepRanking, startSlope } from './slope.ts';

export const temperature: MapKind = {
  /** [a] */
  fit(problem, _map, skip) {
    const { margins } = problem;
    const [a = 0] = fitColumns(problem, skip, {
      name: 'temperature',
      columns: [margins],
      penalties: [1],
      centres: [1],
      start: [startSlope(margins)],
    });
    return Float64Array.of(keepRanking(problem, [0, a], skip, { fixedShift: true }));
  },
  apply({ margins }, _map, [slope = 0]) {
    return margins.map((v) => slope * v);
  },
};
