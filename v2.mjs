import base from './test/mutation/vitest.config.mjs';
export default { ...base, plugins: process.env.FASTCOV ? [{ name: 'c', enforce: 'pre', transform: (code) => code.includes('function cover() {') ? code.replace('function cover() {', 'function cover() { if (ns.activeMutant !== void 0) return;') : undefined }] : [], test: { ...base.test, setupFiles: ['./s.mjs'] } };
