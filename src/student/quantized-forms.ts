// Names of the quantised forms, in a file without dependencies: a page lists them without loading the code that quantises.

/** Storage of parameters: half precision, or int8 weights with one scale per unit. */
export type QuantizedForm = 'float16' | 'int8';
export const QUANTIZED_FORMS: readonly QuantizedForm[] = ['float16', 'int8'];
