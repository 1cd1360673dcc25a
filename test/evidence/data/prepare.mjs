// Functions that turn the files of a data set's origin into its CSV: raw values as in the source, the label last, 0 or 1. Each takes the
// texts of the files in the order of sources.mjs. Line ends and separators may differ between copies; a wrong row is refused.

const lines = (text) => text.split(/\r?\n/).filter((line) => line.trim() !== '');
const csv = (header, rows) => `${[header, ...rows.map((fields) => fields.join(','))].join('\n')}\n`;
const listOf = (text) => text.trim().split(/\s+/).join(',');

/** Splits lines into fields and refuses another number of them. */
function table(name, found, separator, width) {
  return found.map((line, i) => {
    const fields = line.trim().split(separator);
    if (fields.length === width) return fields;
    throw new Error(`${name}: row ${i + 1} has ${fields.length} fields, expected ${width}`);
  });
}

/** The last field of a row as 0 or 1. */
function label(name, fields, classes) {
  const at = classes.indexOf(fields.at(-1));
  if (at < 0) throw new Error(`${name}: label "${fields.at(-1)}", expected ${classes.join(' or ')}`);
  return [...fields.slice(0, -1), at];
}

const ADULT = listOf(`age workclass fnlwgt education education-num marital-status occupation relationship race sex
  capital-gain capital-loss hours-per-week native-country label`);

/** The rows of adult.data, then those of adult.test, whose labels end with a dot and whose first line is a remark. */
export function adult(...texts) {
  const rows = texts.flatMap((text) =>
    table(
      'adult',
      lines(text).filter((line) => !line.startsWith('|')),
      /\s*,\s*/,
      15,
    ),
  );
  return csv(
    ADULT,
    rows.map((fields) => {
      const known = fields.map((field) => (field === '?' ? '' : field));
      return label('adult', [...known.slice(0, -1), known.at(-1).replace(/\.$/, '')], ['<=50K', '>50K']);
    }),
  );
}

export function bank(text) {
  const [header, ...rows] = lines(text.replaceAll('"', ''));
  const separator = header.includes(';') ? ';' : ',';
  const names = header.split(separator);
  return csv(
    [...names.slice(0, -1), 'label'].join(','),
    table('bank', rows, separator, 17).map((fields) => label('bank', fields, ['no', 'yes'])),
  );
}

const DEFAULT = listOf(`LIMIT_BAL SEX EDUCATION MARRIAGE AGE PAY_0 PAY_2 PAY_3 PAY_4 PAY_5 PAY_6
  BILL_AMT1 BILL_AMT2 BILL_AMT3 BILL_AMT4 BILL_AMT5 BILL_AMT6 PAY_AMT1 PAY_AMT2 PAY_AMT3 PAY_AMT4 PAY_AMT5 PAY_AMT6 label`);

/** UCI's CSV, or the sheet saved as CSV: one or two lines of names, and a first column of row numbers, which is dropped. */
export function creditDefault(text) {
  const rows = table('default', lines(text.replaceAll('"', '')), /[,;\t]/, 25).filter(([id]) => /^\d+$/.test(id));
  const whole = rows.map(([, ...fields]) => fields.map((field) => String(Number(field))));
  return csv(
    DEFAULT,
    whole.map((fields) => label('default', fields, ['0', '1'])),
  );
}

const GERMAN = listOf(`status duration credit_history purpose credit_amount savings employment installment_rate
  personal_status debtors residence_since property age other_installment_plans housing existing_credits job num_dependents
  telephone foreign_worker label`);

/** Class 2, a bad risk, becomes 1. */
export function german(text) {
  return csv(
    GERMAN,
    table('german', lines(text), /[ ,]+/, 21).map((fields) => label('german', fields, ['1', '2'])),
  );
}

const WORDS = listOf(`make address all 3d our over remove internet order mail receive will people report addresses free
  business email you credit your font 000 money hp hpl george 650 lab labs telnet 857 data 415 85 technology 1999 parts pm
  direct cs meeting original project re edu table conference`);
const SPAMBASE = [
  ...WORDS.split(',').map((word) => `word_freq_${word}`),
  ...['semicolon', 'lparen', 'lbracket', 'exclam', 'dollar', 'hash'].map((character) => `char_freq_${character}`),
  ...['average', 'longest', 'total'].map((kind) => `capital_run_length_${kind}`),
  'label',
].join(',');

export function spambase(text) {
  return csv(
    SPAMBASE,
    table('spambase', lines(text), ',', 58).map((fields) => label('spambase', fields, ['0', '1'])),
  );
}
