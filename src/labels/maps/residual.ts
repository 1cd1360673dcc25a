// d = b + a v + w . phi; phi is the inputs, optionally with the teacher's features or hinges of v, or the groups.
import { DebkdError } from '../../io/errors.ts';
import { fitResidual, hingeKnots, placeDesign } from './design.ts';
import type { DesignMatrix } from './design-matrix.ts';
import type { MapKind } from './kind.ts';
import type { Basis } from './map.ts';
import { type CalibrationProblem, scratchOf, weighty } from './problem.ts';
import { isWide } from './ridge.ts';
import { textResidual } from './text-residual.ts';

export const residual: MapKind = {
  /** [number of knots, knots, b, a, w ...] */
  fit(problem, map, skip, start) {
    const { penalty, on } = map;
    if (on === 'texts') return textResidual.fit(problem, map, skip, start);
    const { arena, at, n, margins } = problem;
    const hinged = penalty === undefined && on !== 'groups';
    const knots = hinged ? hingeKnots(weighty(problem, margins)) : new Float64Array(0);
    const phi = designOf(problem, on, knots);
    const takesSquare = penalty === undefined || !isWide(phi.width);
    const bytes = takesSquare ? arena.kernels.logisticScratch(phi.width, phi.fields) >>> 0 : 0;
    const scratch = takesSquare ? scratchOf(problem, `logistic ${phi.width}`, bytes) : 0;
    const from = start && start.length > 2 ? start.slice(1 + (start[0] as number)) : start;
    const reuse = from?.length === phi.width + 2;
    const theta = fitResidual(arena, { ...at, n }, phi, { penalty, skip, start: from, reuse, scratch });
    return Float64Array.from([knots.length, ...knots, ...theta]);
  },
  apply(problem, map, parameters) {
    const { on } = map;
    if (on === 'texts') return textResidual.apply(problem, map, parameters);
    const { arena, at, n } = problem;
    const [count = 0] = parameters;
    const knots = parameters.slice(1, 1 + count);
    const theta = scratchOf(problem, `theta ${parameters.length}`, 8 * parameters.length);
    arena.write(theta, parameters.subarray(1 + count));
    const { data, fields, columns } = designOf(problem, on, knots);
    arena.kernels.applyLogistic(theta, at.v, data, fields, columns, n, at.out);
    return arena.f64(at.out, n);
  },
};

/** The design matrix in kernel memory. @throws DebkdError `value` if it needs the teacher's features and has none */
function designOf(problem: CalibrationProblem, on: Basis = 'inputs', knots: Float64Array): DesignMatrix {
  const { arena, bases, designs, margins } = problem;
  const key = `${on} ${knots.join(' ')}`;
  const placed = designs.get(key);
  if (placed) return placed;
  const basis = bases[on];
  if (!basis) {
    const isOfGroups = on === 'groups';
    throw new DebkdError('value', {
      subject: 'label de-biasing',
      seen: isOfGroups ? 'the groups of the rows are not given' : "the teacher's features are not given",
      expected: `those of the same ${isOfGroups ? 'columns' : 'hidden layer'}, because the map was fitted on them`,
    });
  }
  const phi = placeDesign(arena, basis, margins, knots);
  designs.set(key, phi);
  return phi;
}
