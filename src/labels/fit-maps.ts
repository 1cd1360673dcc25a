// Fits maps on the rows outside a fold: here, or in another thread.
import { dispose } from '../io/dispose.ts';
import type { Threads } from '../io/threads.ts';
import { type Arena, openArena } from '../kernels/memory.ts';
import type { DebiasMap } from './maps/map.ts';
import { applyMap, fitMap } from './maps/maps.ts';
import { type CalibrationProblem, type ProblemRows, placeProblem, withFolds } from './maps/problem.ts';

/** Maps to fit in turn without a fold; a path of penalties or of trees starts each fit from the one before. */
export interface MapChain {
  /** The fold to leave out; -1: none, and every fit starts afresh, except that of trees, which has the same result either way. */
  readonly fold: number;
  readonly maps: readonly DebiasMap[];
}

/** What a chain gives, by map. */
export interface FittedMaps {
  readonly parameters: readonly Float64Array[];
  /** d of the fold's rows, in the order of the rows; empty without a fold. */
  readonly heldOut: readonly Float64Array[];
}

/** Rows times fields times maps of a cross-fit from which on threads are worth their start; about a second. */
const WORTH = 1e7;

/** The threads, if fitting the maps is worth their start. */
export function worthThreads(
  threads: Threads | undefined,
  { n, features }: CalibrationProblem,
  fits: number,
): Threads | undefined {
  return threads && threads.size > 1 && n * (features.fields + 2) * fits >= WORTH ? threads : undefined;
}

/** Splits maps into chains that do not start from each other's fits: their places, the longest work first. */
export function chainsOf(maps: readonly DebiasMap[]): number[][] {
  const chains = new Map<string, number[]>();
  for (const [k, map] of maps.entries()) {
    const key = chainOf(map);
    chains.set(key, [...(chains.get(key) ?? []), k]);
  }
  return ORDER.flatMap((key) => (chains.has(key) ? [chains.get(key) as number[]] : []));
}

const ORDER = ['trees', 'features', 'inputs', 'hinges', 'texts', 'groups', 'margin'] as const;

function chainOf({ method, on = 'inputs', penalty }: DebiasMap): (typeof ORDER)[number] {
  if (method === 'trees') return 'trees';
  if (method !== 'residual') return 'margin';
  return on === 'inputs' && penalty === undefined ? 'hinges' : on;
}

/** Fits a chain. @param options.step called after each map; when it throws, so does this @param options.threads default: this thread */
export function fitMaps(
  problem: CalibrationProblem,
  chain: MapChain,
  { step, threads }: { step: (map: DebiasMap) => Promise<void>; threads?: Threads | undefined },
): Promise<FittedMaps> {
  const here = (): Promise<FittedMaps> => fitHere(problem, chain, step);
  if (!threads) return here();
  const { source, repeat } = problem;
  return new Promise((resolve, reject) => {
    const task = { name: 'fit maps', shared: [source], args: { ...chain, repeat } } as const;
    const onNews = (place: number): void => void step(chain.maps[place] as DebiasMap).catch(reject);
    threads.run<FittedMaps, number>(task, here, onNews).then(resolve, reject);
  });
}

async function fitHere(
  problem: CalibrationProblem,
  { fold, maps }: MapChain,
  step: (map: DebiasMap) => Promise<void>,
): Promise<FittedMaps> {
  const held = problem.folds.reduce((sum, own) => sum + (own === fold ? 1 : 0), 0);
  const parameters: Float64Array[] = [];
  const heldOut: Float64Array[] = [];
  let platt: Float64Array | undefined;
  let previous: (DebiasMap & { parameters: Float64Array }) | undefined;
  for (const map of maps) {
    const iterates = map.method === 'residual' || map.method === 'trees';
    let start: Float64Array | undefined;
    if (map.method === 'trees' && previous?.method === 'trees') start = previous.parameters;
    else if (fold >= 0 && iterates) {
      const isNext = previous?.method === map.method && previous.on === map.on && map.penalty !== undefined;
      platt ??= fitMap(problem, { method: 'platt' }, fold);
      start = isNext ? previous?.parameters : platt;
    }
    const fitted = fitMap(problem, map, fold, start);
    if (map.method === 'platt') platt = fitted;
    previous = { ...map, parameters: fitted };
    parameters.push(fitted);
    if (fold >= 0) {
      const d = applyMap(problem, map, fitted);
      const own = new Float64Array(held);
      let at = 0;
      for (let i = 0; i < problem.n; i++) if (problem.folds[i] === fold) own[at++] = d[i] as number;
      heldOut.push(own);
    }
    await step(map);
  }
  return { parameters, heldOut };
}

let placed: { rows: ProblemRows; arena: Arena; problem: CalibrationProblem } | undefined;

/** The task `fit maps` in a thread, which keeps the rows of its last task in kernel memory. */
export async function fitMapsTask(
  rows: ProblemRows,
  { repeat, ...chain }: MapChain & { readonly repeat: number },
  onStep: (place: number) => void,
): Promise<FittedMaps> {
  if (placed?.rows !== rows) {
    placed?.arena[dispose]();
    const arena = openArena();
    placed = { rows, arena, problem: placeProblem(arena, rows.margins, rows.given, rows.hidden) };
  }
  return fitHere(withFolds(placed.problem, repeat), chain, async (map) => onStep(chain.maps.indexOf(map)));
}
