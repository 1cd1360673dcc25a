"""Tiny ONNX teachers, one for each way that exporters write an output or an input. python3 make.py (needs python3-onnx)

All compute the margin v = 2 x0 - x1 + 0.5; expected.json says how each is to be read.
"""
import json
import os

import numpy as np
from onnx import TensorProto as T
from onnx import ValueInfoProto, helper, numpy_helper, save
from onnx.external_data_helper import set_external_data

HERE = os.path.dirname(os.path.abspath(__file__))
W = np.array([[2.0], [-1.0]], dtype=np.float32)
PAIR = np.array([[0.0, 2.0], [0.0, -1.0]], dtype=np.float32)
expected = {}


def tensor(name, value):
    return numpy_helper.from_array(value, name)


def write(name, nodes, initializers, outputs, inputs=None, convention="logit", location=None, **more):
    inputs = inputs or [helper.make_tensor_value_info("input", T.FLOAT, ["N", 2])]
    graph = helper.make_graph(nodes, name, inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    if location:
        for item in model.graph.initializer:
            set_external_data(item, location=location)
        for item in model.graph.initializer:
            if not location.startswith("..") and not location.startswith("/"):
                with open(os.path.join(HERE, location), "wb") as file:
                    file.write(item.raw_data)
            item.ClearField("raw_data")
    save(model, os.path.join(HERE, name + ".onnx"))
    expected[name] = {"convention": convention, **more}


def out(name, kind=T.FLOAT, shape=("N", 1)):
    return helper.make_tensor_value_info(name, kind, list(shape))


def single(x="input", to="v"):
    return [helper.make_node("MatMul", [x, "w"], ["m"]), helper.make_node("Add", ["m", "b"], [to])]


def pair(to="v"):
    return [helper.make_node("MatMul", ["input", "w"], ["m"]), helper.make_node("Add", ["m", "b"], [to])]


w, b = tensor("w", W), tensor("b", np.array([0.5], dtype=np.float32))
w2, b2 = tensor("w", PAIR), tensor("b", np.array([0.0, 0.5], dtype=np.float32))
write("logit", single(), [w, b], [out("v")])
write("flat-logit", single(to="t") + [helper.make_node("Flatten", ["t"], ["u"], axis=0), helper.make_node("Squeeze", ["u"], ["v"])],
      [w, b], [out("v", shape=("N",))])
write("probability", single(to="z") + [helper.make_node("Sigmoid", ["z"], ["p"])], [w, b], [out("p")], convention="probability")
write("logits", pair(), [w2, b2], [out("v", shape=("N", 2))], convention="logits")
write("probabilities", pair("z") + [helper.make_node("Softmax", ["z"], ["p"], axis=1)], [w2, b2], [out("p", shape=("N", 2))],
      convention="probabilities")
first = tensor("w", PAIR[:, ::-1].copy()), tensor("b", np.array([0.5, 0.0], dtype=np.float32))
write("positive-first", pair("z") + [helper.make_node("Softmax", ["z"], ["p"], axis=1)], list(first),
      [out("p", shape=("N", 2))], convention="probabilities", positiveClass="first")
label = [helper.make_node("ArgMax", ["p"], ["label"], axis=1, keepdims=0)]
write("label-probabilities", pair("z") + [helper.make_node("Softmax", ["z"], ["p"], axis=1)] + label, [w2, b2],
      [out("label", T.INT64, ("N",)), out("p", shape=("N", 2))], convention="probabilities")
zipmap = helper.make_node("ZipMap", ["p"], ["output_probability"], domain="ai.onnx.ml", classlabels_int64s=[0, 1])
maps = ValueInfoProto(name="output_probability")
maps.type.sequence_type.elem_type.map_type.key_type = T.INT64
maps.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = T.FLOAT
write("zipmap", pair("z") + [helper.make_node("Softmax", ["z"], ["p"], axis=1)] + label + [zipmap], [w2, b2],
      [out("label", T.INT64, ("N",)), maps], convention="probabilities")
write("float16", single(to="z") + [helper.make_node("Cast", ["z"], ["v"], to=T.FLOAT16)], [w, b], [out("v", T.FLOAT16)],
      tolerance=2e-3)
write("float64", single(), [tensor("w", W.astype(np.float64)), tensor("b", np.array([0.5]))], [out("v", T.DOUBLE)],
      [helper.make_tensor_value_info("input", T.DOUBLE, ["N", 2])])
write("int64", [helper.make_node("Cast", ["input"], ["x"], to=T.FLOAT)] + single("x"), [w, b], [out("v")],
      [helper.make_tensor_value_info("input", T.INT64, ["N", 2])], integers=True)
write("fixed-batch", single(), [w, b], [out("v", shape=(1, 1))], [helper.make_tensor_value_info("input", T.FLOAT, [1, 2])])
shape = tensor("shape", np.array([-1, 2], dtype=np.int64))
write("image", [helper.make_node("Reshape", ["input", "shape"], ["x"])] + single("x"), [w, b, shape], [out("v")],
      [helper.make_tensor_value_info("input", T.FLOAT, ["N", 1, 2, 1])])
write("external", [helper.make_node("MatMul", ["input", "w"], ["v"])], [w], [out("v")], location="external.bin", shift=-0.5)
write("escape", [helper.make_node("MatMul", ["input", "w"], ["v"])], [w], [out("v")], location="../external.bin", refused=True)

with open(os.path.join(HERE, "expected.json"), "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
