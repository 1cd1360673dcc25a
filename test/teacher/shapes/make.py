"""Tiny ONNX teachers in the shapes that converters write (skl2onnx, onnxmltools, ML.NET, Keras, PyTorch). python3 make.py

Needs python3-onnx and python3-numpy. s = 2 x0 - x1 + .5 is the log-odds of class 1. shapes.json says how each is read: options, the
right margins of ROWS by numpy in float64, what class 1 is called; or why it is refused.
"""
import json
import os

import numpy as np
from onnx import TensorProto as T
from onnx import ValueInfoProto, helper, numpy_helper, save

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = np.array([[3, -1], [0, 0], [2, 5], [-4, 7], [1, 1], [9, -9]], dtype=np.float64)
S = ROWS @ np.array([2.0, -1.0]) + 0.5
ML = "ai.onnx.ml"
cases = []


def value(name, kind=T.FLOAT, shape=("N", 2)):
    return helper.make_tensor_value_info(name, kind, list(shape))


def weight(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def write(name, nodes, outputs, weights=(), inputs=None, metadata=None, **case):
    graph = helper.make_graph(nodes, "g", inputs or [value("x")], outputs, list(weights))
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(ML, 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    for key, text in (metadata or {}).items():
        model.metadata_props.add(key=key, value=text)
    save(model, os.path.join(HERE, name + ".onnx"))
    if "margins" in case:
        case["margins"] = [float(v) for v in case["margins"]]
    cases.append({"name": name, **case})


def linear(labels=(0, 1), post="LOGISTIC", x="x", sign=1.0, outputs=("label", "probabilities")):
    """LinearClassifier of two mirrored rows, as skl2onnx writes LogisticRegression."""
    row = np.array([2.0, -1.0]) * sign
    key = "classlabels_strings" if isinstance(labels[0], str) else "classlabels_ints"
    return helper.make_node("LinearClassifier", [x], list(outputs), domain=ML, coefficients=[*(-row), *row],
                            intercepts=[-0.5 * sign, 0.5 * sign], multi_class=0, post_transform=post, **{key: list(labels)})


INT, TEXT = T.INT64, T.STRING
label, pair = value("label", INT, ("N",)), value("probabilities", T.FLOAT, ("N", 2))
text_label = value("label", TEXT, ("N",))
gemm = [weight("w", np.array([[2.0], [-1.0]], np.float32)), weight("b", np.array([0.5], np.float32))]
score = lambda x="x", to="s": helper.make_node("Gemm", [x, "w", "b"], [to])  # noqa: E731

# order of classes, and what they are called
write("logistic", [linear()], [label, pair], margins=S, className="1", exact=True)
write("logistic-classes-1-0", [linear((1, 0))], [label, pair], margins=-S, className="1")
write("logistic-classes-1-2", [linear((1, 2))], [label, pair], margins=-S, className="1", targets=[["1", "2"], S.tolist()])
write("logistic-classes-texts", [linear(("yes", "no"))], [text_label, pair], margins=-S, className="yes")
write("logistic-classes-colours", [linear(("blue", "red"))], [text_label, pair], margins=S, className="red",
      targets=[["red", "blue"], (-S).tolist()])
write("raw-scores", [linear(post="NONE")], [label, pair], margins=S, className="1", form="logit")
# a score whose sign is the other way round than the model's own label: libsvm without probabilities
swapped = [linear(post="NONE", outputs=("own", "scores")), helper.make_node("Neg", ["scores"], ["probabilities"]),
           helper.make_node("Identity", ["own"], ["label"])]
write("label-against-scores", swapped, [label, pair], margins=S, className="1", form="logit")
# the label follows the scores no more than by chance
noise = [linear(outputs=("own", "probabilities")), helper.make_node("Slice", ["x", "zero", "one", "axes"], ["first"]),
         helper.make_node("Greater", ["first", "edge"], ["above"]), helper.make_node("Cast", ["above"], ["whole"], to=INT),
         helper.make_node("Reshape", ["whole", "flat"], ["label"])]
flags = [weight("zero", np.array([1])), weight("one", np.array([2])), weight("axes", np.array([1])),
         weight("edge", np.array([0.0], np.float32)), weight("flat", np.array([-1]))]
write("label-of-another-column", noise, [label, pair], flags, refused="its own label follows the larger of the two values .* in \\d+ %")
# one score and the model's own label, which tells a logit from a probability in 0 .. 1
half = lambda at: [helper.make_node("Sigmoid", ["s"], ["p"]), helper.make_node("Neg", ["p"], ["n"]),  # noqa: E731
                   helper.make_node("Neg", ["n"], ["score"]), helper.make_node("Greater", ["score", "at"], ["label"])]
truth = value("label", T.BOOL, ("N", 1))
one = value("score", T.FLOAT, ("N", 1))
write("label-tells-probability", [score(), *half(0.5)], [truth, one], [*gemm, weight("at", np.float32(0.5))], margins=S,
      convention="probability", limit=16, tolerance=1e-4)
opposite = [score(), helper.make_node("Neg", ["s"], ["score"]), helper.make_node("Greater", ["s", "at"], ["label"])]
write("label-below-zero", opposite, [truth, one], [*gemm, weight("at", np.float32(0))], margins=S, convention="logit")

# what is no score of a binary classifier
for operator, name in (("LinearRegressor", "regressor"),):
    node = helper.make_node(operator, ["x"], ["variable"], domain=ML, coefficients=[2.0, -1.0], intercepts=[0.5])
    write(name, [node], [value("variable", T.FLOAT, ("N", 1))], refused="is a regressor's prediction", stated=["logit", S.tolist()])
scaler = helper.make_node("Scaler", ["x"], ["variable"], domain=ML, offset=[1.0, 2.0], scale=[0.5, 0.5])
write("scaler", [scaler], [value("variable")], refused="is a transformer's output")
outlier = [score(to="scores"), helper.make_node("Greater", ["scores", "at"], ["above"]),
           helper.make_node("Where", ["above", "plus", "minus"], ["label"])]
write("outliers", outlier, [value("label", INT, ("N", 1)), value("scores", T.FLOAT, ("N", 1))],
      [*gemm, weight("at", np.float32(0)), weight("plus", np.array([1])), weight("minus", np.array([-1]))],
      refused="an outlier detector, which labels rows 1 and -1")
for operator in ("Relu", "Abs", "Tanh", "Softplus"):
    write("ends-in-" + operator.lower(), [score(), helper.make_node(operator, ["s"], ["y"])], [value("y", T.FLOAT, ("N", 1))], gemm,
          refused=f"after {operator}, which is neither a logit nor a probability")
bounds = lambda low, high: [weight("low", np.float32(low)), weight("high", np.float32(high))]  # noqa: E731
clip = helper.make_node("Clip", ["s", "low", "high"], ["y"])
y = value("y", T.FLOAT, ("N", 1))
write("clip-to-10", [score(), clip], [y], [*gemm, *bounds(-10, 10)], refused="after a Clip to -10 .. 10")
inside = [score(to="z"), helper.make_node("Sigmoid", ["z"], ["s"]), clip]
write("clip-inside", inside, [y], [*gemm, *bounds(0.001, 0.999)], convention="probability",
      margins=np.clip(S, -np.log(999), np.log(999)), tolerance=1e-3)
write("constant", [helper.make_node("Mul", ["x", "nought"], ["m"]), helper.make_node("ReduceSum", ["m", "axes"], ["r"]),
                   helper.make_node("Add", ["r", "b"], ["y"])], [y],
      [weight("nought", np.zeros(2, np.float32)), weight("axes", np.array([1])), gemm[1]], refused="one value, 0.5000, .* seems to be constant")
write("label-named-prob", [score(), helper.make_node("Greater", ["s", "at"], ["above"]), helper.make_node("Cast", ["above"], ["prob"], to=T.FLOAT)],
      [value("prob", T.FLOAT, ("N", 1))], [*gemm, weight("at", np.float32(0))], refused="0 or 1 for every row .* a label and no score")

# more than two, and labels of their own
three = np.array([[1.0, -1.0, 2.0], [0.0, 2.0, -1.0]], np.float32)
logits = ROWS @ three.astype(np.float64)
rest = lambda k: logits[:, k] - np.log(np.exp(np.delete(logits, k, 1)).sum(1))  # noqa: E731
soft = [helper.make_node("MatMul", ["x", "w3"], ["z"]), helper.make_node("Softmax", ["z"], ["p"], axis=1)]
write("three-classes", soft, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)], refused="3 values a row, expected 1 or 2; .*--class: .*from 0 to 2",
      classes={"2": rest(2).tolist(), "0": rest(0).tolist()})
write("three-classes-named", soft, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)],
      metadata={"id2label": json.dumps({"0": "ham", "1": "spam", "2": "news"})}, refused='its classes are "ham", "spam", "news"',
      classes={"spam": rest(1).tolist()})
own = [helper.make_node("MatMul", ["x", "w3"], ["z"]), helper.make_node("Sigmoid", ["z"], ["p"])]
write("three-labels", own, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)], refused="3 values a row", classes={"1": logits[:, 1].tolist()})
two = three[:, :2].copy()
write("two-labels", own, [value("p")], [weight("w3", two)], refused="two labels of their own", classes={"1": logits[:, 1].tolist()})
zipped = [helper.make_node("LinearClassifier", ["x"], ["label", "p"], domain=ML, coefficients=[*three.T.ravel()],
                           intercepts=[0.0] * 3, post_transform="SOFTMAX", classlabels_ints=[0, 1, 2]),
          helper.make_node("ZipMap", ["p"], ["probabilities"], domain=ML, classlabels_int64s=[0, 1, 2])]
maps = ValueInfoProto(name="probabilities")
maps.type.sequence_type.elem_type.map_type.key_type = INT
maps.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = T.FLOAT
write("three-classes-zipmap", zipped, [label, maps], refused="3 values a row", classes={"2": rest(2).tolist()})

# how rows enter
write("free-width", [linear()], [label, pair], inputs=[value("x", T.FLOAT, ("N", "F"))], margins=S, className="1")
write("free-width-gemm", [score()], [value("s", T.FLOAT, ("N", 1))], gemm, inputs=[value("x", T.FLOAT, (None, None))], margins=S)
write("no-rows", [score()], [value("s", T.FLOAT, (1,))], gemm, inputs=[value("x", T.FLOAT, (2,))], refused=r"takes \[2\], which has no axis of rows")
for kind, name in ((T.FLOAT16, "float16"), (T.UINT8, "uint8"), (T.INT8, "int8"), (T.UINT16, "uint16"), (T.INT16, "int16"), (T.UINT32, "uint32"), (T.UINT64, "uint64")):
    cast = helper.make_node("Cast", ["x"], ["f"], to=T.FLOAT)
    used = np.abs(ROWS) @ np.array([2.0, -1.0]) + 0.5
    write("input-" + name, [cast, score("f")], [value("s", T.FLOAT, ("N", 1))], gemm, inputs=[value("x", kind)], absolute=True, margins=used)
write("input-bool", [helper.make_node("Cast", ["x"], ["f"], to=T.FLOAT), score("f")], [value("s", T.FLOAT, ("N", 1))], gemm,
      inputs=[value("x", T.BOOL)], bits=True, margins=(ROWS > 0) @ np.array([2.0, -1.0]) + 0.5)
idle = [value("x"), value("weight", T.BOOL, ("N", 1)), value("name", TEXT, ("N", 1))]
write("idle-inputs", [score(), helper.make_node("Identity", ["weight"], ["weight_out"]), helper.make_node("Identity", ["name"], ["name_out"])],
      [value("s", T.FLOAT, ("N", 1)), value("weight_out", T.BOOL, ("N", 1)), value("name_out", TEXT, ("N", 1))], gemm, inputs=idle, margins=S,
      notes='does not depend on input "weight", input "name"')
write("score-and-probability", [score(to="Score"), helper.make_node("Sigmoid", ["Score"], ["Probability"])],
      [value("Score", T.FLOAT, ("N", 1)), value("Probability", T.FLOAT, ("N", 1))], gemm, margins=S, convention="probability")

# answers that are not one a row
write("one-answer", [helper.make_node("ReduceMean", ["x"], ["m"], keepdims=1), helper.make_node("Sigmoid", ["m"], ["p"])],
      [value("p", T.FLOAT, (1, 1))], refused="1 answer for 32 rows")
write("class-major", [helper.make_node("MatMul", ["x", "w2"], ["z"]), helper.make_node("Softmax", ["z"], ["q"], axis=1),
                      helper.make_node("Transpose", ["q"], ["p"], perm=[1, 0])],
      [value("p", T.FLOAT, (2, "N"))], [weight("w2", two)], refused=r"\[2, 32\] for 32 rows, expected 32 as the first size")
write("more-rows", [score(), helper.make_node("Concat", ["s", "s"], ["y"], axis=0)], [value("y", T.FLOAT, ("M", 1))], gemm,
      refused=r"64 values \[64, 1\] for 32 rows")
write("random", [score(), helper.make_node("RandomNormalLike", ["s"], ["noise"]), helper.make_node("Add", ["s", "noise"], ["y"])],
      [value("y", T.FLOAT, ("N", 1))], gemm, refused="so that it draws random numbers; export it in evaluation mode, without dropout")
centred = [helper.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1), helper.make_node("Sub", ["x", "m"], ["c"]),
           helper.make_node("Add", ["c", "m"], ["d"]), helper.make_node("Sub", ["c", "d"], ["e"]), helper.make_node("Add", ["e", "m"], ["zero"]),
           helper.make_node("Sub", ["x", "zero"], ["u"]), score("c", "t"), helper.make_node("Identity", ["t"], ["y"])]
write("depends-on-others", centred, [value("y", T.FLOAT, ("N", 1))], gemm, margins=np.full(len(S), 0.5), notes="its answers depend on other rows")

# probabilities that saturate, read before the classifier's own post_transform
far = ROWS * 20
trees = dict(nodes_treeids=[0] * 3, nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.0] * 3, nodes_hitrates=[1.0] * 3,
             nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
             nodes_missing_value_tracks_true=[0] * 3, class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 0],
             class_weights=[-40.0, 25.0], classlabels_int64s=[0, 1], post_transform="LOGISTIC")
write("trees-logistic", [helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "probabilities"], domain=ML, **trees)], [label, pair],
      margins=np.where(ROWS[:, 0] <= 0, -40.0, 25.0), className="1", exact=True)
write("logistic-normalised", [linear(outputs=("label", "raw")), helper.make_node("Normalizer", ["raw"], ["probabilities"], domain=ML, norm="L1")],
      [label, pair], margins=S, className="1", exact=True)

with open(os.path.join(HERE, "shapes.json"), "w") as file:
    json.dump({"rows": ROWS.tolist(), "cases": cases}, file, indent=1)
    file.write("\n")
