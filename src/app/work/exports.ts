// What exports need, in a bundle of its own.
export { exportTo } from '../../deploy/export.ts';
export { quantize } from '../../deploy/quantize.ts';
export { zip } from './zip.ts';
