// Scores the rows of a file with the student, as `debkd predict --keep all` does: one chunk after the other, never all in memory.
import { openAnswerWriter } from '../../data/answer-writer.ts';
import { listedRow } from '../../data/listed-values.ts';
import { openTable } from '../../data/read-table.ts';
import type { ProgressOptions } from '../../io/progress.ts';
import { yieldToEventLoop } from '../../io/progress.ts';
import { chunksOf } from '../../io/source.ts';
import { manyMissing, missingCounter, missingWords } from '../../monitor/more-missing.ts';
import { answerCells, answerNames, openDecider, openRowPredictor } from '../../student/predict-rows.ts';
import type { Student } from '../../student/student.ts';
import type { Scored } from '../messages.ts';

/** Rows that the page shows. */
const SHOWN = 5;
/** Characters of a shown cell. */
const CELL = 80;

/**
 * @param student one that reads no images
 * @param file a table in any format
 * @throws DebkdError as openTable, `column` for a column that is not there, or with the row of a value that cannot be read
 */
export async function score(student: Student, file: File, { signal, onProgress }: ProgressOptions): Promise<Scored> {
  let bytes = 0;
  const counted = (async function* () {
    for await (const chunk of chunksOf(file)) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  const { format, rows } = await openTable(counted, file.name, file);
  const asListed = listedRow(rows, { listed: student.listedTexts(), missing: student.preprocessing.missing });
  const predictor = openRowPredictor(student, { name: file.name, header: rows.header });
  const decideRow = openDecider(student, rows.header, file.name);
  const missing = missingCounter(student.preprocessing, rows.header);
  const kept = rows.header.map((_, j) => j);
  const write = openAnswerWriter({ format, rows, names: answerNames(student), kept });
  // Blobs, which a browser need not keep in memory
  const parts: Blob[] = [new Blob([write.header])];
  const shown: string[][] = [];
  let [scored, positives, deferred] = [0, 0, 0];
  for await (const chunk of rows.chunks) {
    const seen = chunk.map(asListed);
    missing.add(seen);
    const lines = Array.from(predictor.predict(seen), (p, i) => {
      const fields = chunk[i] as readonly string[];
      const answer = decideRow(seen[i] as readonly string[], p);
      positives += answer.label;
      deferred += answer.defer ? 1 : 0;
      if (shown.length < SHOWN)
        shown.push([p.toFixed(4), ...answerCells(answer, format).slice(1).map(String), ...fields.map(shortened)]);
      return write.line(fields, answerCells(answer, format));
    });
    scored += chunk.length;
    parts.push(new Blob([lines.join('')]));
    // of Parquet, npy and unpacked bytes the share is unknown
    const share = format === 'csv' || format === 'ndjson' ? bytes / file.size : undefined;
    onProgress?.({
      stage: 'scoring',
      ...{ done: scored, total: scored },
      ...(share !== undefined && share <= 1 && { share }),
    });
    await yieldToEventLoop();
    signal?.throwIfAborted();
  }
  const warning = missingWords(manyMissing(missing.list(), scored, undefined));
  return {
    name: `${file.name.replace(/(\.\w+)?(\.gz)?$/i, '')}-scored.${format === 'ndjson' ? 'ndjson' : 'csv'}`,
    file: new Blob(parts),
    rows: scored,
    positives,
    ...(student.defer && { deferred }),
    ...(student.target && { target: { name: student.target.name, positive: student.target.positive } }),
    columns: [...write.names, ...rows.header],
    shown,
    unknown: predictor.unknown().map(({ column, count, example }) => ({ column, count, example })),
    ...(warning && { missing: warning }),
  };
}

function shortened(text: string): string {
  return text.length > CELL ? `${text.slice(0, CELL)} ...` : text;
}
