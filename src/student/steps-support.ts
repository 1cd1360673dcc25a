// The code of steps and texts, which debkd/edge loads only for students that have them.
export { parsePreprocessing } from '../data/preprocessing.ts';
export { planColumns } from './plan-columns.ts';
