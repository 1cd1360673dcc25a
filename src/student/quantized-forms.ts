// The forms of parameters in fewer bits, by their names alone: a page that offers them need not load what makes them.

/** What parameters are stored in: half precision, or int8 weights with a scale for each unit. */
export type QuantizedForm = 'float16' | 'int8';
export const QUANTIZED_FORMS: readonly QuantizedForm[] = ['float16', 'int8'];
