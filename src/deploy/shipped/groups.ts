// The part of student.js for thresholds of groups. The build turns it into one constant, debkdGroups.
export { recordThreshold } from '../../student/group-thresholds.ts';
