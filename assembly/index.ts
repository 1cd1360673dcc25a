// The kernels' exports, in the order of the pipeline. No host imports; memory is exported.
export { alloc, mark, release } from './arena';
export { exp, log, log1p, sigmoid, tanh, softplus, slog1p, moments, addSum, addCentral, finishMoments } from './math';
export { sigmoids, sigmoids32, softpluses } from './wide';
export { philoxBlock, seedWords, nextWord, uniform, shuffle, resample } from './random';
export { sha256, hashRows } from './hash';
export { fitLogistic, applyLogistic, blockEvidence, logisticScratch } from './labels';
export { fitPrior, fitColumns, columnsScratch, fitIsotonic, applyIsotonic } from './calibration';
export { fitTrees, applyTrees, treesScratch } from './trees';
export { stackGradient } from './stack';
export { infuseMix, infuseResidual, infuseEvidence, infuseAdjusted, infuseOrthogonal } from './infusion';
export { temper, crossEntropy, labelLosses, pairedDifference } from './loss';
export {
  createNetwork, networkSize, networkParameters, networkGradient, networkMargins, networkLoss, layerWeight, layerBias,
  layerStride, startNetwork, bindRows, predictRows,
} from './network';
export {
  bindTargets, setLoss, setOptimizer, beginEpoch, drawOrder, lossGradient, trainRows, setOrder, stateBytes, saveState, loadState,
} from './training';
export { bindRegression, bindRelation, teacherRelations } from './hint';
export { sortDescending, rowLosses, measure, bootstrap, bestF1Threshold } from './metrics';
