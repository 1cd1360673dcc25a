// Label de-biasing with several teachers: every map is fitted on each teacher's margin alone and on a logistic combination of all of
// them. The results are averaged, and stacked by their cross-fitted log-loss.
import { countLabels } from '../data/count-labels.ts';
import type { Dataset } from '../data/dataset.ts';
import { FOLDS } from '../data/folds.ts';
import { dispose } from '../io/dispose.ts';
import { type ProgressOptions, yieldToEventLoop } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import type { Features } from '../teacher/features.ts';
import { debiasesRichly, isOf, mapsOf } from './candidates.ts';
import { chooseWeights, meanOf } from './combine-maps.ts';
import { crossFit, type Fitted, lossesOf, rankCandidates } from './cross-fit.ts';
import type { Debias, DebiasPart } from './debias.ts';
import type { AblationComponent, DebiasMethod } from './debias-names.ts';
import { fitMaps, worthThreads } from './fit-maps.ts';
import type { Basis, DebiasMap } from './maps/map.ts';
import { type CalibrationProblem, placeProblem } from './maps/problem.ts';
import { stackWeights, weightedMean } from './stack.ts';
import { COMBINATION, combine, fitCombination, scaleOf, withMargins } from './teacher-combination.ts';

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
    const maps = mapsFor(teacher);
    // a combination that saw a fold's labels would make its margins there too good
    const openFold = teacher === COMBINATION ? (target: Arena, fold: number) => open(target, teacher, fold) : undefined;
    const fitted = await crossFitBase(problem, maps, { step, openFold, threads: given });
    const { best } = rankCandidates(problem, fitted);
    // `prior`, `beta` and the like keep what they do; only auto and stack combine maps
    const { weights, selection } = chooseWeights(problem, fitted, { method, ablate, labels: dataset.labels, best });
    const margins = meanOf(fitted, weights);
    const selectionMargins = selection ? meanOf(fitted, selection) : margins;
    bases.push({ teacher, fitted, weights, selection, margins, selectionMargins });
  }
  const [first] = problems.values();
  const problem = first as CalibrationProblem;
  const stacked = stackBases(problem, bases, dataset.labels);
  const equal = Float64Array.from(bases, ({ teacher }) => (teacher === COMBINATION ? 0 : 1 / teachers.length));
  const between = stacked.map((share, b) => 0.5 * (share + (equal[b] as number)));
  const shares = [between, equal, stacked];
  const parameters = await Promise.all(
    bases.map((base, b) => {
      const isShared = shares.some((share) => share[b] !== 0);
      return isShared ? fitChosen(problems.get(base.teacher) as CalibrationProblem, base, given) : [];
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
  const made = shares.map((share) => debiasOf(share, { bases, stacked, parameters, shared, combination }));
  await step();
  return { ...(made[0] as Debias), alternatives: made.slice(1) };
}

/** Cross-fits the maps of a base margin. @param options.openFold the rows as the fit without a fold sees them; default: the problem */
async function crossFitBase(
  problem: CalibrationProblem,
  maps: readonly DebiasMap[],
  {
    step,
    openFold,
    threads,
  }: {
    readonly step: () => Promise<void>;
    readonly openFold: ((target: Arena, fold: number) => CalibrationProblem) | undefined;
    readonly threads: Threads | undefined;
  },
): Promise<Fitted[]> {
  let foldArena: Arena | undefined;
  const inFold = (fold: number): CalibrationProblem => {
    foldArena?.[dispose]();
    foldArena = openArena();
    return (openFold as NonNullable<typeof openFold>)(foldArena, fold);
  };
  try {
    return await crossFit(problem, maps, {
      step,
      inFold: openFold && inFold,
      threads: worthThreads(threads, problem, maps.length * FOLDS),
    });
  } finally {
    (foldArena as Arena | undefined)?.[dispose]();
  }
}

/** The parameters of a base's maps, fitted on all rows; undefined for maps without a weight. */
function fitChosen(
  problem: CalibrationProblem,
  { fitted, weights, selection }: Base,
  given: Threads | undefined,
): Promise<(Float64Array | undefined)[]> {
  const threads = worthThreads(given, problem, fitted.length * FOLDS);
  return Promise.all(
    fitted.map(async ({ crossFitted: _, losses: __, ...map }, k) => {
      if (weights[k] === 0 && !selection?.[k]) return undefined;
      const chain = { fold: -1, maps: [map] };
      return (await fitMaps(problem, chain, { step: async () => undefined, threads })).parameters[0];
    }),
  );
}

/** The result with one share for each base. */
function debiasOf(
  share: Float64Array,
  {
    bases,
    stacked,
    parameters,
    shared,
    combination,
  }: {
    readonly bases: readonly Base[];
    readonly stacked: Float64Array;
    readonly parameters: readonly (readonly (Float64Array | undefined)[])[];
    readonly shared: Pick<Debias, 'rows' | 'candidates' | 'selectionMargins'>;
    readonly combination: NonNullable<Debias['combination']>;
  },
): Debias {
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
