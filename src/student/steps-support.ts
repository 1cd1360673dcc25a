// The code of steps, which debkd/edge loads only for students that have them.
export { parseSteps } from '../data/steps/parse.ts';
export { planColumns } from './record-plan.ts';
