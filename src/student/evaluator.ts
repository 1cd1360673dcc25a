// Computes selection losses during training: one network per validation part runs the parameters of every student in turn.

import type { AnyDataset } from '../data/dataset.ts';
import { type ImageForm, sameForm } from '../data/image-rows.ts';
import { imageFormOf, matrixRows, rowsPerRead } from '../data/row-source.ts';
import { meanOne, sumOf } from '../data/row-weights.ts';
import { DebkdError } from '../io/errors.ts';
import type { Arena } from '../kernels/memory.ts';
import type { Architecture } from './architecture.ts';
import { bindMatrix, createNetwork, inputsOf } from './network.ts';
import { mostEntries, placeMatrix, reserveRows } from './placed-rows.ts';
import type { Selection } from './selection.ts';
import { openSelectionMetric } from './selection-metrics.ts';

export interface Evaluator {
  /** Handle of the network. */
  readonly net: number;
  /** Writes the margins of rows to the pointer z, float32 [rows.length]. @param rows row numbers, ascending */
  answer(rows: Uint32Array, z: number): void;
}

/** Rows in one read from a file. */
const ROWS_PER_READ = 16384;
const BATCH = 256;

function openEvaluator(arena: Arena, shape: Architecture, { features, rows: total }: AnyDataset): Evaluator {
  const { kernels } = arena;
  const net = createNetwork(arena, inputsOf(features), shape);
  const batch = Math.min(BATCH, total);
  const source = matrixRows(features);
  if (source.all) {
    bindMatrix(arena, net, placeMatrix(arena, source.all), batch);
    const lists = new Map<Uint32Array, number>();
    return {
      net,
      answer(rows, z) {
        const list = lists.get(rows) ?? arena.put(rows);
        lists.set(rows, list);
        kernels.predictRows(net, list, rows.length, z);
      },
    };
  }
  const perRead = rowsPerRead(features, ROWS_PER_READ);
  const most = Math.min(perRead, total);
  const room = reserveRows(arena, features, { rows: most, entries: mostEntries(features, perRead) });
  const list = arena.reserve(4 * most);
  bindMatrix(arena, net, room, batch);
  return {
    net,
    answer(rows, z) {
      let done = 0;
      for (let from = 0; from < total && done < rows.length; from += perRead) {
        const to = Math.min(total, from + perRead);
        let end = done;
        while (end < rows.length && (rows[end] as number) < to) end++;
        if (end === done) continue;
        room.write(source.read(from, to));
        arena.write(
          list,
          rows.slice(done, end).map((row) => row - from),
        );
        kernels.predictRows(net, list, end - done, z + 4 * done);
        done = end;
      }
    },
  };
}

/** Measures parameters by the metric of a selection on its rows. */
export interface SelectionMeasure {
  /** Handle of the network to write the parameters into. */
  readonly net: number;
  /** Computes the mean cross-entropy over the selection's rows, or the loss of its metric, weighted where they have weights. */
  loss(): number;
}

/** The students to measure. */
export interface Measurable {
  /** The evaluator of each validation part; students on the same part share one. */
  readonly evaluators: Map<AnyDataset, Evaluator>;
  /** Architecture of the students. */
  readonly shape: Architecture;
  /** Encoded columns of the training rows. */
  readonly width: number;
  /** The form of their images; undefined without images. */
  readonly image?: ImageForm | undefined;
}

/**
 * Opens the measure of a selection.
 * @throws DebkdError `value` when the validation rows have other encoded columns than the training rows
 */
export function openMeasure(
  arena: Arena,
  { evaluators, shape, width, image }: Measurable,
  { dataset, rows, targets, metric = 'logLoss' }: Selection,
): SelectionMeasure {
  const { kernels } = arena;
  const isWide = dataset.features.width === width;
  if (!isWide || !sameForm(imageFormOf(dataset.features), image)) {
    throw new DebkdError('value', {
      subject: 'validation',
      seen: isWide ? 'images in another form' : `${dataset.features.width} encoded columns`,
      expected: `${isWide ? 'the same' : width}, as in the training rows`,
      remedy: 'encode both parts with the same preprocessing',
    });
  }
  const evaluator = evaluators.get(dataset) ?? openEvaluator(arena, shape, dataset);
  evaluators.set(dataset, evaluator);
  const { weights: all } = dataset;
  const weights = all && meanOne(Float64Array.from(rows, (row) => all[row] as number));
  const total = weights ? sumOf(weights) : rows.length;
  const t = arena.put(targets);
  const w = weights ? arena.put(weights) : 0;
  const z = arena.reserve(4 * rows.length);
  const other = metric === 'logLoss' ? undefined : openSelectionMetric(arena, metric, { targets, weights });
  return {
    net: evaluator.net,
    loss() {
      evaluator.answer(rows, z);
      return other ? other(z) : kernels.crossEntropy(z, t, rows.length, w) / total;
    },
  };
}
