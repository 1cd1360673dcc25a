// What a run with a deferral band needs, loaded on demand.

export { holdOut } from '../../data/hold-out.ts';
export { chooseDeferral } from '../../student/choose-deferral.ts';
export { deferralCuts } from './deferral-cuts.ts';
