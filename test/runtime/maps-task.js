/**
 * Fits a map without each of three folds in two threads.
 * @returns {Promise<{ task: number[], lost: number }>} how many rows each fold has, and how many fits ran in this thread
 */
export async function countMaps(openThreads) {
  const ROWS = 34;
  const at = (i) => Math.sin(i);
  const data = new Int32Array(Float32Array.from({ length: ROWS }, (_, i) => at(i)).buffer);
  const features = { rows: ROWS, fields: 1, width: 1, fieldColumns: Int32Array.of(0), data };
  const rows = {
    margins: Float64Array.from({ length: ROWS }, (_, i) => 2 * at(i)),
    given: {
      features,
      rows: ROWS,
      labels: Int8Array.from({ length: ROWS }, (_, i) => (at(i) + at(7 * i) > 0 ? 1 : 0)),
      folds: Uint8Array.from({ length: ROWS }, (_, i) => Math.min(2, Math.floor(i / 11))),
    },
    hidden: undefined,
  };
  let lost = 0;
  const threads = openThreads(2);
  const fits = await Promise.all(
    [0, 1, 2].map((fold) =>
      threads.run(
        { name: 'fit maps', shared: [rows], args: { fold, repeat: 0, maps: [{ method: 'platt' }] } },
        async () => {
          lost++;
          return { heldOut: [[]] };
        },
      ),
    ),
  );
  threads[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  return { task: fits.map(({ heldOut }) => heldOut[0].length), lost };
}
