# Runs an ONNX model with NumPy, with the operators of the ONNX specification: python3 evaluate.py MODEL < feeds.json
# feeds.json: { input: list, ... }; numbers become float32 (null: NaN). Prints the outputs as JSON.
import json
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)


def attributes(node):
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def one_hot(index, depth, values, axis=-1):
    hot = (index[..., None] == np.arange(int(depth))) | (index[..., None] == np.arange(int(depth)) - int(depth))
    assert axis in (-1, 1)
    out = np.where(hot, values[1], values[0])
    return np.moveaxis(out, -1, axis) if axis != -1 else out


def label_encoder(x, keys_strings, values_int64s, default_int64):
    table = {key.decode(): value for key, value in zip(keys_strings, values_int64s)}
    return np.vectorize(lambda text: table.get(text, default_int64), otypes=[np.int64])(x)


TYPES = {1: np.float32, 7: np.int64, 9: np.bool_, 11: np.float64}
RUN = {
    'Abs': np.abs,
    'Add': np.add,
    'Cast': lambda x, to: x.astype(TYPES[to]),
    'Clip': np.clip,
    'Concat': lambda *xs, axis: np.concatenate(xs, axis),
    'DequantizeLinear': lambda x, scale, axis: x.astype(np.float32) * scale,
    'Div': np.divide,
    'Equal': np.equal,
    'Gather': lambda x, index, axis: np.take(x, index, axis),
    # summed in float64: independent of the order in which a runtime sums float32
    'Gemm': lambda a, b, c: (a.astype(np.float64) @ b + c).astype(np.float32),
    'GreaterOrEqual': np.greater_equal,
    'IsNaN': np.isnan,
    'LabelEncoder': label_encoder,
    'Log': np.log,
    'Mul': np.multiply,
    'OneHot': one_hot,
    'Or': np.logical_or,
    'Relu': lambda x: np.maximum(x, 0),
    'Sigmoid': lambda x: (1 / (1 + np.exp(-x.astype(np.float64)))).astype(np.float32),
    'Sign': np.sign,
    'Squeeze': lambda x, axes: np.squeeze(x, tuple(axes)),
    'Sub': np.subtract,
    'Tanh': np.tanh,
    'Where': np.where,
}

feeds = json.load(sys.stdin)
tensors = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
for info in model.graph.input:
    kind = info.type.tensor_type.elem_type
    values = feeds[info.name]
    if kind == 8:
        array = np.array(values, dtype=object)
    else:
        array = np.array([np.nan if v is None else v for v in values], dtype=np.float32)
    tensors[info.name] = array.reshape(-1, info.type.tensor_type.shape.dim[1].dim_value)
with np.errstate(all='ignore'):
    for node in model.graph.node:
        tensors[node.output[0]] = RUN[node.op_type](*(tensors[name] for name in node.input), **attributes(node))
print(json.dumps({o.name: tensors[o.name].ravel().tolist() for o in model.graph.output}))
