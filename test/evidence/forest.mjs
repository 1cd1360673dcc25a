// A forest plot of the paired differences of many comparisons: one row per teacher, one panel per rival method.
const COLOURS = { won: '#2563eb', lost: '#b91c1c', even: '#64748b' };
// with a few hundred rows, differences are ten times as large: they are drawn at the edge of the scale
const SCALES = {
  logLoss: { name: 'log-loss', side: 'left', domain: [-0.03, 0.005], ticks: [-0.03, -0.02, -0.01, 0] },
  auc: { name: 'AUC', side: 'right', domain: [-0.004, 0.02], ticks: [0, 0.01, 0.02] },
};
const MARGIN = { left: 170, right: 20, top: 40, bottom: 40 };
const PANEL = { width: 190, gap: 20 };
const ROW = 22;

/** The differences between `debiased` and each rival as SVG. @param part comparisons with their teachers' names */
export function forest(part, metric, rivals) {
  const scale = SCALES[metric];
  const [low, high] = scale.domain;
  const differenceOf = (result, rival) => {
    const pair = result.paired.find((p) => p.a === 'debiased' && p.b === rival && p.metric === metric);
    return pair && pair.difference.low !== null ? pair.difference : undefined;
  };
  const shown = rivals.filter((rival) => part.some(({ result }) => differenceOf(result, rival)));
  const width = MARGIN.left + PANEL.width * shown.length + MARGIN.right;
  const bottom = MARGIN.top + ROW * part.length;
  const yOf = (row) => MARGIN.top + ROW * (row + 0.5);
  const panels = shown.map((rival, k) => {
    const left = MARGIN.left + PANEL.width * k;
    const xOf = (value) => {
      const share = (Math.min(Math.max(value, low), high) - low) / (high - low);
      return (left + (PANEL.width - PANEL.gap) * share).toFixed(1);
    };
    const points = part.flatMap(({ result }, row) => {
      const difference = differenceOf(result, rival);
      if (!difference) return [];
      const [from, y, to] = [xOf(difference.low), yOf(row), xOf(difference.high)];
      const colour = COLOURS[verdictOf(difference, metric)];
      return [
        `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
        `<circle cx="${xOf(difference.value)}" cy="${y}" r="3.5" fill="${colour}"/>`,
      ];
    });
    return [
      textAt(left + (PANEL.width - PANEL.gap) / 2, 20, 'middle', `minus ${rival}`),
      ...scale.ticks.flatMap((tick) => [
        `<line x1="${xOf(tick)}" x2="${xOf(tick)}" y1="${MARGIN.top}" y2="${bottom}" stroke="#1a1a1a" stroke-opacity="${tick === 0 ? 0.5 : 0.1}"/>`,
        textAt(xOf(tick), bottom + 14, 'middle', tick === 0 ? '0' : tick.toFixed(2).replace('0.', '.')),
      ]),
      ...points,
    ];
  });
  const label = `Difference in ${scale.name}, 95 % over seeds (${scale.side} of 0, debiased is better; beyond the scale at its edge)`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + MARGIN.bottom}" viewBox="0 0 ${width} ${bottom + MARGIN.bottom}" font-family="system-ui, sans-serif" font-size="11" fill="#1a1a1a">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...part.map(({ id }, row) => textAt(MARGIN.left - 10, yOf(row) + 4, 'end', id)),
    ...panels.flat(),
    textAt(width - MARGIN.right, bottom + 32, 'end', label),
    '</svg>',
  ].join('\n')}\n`;
}

/** Whether the interval excludes 0, and on which side. */
function verdictOf({ low, high }, metric) {
  const [better, worse] = metric === 'logLoss' ? [high < 0, low > 0] : [low > 0, high < 0];
  return better ? 'won' : worse ? 'lost' : 'even';
}

function textAt(x, y, anchor, text) {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}
