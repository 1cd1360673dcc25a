// Figures of margins, and paired differences over draws: shared by the evidence on texts and on images.

/** AUC and log-loss of margins. */
export function figures(margins, labels) {
  const losses = Array.from(margins, (z, i) => {
    const m = labels[i] === 1 ? -z : z;
    return m > 0 ? m + Math.log1p(Math.exp(-m)) : Math.log1p(Math.exp(m));
  });
  const order = [...margins.keys()].sort((a, b) => margins[a] - margins[b]);
  let [ranks, ones] = [0, 0];
  order.forEach((row, i) => {
    if (labels[row] !== 1) return;
    ranks += i + 1;
    ones++;
  });
  const auc = (ranks - (ones * (ones + 1)) / 2) / (ones * (labels.length - ones));
  return { auc, logLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
}

const T95 = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09,
];
export const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;

/** Mean and half the width of the 95 % interval of paired differences. */
export function paired(rows, method, base, metric) {
  const differences = rows.map((row) => row[method][metric] - row[base][metric]);
  const centre = mean(differences);
  const variance = differences.reduce((sum, x) => sum + (x - centre) ** 2, 0) / Math.max(1, differences.length - 1);
  const t = T95[Math.min(T95.length, Math.max(1, differences.length - 1)) - 1];
  return { centre, half: t * Math.sqrt(variance / differences.length) };
}

export const show = (x, digits = 4) => x.toFixed(digits).replace(/^(-?)0\./, '$1.');
