// Plans of records for any preprocessing, cached.
import type { Preprocessing } from '../data/preprocessing.ts';
import { planImages } from './plan-images.ts';
import type { RecordPlan } from './record.ts';

/** Cached plans by preprocessing. */
const plans: WeakMap<Preprocessing, RecordPlan> = /* @__PURE__ */ new WeakMap();

/** Returns the cached plan of a preprocessing, or makes it. */
export function recordPlan(preprocessing: Preprocessing): RecordPlan {
  const cached = plans.get(preprocessing);
  if (cached) return cached;
  const plan = planImages(preprocessing);
  plans.set(preprocessing, plan);
  return plan;
}
