// Label de-biasing with several teachers: every map is fitted on each teacher's margin alone and on a logistic combination of all of
// them. The results are averaged, and stacked by their cross-fitted log-loss.
import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset, Dataset } from '../data/dataset.ts';
import { FOLDS } from '../data/folds.ts';
import { appendColumns, type Matrix } from '../data/matrix.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError } from '../io/errors.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import { type Features, sliceFeatures } from '../teacher/features.ts';
import { applyParts, usedFeatures } from './apply-parts.ts';
import { debiasesRichly, isOf, mapsOf } from './candidates.ts';
import { chooseWeights, meanOf } from './combine-maps.ts';
import { crossFit, type Fitted, lossesOf, rankCandidates } from './cross-fit.ts';
import type { ApplyOptions, Debias, DebiasPart } from './debias.ts';
import type { AblationComponent, DebiasMethod } from './debias-names.ts';
import { fitMaps, worthThreads } from './fit-maps.ts';
import { fitColumns } from './maps/fit-columns.ts';
import type { Basis } from './maps/map.ts';
import { type CalibrationProblem, placeProblem } from './maps/problem.ts';
import { startSlope } from './maps/slope.ts';
import { stackWeights, weightedMean } from './stack.ts';

/** The number of the combination in DebiasMap.teacher. */
const COMBINATION = 0;
/** Smaller standard deviations of a teacher's margins are constant. */
const CONSTANT = 1e-9;

interface Options extends ProgressOptions {
  readonly method: DebiasMethod;
  readonly ablate?: readonly AblationComponent[];
  readonly features?: Features | undefined;
  readonly threads?: Threads | undefined;
}

/** The maps of one base margin: a teacher's, or the combination. */
interface Base {
  readonly teacher: number;
  readonly fitted: readonly Fitted[];
  readonly weights: Float64Array;
  readonly selection: Float64Array | undefined;
  /** Cross-fitted margins, and the same for selection. */
  readonly margins: Float64Array;
  readonly selectionMargins: Float64Array;
}

/**
 * Fits all maps on each base margin. The result is halfway between a stack of the bases, if that is better than the best teacher
 * alone, and the equal mean of the teachers: the teacher with the lowest loss is often not the one that students learn best from.
 * The mean and the stack are alternatives, from which students choose.
 * @param teachers the margins of each teacher, float64 [rows]
 * @throws DebkdError as fitDebias
 */
export async function fitSeveral(
  teachers: readonly Float64Array[],
  dataset: Dataset,
  { method, ablate = [], features, threads: given, signal, onProgress }: Options,
): Promise<Debias> {
  const rich = debiasesRichly([dataset]);
  const scale = scaleOf(teachers);
  const wide = withMargins(dataset.features, teachers, scale);
  using arena = openArena();
  const open = (target: Arena, teacher: number, skip: number): CalibrationProblem => {
    if (teacher !== COMBINATION) {
      // hidden features are those of the first teacher that has some; they may help to correct the others, too
      return placeProblem(target, teachers[teacher - 1] as Float64Array, dataset, features);
    }
    const weights = fitCombination(target, teachers, dataset, skip);
    return placeProblem(target, combine(teachers, weights), { ...dataset, features: wide });
  };
  const numbers = [...teachers.map((_, k) => k + 1), COMBINATION];
  const mapsFor = (teacher: number) => {
    const { width } = teacher === COMBINATION ? wide : dataset.features;
    const hidden = teacher !== COMBINATION && features !== undefined;
    const bases: Basis[] = hidden ? ['inputs', 'features'] : ['inputs'];
    return mapsOf(method, rich, bases, width)
      .filter((map) => !ablate.some((part) => isOf(map, part)))
      .map((map) => ({ ...map, teacher }));
  };
  const total = numbers.reduce((sum, teacher) => sum + mapsFor(teacher).length, 0) * FOLDS + 1;
  let done = 0;
  const step = async (): Promise<void> => {
    onProgress?.({ stage: 'label de-biasing', done: Math.min(++done, total), total });
    await yieldToEventLoop();
    signal?.throwIfAborted();
  };
  const problems = new Map<number, CalibrationProblem>();
  const bases: Base[] = [];
  for (const teacher of numbers) {
    const problem = open(arena, teacher, -1);
    problems.set(teacher, problem);
    // a combination that saw a fold's labels would make its margins there too good
    let foldArena: Arena | undefined;
    const inFold = (fold: number): CalibrationProblem => {
      foldArena?.[dispose]();
      foldArena = openArena();
      return open(foldArena, teacher, fold);
    };
    try {
      const maps = mapsFor(teacher);
      const threads = worthThreads(given, problem, maps.length * FOLDS);
      const isCombined = teacher === COMBINATION;
      const fitted = await crossFit(problem, maps, { step, inFold: isCombined ? inFold : undefined, threads });
      const { best } = rankCandidates(problem, fitted);
      // `prior`, `beta` and the like keep what they do; only auto and stack combine maps
      const { weights, selection } = chooseWeights(problem, fitted, { method, ablate, labels: dataset.labels, best });
      const margins = meanOf(fitted, weights);
      bases.push({
        teacher,
        fitted,
        weights,
        selection,
        margins,
        selectionMargins: selection ? meanOf(fitted, selection) : margins,
      });
    } finally {
      (foldArena as Arena | undefined)?.[dispose]();
    }
  }
  const [first] = problems.values();
  const problem = first as CalibrationProblem;
  const stacked = stackBases(problem, bases, dataset.labels);
  const equal = Float64Array.from(bases, ({ teacher }) => (teacher === COMBINATION ? 0 : 1 / teachers.length));
  const between = stacked.map((share, b) => 0.5 * (share + (equal[b] as number)));
  const shares = [between, equal, stacked];
  const parameters = await Promise.all(
    bases.map(({ teacher, fitted, weights, selection }, b) => {
      const of = problems.get(teacher) as CalibrationProblem;
      const threads = worthThreads(given, of, fitted.length * FOLDS);
      const isShared = shares.some((share) => share[b] !== 0);
      return Promise.all(
        fitted.map(async ({ crossFitted: _, losses: __, ...map }, k) => {
          if (!isShared || (weights[k] === 0 && !selection?.[k])) return undefined;
          const chain = { fold: -1, maps: [map] };
          return (await fitMaps(of, chain, { step: async () => undefined, threads })).parameters[0];
        }),
      );
    }),
  );
  const combination = { weights: fitCombination(arena, teachers, dataset, -1), scale };
  const { candidates } = rankCandidates(
    problem,
    bases.flatMap(({ fitted }) => fitted),
  );
  const shared = {
    rows: countLabels({ labels: dataset.labels }).rows,
    candidates,
    // the best estimate of the truth selects students, whatever they learn
    selectionMargins: meanOfBases(bases, stacked, ({ selectionMargins }) => selectionMargins),
  };
  const made = shares.map((share): Debias => {
    const parts = bases.flatMap(({ fitted, weights, selection }, b): DebiasPart[] =>
      fitted.flatMap(({ crossFitted: _, losses: __, ...map }, k): DebiasPart[] => {
        const weight = (share[b] as number) * (weights[k] as number);
        const selectionWeight = (stacked[b] as number) * ((selection ?? weights)[k] as number);
        if (weight === 0 && selectionWeight === 0) return [];
        const shown = selectionWeight !== weight && { selectionWeight };
        return [{ ...map, weight, ...shown, parameters: parameters[b]?.[k] as Float64Array }];
      }),
    );
    const result = {
      ...shared,
      parts,
      crossFitted: meanOfBases(bases, share, ({ margins }) => margins),
      ...(parts.some(({ teacher }) => teacher === COMBINATION) && { combination }),
    };
    const [{ weight: _, ...only }] = parts as [DebiasPart];
    if (parts.length === 1) return { ...only, ...result };
    return { method: 'stack', parameters: Float64Array.from(parts, (p) => p.weight), ...result };
  });
  await step();
  return { ...(made[0] as Debias), alternatives: made.slice(1) };
}

/** Applies a map of fitSeveral to other rows. @throws DebkdError `value` without the teachers' margins */
export function applySeveral(
  debias: Debias,
  teachers: readonly Float64Array[] | undefined,
  dataset: AnyDataset,
  { features, as = 'labels' }: ApplyOptions,
): Float64Array {
  const least = debias.parts.reduce((most, { teacher = 0 }) => Math.max(most, teacher), 1);
  if (!teachers || teachers.length < least || teachers.some(({ length }) => length !== dataset.rows)) {
    throw new DebkdError('value', {
      subject: 'label de-biasing',
      seen: `margins of ${teachers?.length ?? 0} teachers`,
      expected: `a margin of each teacher for each of ${dataset.rows} rows, because the map was fitted on them`,
    });
  }
  const hidden = usedFeatures(debias, features);
  const { weights, scale } = debias.combination ?? { weights: new Float64Array(0), scale: new Float64Array(0) };
  return applyParts(debias, dataset, {
    as,
    open({ arena, from, to, rows }) {
      const block = teachers.map((margins) => margins.subarray(from, to));
      const problems = new Map<number, CalibrationProblem>();
      return ({ teacher = 1 }) => {
        const problem =
          problems.get(teacher) ??
          (teacher === COMBINATION
            ? placeProblem(arena, combine(block, weights), {
                ...rows,
                features: withMargins(rows.features, block, scale),
              })
            : placeProblem(arena, block[teacher - 1] as Float64Array, rows, hidden && sliceFeatures(hidden, from, to)));
        problems.set(teacher, problem);
        return problem;
      };
    },
  });
}

/** The share of each base: a stack, if its log-loss is lower than that of the best teacher alone. */
function stackBases(problem: CalibrationProblem, bases: readonly Base[], labels: Int8Array): Float64Array {
  const losses = bases.map(({ margins }) => meanLoss(problem, margins));
  const alone = bases.map(({ teacher }, b) => (teacher === COMBINATION ? Infinity : (losses[b] as number)));
  const best = alone.indexOf(Math.min(...alone));
  const shares = stackWeights(
    bases.map(({ margins }) => margins),
    labels,
    problem.weights,
  );
  const stacked = meanLoss(
    problem,
    meanOfBases(bases, shares, ({ margins }) => margins),
  );
  if (stacked <= (losses[best] as number)) return shares;
  return Float64Array.from(bases, (_, b) => (b === best ? 1 : 0));
}

function meanLoss(problem: CalibrationProblem, margins: Float64Array): number {
  const { weights } = problem;
  const losses = lossesOf(problem, margins);
  return losses.reduce((sum, loss, i) => sum + (weights ? (weights[i] as number) * loss : loss), 0);
}

function meanOfBases(bases: readonly Base[], shares: Float64Array, of: (base: Base) => Float64Array): Float64Array {
  const only = shares.indexOf(1);
  if (only >= 0) return of(bases[only] as Base);
  return weightedMean(shares, bases.map(of));
}

/** Fits the combination on the labelled rows outside fold `skip`, with a ridge penalty on the distance from the mean. */
function fitCombination(arena: Arena, teachers: readonly Float64Array[], dataset: Dataset, skip: number): Float64Array {
  const problem = placeProblem(arena, teachers[0] as Float64Array, dataset);
  const share = 1 / teachers.length;
  return fitColumns(problem, skip, {
    name: 'teachers',
    columns: [new Float64Array(dataset.rows).fill(1), ...teachers],
    penalties: [0, ...teachers.map(() => 1)],
    centres: [0, ...teachers.map(() => share)],
    start: [0, ...teachers.map((margins) => share * startSlope(margins))],
  });
}

function combine(teachers: readonly Float64Array[], weights: Float64Array): Float64Array {
  return (teachers[0] as Float64Array).map((_, row) =>
    teachers.reduce(
      (sum, margins, k) => sum + (weights[k + 1] as number) * (margins[row] as number),
      weights[0] as number,
    ),
  );
}

function scaleOf(teachers: readonly Float64Array[]): Float64Array {
  const moments = teachers.map((margins) => {
    const mean = margins.reduce((sum, v) => sum + v, 0) / margins.length;
    const squares = margins.reduce((sum, v) => sum + (v - mean) * (v - mean), 0);
    return [mean, Math.sqrt(squares / margins.length)] as const;
  });
  return Float64Array.from([...moments.map(([mean]) => mean), ...moments.map(([, deviation]) => deviation)]);
}

/** The inputs with each teacher's standardised margins as further columns. */
function withMargins(features: Matrix, teachers: readonly Float64Array[], scale: Float64Array): Matrix {
  const count = teachers.length;
  const values = new Float32Array(features.rows * count);
  teachers.forEach((margins, k) => {
    const [mean, deviation] = [scale[k] as number, scale[count + k] as number];
    const divisor = deviation > CONSTANT ? deviation : 1;
    for (let row = 0; row < features.rows; row++) values[row * count + k] = ((margins[row] as number) - mean) / divisor;
  });
  return appendColumns(features, values);
}
