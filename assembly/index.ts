// The kernels' exports, in the order of the pipeline, and the module's memory. The one import is the caller's own loss (training.ts).
// kernel-types.mjs writes their TypeScript interface.
export { alloc, mark, release } from './arena';
export { moments, addSum, addCentral, finishMoments } from './math';
export { sigmoids, sigmoids32 } from './wide';
export { splitLines, gatherColumns, joinTexts } from './lines';
export { findCodes, sampleTexts } from './distinct';
export { plainNumbers } from './numbers';
export { sha256 } from './hash';
export { hashRows } from './hash-rows';
export { fitLogistic, applyLogistic, logisticScratch } from './logistic';
export { blockEvidence } from './evidence';
export { findRuns, ridgeRows, ridgeMultiply } from './ridge';
export { fitPrior, fitColumns, columnsScratch, fitIsotonic, applyIsotonic } from './calibration';
export { fitTrees, applyTrees, binColumn, treesScratch } from './trees';
export { stackGradient } from './stack';
export { infuseMix, infuseResidual, infuseEvidence, infuseAdjusted, infuseOrthogonal } from './infusion';
export { softenTargets, crossEntropy, labelLosses, pairedDifference } from './loss';
export {
  createNetwork, networkSize, networkParameters, networkLoss, layerWeight, layerBias, layerStride, startNetwork, stageWeight, stageBias,
  stageStride, stageStatistics, bindImages, setChanges,
} from './network';
export { createTrunk } from './trunk';
export { bindRows, predictRows } from './forward';
export {
  bindTargets, setLoss, setOptimizer, beginEpoch, drawOrder, trainRows, setOrder, stateBytes, saveState, loadState,
} from './training';
export { convexRows, convexMultiply, convexPenalty, meanTarget } from './convex';
export {
  conjugateBytes, conjugateDirection, conjugateProduct, conjugateStart, conjugateAdvance, conjugateFinish, conjugateTrial,
} from './conjugate';
export { bindRegression, bindRelation, teacherRelations } from './hint';
export { sortDescending, rowLosses, rankLabels, rankValues, measure, bootstrap, bestF1Threshold } from './metrics';

// For tests only: functions of other kernels, compared with known answers and with their TypeScript versions
export { exp, log, log1p, sigmoid, softplus } from './math';
export { softpluses } from './wide';
export { philoxBlock } from './random';
export { networkGradient } from './network';
export { lossGradient } from './training';
