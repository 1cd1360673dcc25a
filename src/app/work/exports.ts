// The export code, a separate bundle that loads on demand.
export { exportTo } from '../../deploy/export.ts';
export { quantize } from '../../deploy/quantize.ts';
export { zip } from './zip.ts';
