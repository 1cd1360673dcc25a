// What thresholds of groups make alike.

/** True positive rates, or true and false positive rates. */
export type GroupGoal = 'equal-opportunity' | 'equalised-odds';

/** The goals. */
export const GROUP_GOALS: readonly GroupGoal[] = ['equal-opportunity', 'equalised-odds'];
