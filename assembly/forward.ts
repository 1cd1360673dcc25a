// The forward pass of a network: from rows to margins.

import { activate, addInto } from './activation';
import { alloc, allocFloats } from './arena';
import { dropUnits } from './dropout';
import { gatherMultiply, gatherVector } from './fields';
import { multiply, multiplyVector } from './gemm';
import { layerOf, Network } from './network';
import { bindTrunk, runTrunk, Trunk } from './trunk';

/** Gives the network its rows of fields (fields.ts) and allocates what a batch needs. dense: field s is column s. False when memory is short. */
export function bindRows(net: Network, data: usize, fields: u32, columns: usize, dense: bool, batch: u32): bool {
  net.data = data;
  net.fields = fields;
  net.columns = columns;
  net.dense = dense || net.trunk != 0;
  net.batch = batch;
  let ok = true;
  for (let l: u32 = 0; l < net.hidden; l++) {
    const layer = layerOf(net, l);
    layer.activation = allocFloats(u64(batch) * layer.stride);
    layer.delta = allocFloats(u64(batch) * layer.stride);
    ok = ok && layer.activation != 0 && layer.delta != 0;
    if (!net.fused) {
      layer.slope = allocFloats(u64(batch) * layer.stride);
      layer.residualDelta = net.residual ? allocFloats(u64(batch) * layer.stride) : 0;
      ok = ok && layer.slope != 0 && (!net.residual || layer.residualDelta != 0);
    }
  }
  net.input = net.dense ? allocFloats(u64(batch) * net.features) : 0;
  if (net.trunk) {
    net.inputDelta = allocFloats(u64(batch) * net.features);
    ok = ok && net.inputDelta != 0 && bindTrunk(changetype<Trunk>(net.trunk), batch);
  }
  net.z = alloc(batch << 2);
  net.d = alloc(batch << 2);
  return ok && (!net.dense || net.input != 0) && net.z != 0 && net.d != 0;
}

/**
 * Writes the margins of m <= batch rows to net.z. rows: row numbers; 0: the rows are the dense ones at `dense`. train: with dropout,
 * and slopes are stored.
 */
export function forward(net: Network, rows: usize, m: u32, train: bool, dense: usize = 0): void {
  const p = net.p;
  let at = rows ? net.input : dense;
  let lda = net.features;
  if (net.trunk) readFeatures(net, rows, m, train);
  else if (net.dense && rows) {
    const bytes = usize(net.features) << 2;
    for (let i: u32 = 0; i < m; i++) {
      const row = usize(load<u32>(rows + (usize(i) << 2)));
      memory.copy(net.input + usize(i) * bytes, net.data + row * bytes, bytes);
    }
  }
  for (let l: u32 = 0; l < net.hidden; l++) {
    const layer = layerOf(net, l);
    const w = p + layer.weight;
    const bias = p + layer.bias;
    if (l == 0 && !net.dense) {
      gatherMultiply(net.data, rows, net.fields, net.columns, w, layer.stride, bias, net.fused, layer.activation, m);
    } else {
      multiply(at, lda, w, layer.stride, bias, net.fused, layer.activation, layer.stride, m, layer.stride, lda);
    }
    if (!net.fused) finishHidden(net, l, m, train);
    at = layer.activation;
    lda = layer.stride;
  }
  const last = layerOf(net, net.hidden);
  const bias = load<f32>(p + last.bias);
  if (net.hidden || net.dense) multiplyVector(at, lda, p + last.weight, bias, net.z, m, lda);
  else gatherVector(net.data, rows, net.fields, net.columns, p + last.weight, bias, net.z, m);
}

/** net.input = the features of rows with images: the trunk's outputs, then the other columns. */
function readFeatures(net: Network, rows: usize, m: u32, train: bool): void {
  const trunk = changetype<Trunk>(net.trunk);
  const width = net.features;
  const columns = net.columns;
  const outputs = trunk.outputs;
  for (let i: u32 = 0; i < m; i++) {
    const row = net.data + ((usize(load<u32>(rows + (usize(i) << 2))) * net.fields) << 2);
    const to = net.input + ((usize(i) * width) << 2);
    memory.fill(to, 0, usize(width) << 2);
    for (let s: u32 = 0; s < net.fields; s++) {
      if (s == net.imageField) continue;
      const fixed = load<i32>(columns + (usize(s) << 2));
      const word = load<i32>(row + (usize(s) << 2));
      const column = fixed >= 0 ? fixed : word;
      if (column < 0) continue;
      const place = outputs + u32(column) - (u32(column) > net.imageOffset ? net.imageWidth : 0);
      store<f32>(to + (usize(place) << 2), fixed >= 0 ? reinterpret<f32>(word) : 1);
    }
  }
  runTrunk(
    trunk, net.p, net.data + (usize(net.imageField) << 2), net.fields, rows, m, net.input, width,
    train ? i32(net.position) : -1, net.epoch, net.seedLow, net.seedHigh,
  );
}

/** From a layer's pre-activations to the next layer's input: activation, dropout, residual connection. */
function finishHidden(net: Network, l: u32, m: u32, train: bool): void {
  const layer = layerOf(net, l);
  const n = m * layer.stride;
  activate(net.kind, layer.activation, train ? layer.slope : 0, n);
  if (train && net.dropLimit) {
    dropUnits(
      layer.activation, layer.slope, m, layer.stride, net.position, l, net.epoch, net.seedLow, net.seedHigh,
      net.dropLimit, net.dropScale, net.dropWords,
    );
  }
  if (net.residual && l > 0) addInto(layer.activation, layerOf(net, l - 1).activation, n);
}

/** out[i] = the margin of row rows[i], float32, for n rows. rows = 0, for dense data: the first n rows. */
export function predictRows(net: Network, rows: usize, n: u32, out: usize): void {
  for (let at: u32 = 0; at < n; at += net.batch) {
    const m = min<u32>(net.batch, n - at);
    if (rows) forward(net, rows + (usize(at) << 2), m, false);
    else forward(net, 0, m, false, net.data + ((usize(at) * net.features) << 2));
    memory.copy(out + (usize(at) << 2), net.z, usize(m) << 2);
  }
}
