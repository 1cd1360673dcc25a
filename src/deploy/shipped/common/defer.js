// Asks another service about the records that the student defers (config.deferTo), such as the teacher's. Where it has no address, fails or
// is late, the student's answer stays with `defer: true`, and the caller decides.
import { config } from './config.js';

/**
 * @param value a record or a list of records
 * @param predictions the student's answer for each
 * @returns the answers; those of the other service have its probability and label, and `answeredBy: "deferTo"`
 */
export async function answerDeferred(value, predictions) {
  const [records, answers] = Array.isArray(value) ? [value, predictions] : [[value], [predictions]];
  const asked = answers.flatMap(({ defer }, i) => (defer ? [i] : []));
  if (!config.deferTo.url || asked.length === 0) return predictions;
  const others = await ask(asked.map((i) => records[i])).catch((error) => {
    console.error(`deferTo: ${error.message}; the student's answers are sent`);
    return [];
  });
  const merged = [...answers];
  others.forEach(({ probability, label }, k) => {
    const i = asked[k];
    merged[i] = { ...answers[i], probability, label, answeredBy: 'deferTo' };
  });
  return Array.isArray(value) ? merged : merged[0];
}

async function ask(records) {
  const { url, seconds, headers } = config.deferTo;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(records),
    signal: AbortSignal.timeout(1000 * seconds),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const others = await response.json();
  const isAnswer = (other) => other?.probability >= 0 && other.probability <= 1 && [0, 1].includes(other.label);
  if (!Array.isArray(others) || others.length !== records.length || !others.every(isAnswer))
    throw new Error('the response is not a list of { probability, label }, one for each record');
  return others;
}
