import { readFile } from "node:fs/promises";
import * as debkd from "debkd";
const model = (path) => new URL(`../../models/${path}`, import.meta.url).pathname;
const preprocessing = debkd.parsePreprocessing(
  JSON.parse(await readFile(model("wdbc/preprocessing.json"), "utf8")),
  "wdbc"
);
const teacher = await debkd.loadTeacher(model("wdbc-mlp-biased/teacher.onnx"), { preprocessing });
const table = await debkd.readCsv(model("wdbc/data.csv"), { target: "label" });
const { train, validation, test } = await debkd.encodeParts(table, debkd.split(table), preprocessing);
const margins = {
  train: (await debkd.softLabels(teacher, train)).margins,
  validation: (await debkd.softLabels(teacher, validation)).margins
};
const { debiased, selectionMargins } = await debkd.debiasParts(
  { data: train, margins: margins.train },
  { data: validation, margins: margins.validation }
);
const limit = 3;
const targets = { margins: debiased.train.map((d) => Math.max(-limit, Math.min(limit, d))) };
const huber = debkd.customLoss((margin, target) => {
  const gap = margin - target;
  return Math.abs(gap) <= 1 ? { value: gap * gap / 2, derivative: gap } : { value: Math.abs(gap) - 0.5, derivative: Math.sign(gap) };
});
const student = await debkd.fit({ hidden: [8] }, train, targets, huber, {
  seed: 1,
  validation: debkd.debiasedSelection(validation, selectionMargins.validation)
});
const threshold = debkd.chooseThreshold(student.predictProba(validation), validation.labels);
const { metrics } = await debkd.evaluate(student.predictProba(test), test.labels, { threshold });
console.log(`AUC ${metrics.auc.value.toFixed(3)}, log-loss ${metrics.logLoss.value.toFixed(3)}`);
teacher[Symbol.dispose]();
