// The source of what student.js has besides if the student has thresholds of groups: the build makes it one constant, debkdGroups.
export { recordThreshold } from '../../student/group-thresholds.ts';
