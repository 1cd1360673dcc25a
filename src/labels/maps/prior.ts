// Prior shift: d = v - s. A change of the class prior shifts the log-odds by a constant (Saerens, Latinne, Decaestecker 2002); here s
// makes the mean probability equal the share of class 1.
import type { MapKind } from './kind.ts';

export const prior: MapKind = {
  /** [s] */
  fit({ arena: { kernels }, at, n }, _map, skip) {
    return Float64Array.of(kernels.fitPrior(at.v, at.y, at.fold, skip, n, at.weights));
  },
  apply({ margins }, _map, [shift = 0]) {
    return margins.map((v) => v - shift);
  },
};
