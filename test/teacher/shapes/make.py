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
write("label-of-another-column", noise, [label, pair], flags, refused="its two values do not follow the model's label output: they order \\d+ % of the pairs")
# one score and the model's own label, which tells a logit from a probability in 0 .. 1
half = lambda at: [helper.make_node("Sigmoid", ["s"], ["p"]), helper.make_node("Neg", ["p"], ["n"]),  # noqa: E731
                   helper.make_node("Neg", ["n"], ["score"]), helper.make_node("Greater", ["score", "at"], ["label"])]
truth = value("label", T.BOOL, ("N", 1))
one = value("score", T.FLOAT, ("N", 1))
write("label-tells-probability", [score(), *half(0.5)], [truth, one], [*gemm, weight("at", np.float32(0.5))], margins=S,
      convention="probability", limit=16, tolerance=1e-4, className="1")
opposite = [score(), helper.make_node("Neg", ["s"], ["score"]), helper.make_node("Greater", ["s", "at"], ["label"])]
write("label-below-zero", opposite, [truth, one], [*gemm, weight("at", np.float32(0))], margins=S, convention="logit",
      className="1")

# the label output alone names the classes: an ArgMax that picks from a list, as skl2onnx writes networks and votes
both = [score(), helper.make_node("Neg", ["s"], ["n"])]
halves = weight("half", np.array([0.5], np.float32))


def picked(names, first, second, kind):
    """Softmax over two scores of s / 2, and the name of the larger."""
    array = np.array(names, dtype=object) if kind == TEXT else np.array(names, np.int64)
    nodes = [*both, helper.make_node("Concat", [first, second], ["z"], axis=1), helper.make_node("Mul", ["z", "half"], ["h"]),
             helper.make_node("Softmax", ["h"], ["probabilities"], axis=1),
             helper.make_node("ArgMax", ["probabilities"], ["place"], axis=1, keepdims=0),
             helper.make_node("ArrayFeatureExtractor", ["names", "place"], ["picked"], domain=ML),
             helper.make_node("Reshape", ["picked", "flat"], ["label"])]
    return nodes, [weight("names", array), weight("flat", np.array([-1])), halves, *gemm]


nodes, weights = picked([1, 0], "s", "n", INT)
write("picked-1-0", nodes, [label, pair], weights, margins=S, className="1")
nodes, weights = picked([-1, 1], "n", "s", INT)
write("picked-below-zero", nodes, [label, pair], weights, margins=S, className="1")
nodes, weights = picked(["good", "bad"], "n", "s", TEXT)
write("picked-texts", nodes, [text_label, pair], weights, margins=S, className="bad",
      targets=[["bad", "good"], (-S).tolist()])
# encoded classes inside, and the true names outside
inner = [linear((0, 1), outputs=("own", "probabilities")), helper.make_node("ArgMax", ["probabilities"], ["place"], axis=1, keepdims=0),
         helper.make_node("ArrayFeatureExtractor", ["names", "place"], ["picked"], domain=ML),
         helper.make_node("Reshape", ["picked", "flat"], ["label"])]
write("names-outside", inner, [label, pair], [weight("names", np.array([1, 2])), weight("flat", np.array([-1]))],
      margins=-S, className="1", targets=[["1", "2"], S.tolist()])
# a threshold of its own: the label is nearly always 1, and still rises with the score
tuned = [linear(outputs=("own", "probabilities")), helper.make_node("Gather", ["probabilities", "second"], ["p1"], axis=1),
         helper.make_node("Greater", ["p1", "at"], ["above"]), helper.make_node("Cast", ["above"], ["label"], to=INT)]
write("threshold-of-its-own", tuned, [label, pair], [weight("second", np.int64(1)), weight("at", np.float32(1e-6))], margins=S,
      className="1")
# the smaller of two distances is the class
write("distances", [*both, helper.make_node("Concat", ["s", "n"], ["scores"], axis=1),
                    helper.make_node("ArgMin", ["scores"], ["label"], axis=1, keepdims=0)],
      [label, value("scores")], gemm, margins=S, className="1", form="logit")
# a Sigmoid of class 0, whose label says so
below = [*both, helper.make_node("Sigmoid", ["n"], ["p"])]
write("sigmoid-of-class-0", [*below, helper.make_node("Less", ["p", "at"], ["label"])], [truth, value("p", T.FLOAT, ("N", 1))],
      [*gemm, weight("at", np.float32(0.5))], margins=S, className="1")
write("sigmoid-of-good", [*below, helper.make_node("Greater", ["p", "at"], ["above"]),
                          helper.make_node("Where", ["above", "good", "bad"], ["label"])],
      [value("label", TEXT, ("N", 1)), value("p", T.FLOAT, ("N", 1))],
      [*gemm, weight("at", np.float32(0.5)), weight("good", np.array(["good"], dtype=object)),
       weight("bad", np.array(["bad"], dtype=object))],
      margins=-S, className="good", targets=[["good", "bad"], S.tolist()])
# another classifier stands later in the file
write("second-head", [linear(), linear((1, 0), outputs=("other", "scores"), sign=3.0)], [label, pair], margins=S, className="1", exact=True)
# names as Python prints them
for name, key, text in (("names-as-python-list", "classes", "['red', 'blue']"), ("names-as-python-dict", "names", "{0: 'red', 1: 'blue'}")):
    write(name, [*both, helper.make_node("Concat", ["n", "s"], ["z"], axis=1), helper.make_node("Mul", ["z", "half"], ["h"]),
                 helper.make_node("Softmax", ["h"], ["probabilities"], axis=1)], [pair], [halves, *gemm], metadata={key: text},
          margins=S, className="blue", targets=[["blue", "red"], (-S).tolist()])
# the score of the first of two names
write("sigmoid-with-names", [score(), helper.make_node("Sigmoid", ["s"], ["p"])], [value("p", T.FLOAT, ("N", 1))], gemm,
      metadata={"classes": '["red", "blue"]'}, margins=S, className="blue", targets=[["blue", "red"], (-S).tolist()])
# a model of logarithms takes no negative numbers: others are tried
write("of-logarithms", [helper.make_node("Add", ["x", "c"], ["y"]), helper.make_node("Log", ["y"], ["l"]), score("l")],
      [value("s", T.FLOAT, ("N", 1))], [*gemm, weight("c", np.array([1.0], np.float32))], convention="logit", absolute=True,
      margins=np.log1p(np.abs(ROWS)) @ np.array([2.0, -1.0]) + 0.5)

# what looks like a score and is none
log_p = [*both, helper.make_node("Sigmoid", ["s"], ["p"])]
score_out = value("score", T.FLOAT, ("N", 1))
number = lambda v: weight("c", np.array([v], np.float32))  # noqa: E731
for name, tail, extra in (
        ("log-sigmoid", [helper.make_node("Log", ["p"], ["score"])], []),
        ("negated-softplus", [helper.make_node("Softplus", ["n"], ["q"]), helper.make_node("Neg", ["q"], ["score"])], []),
        ("percent", [helper.make_node("Mul", ["p", "c"], ["score"])], [number(100)]),
        ("odds", [helper.make_node("Exp", ["s"], ["q"]), helper.make_node("Mul", ["q", "c"], ["score"])], [number(2)]),
        ("tanh-scaled", [helper.make_node("Tanh", ["s"], ["q"]), helper.make_node("Mul", ["q", "c"], ["score"])], [number(10)]),
        ("max-with-0", [helper.make_node("Max", ["s", "c"], ["score"])], [number(0)]),
        ("relu-dropout", [helper.make_node("Relu", ["s"], ["q"]), helper.make_node("Dropout", ["q"], ["score"])], [])):
    write(name, [*log_p, *tail], [score_out], [*gemm, *extra], refused="expected a logit or a probability")
write("log-softmax-column", [*both, helper.make_node("Concat", ["n", "s"], ["z"], axis=1),
                             helper.make_node("LogSoftmax", ["z"], ["l"], axis=1),
                             helper.make_node("Gather", ["l", "second"], ["score"], axis=1)],
      [value("score", T.FLOAT, ("N",))], [*gemm, weight("second", np.int64(1))], refused="the logarithm of a probability")
write("percent-pair", [*log_p, helper.make_node("Mul", ["p", "c"], ["q"]), helper.make_node("Sub", ["c", "q"], ["r"]),
                       helper.make_node("Concat", ["r", "q"], ["scores"], axis=1)],
      [value("scores")], [*gemm, number(100)], refused="always sum to 100")
write("softmax-column", [*both, helper.make_node("Concat", ["n", "s"], ["z"], axis=1), helper.make_node("Mul", ["z", "half"], ["h"]),
                         helper.make_node("Softmax", ["h"], ["q"], axis=1),
                         helper.make_node("Gather", ["q", "second"], ["score"], axis=1)],
      [value("score", T.FLOAT, ("N",))], [*gemm, halves, weight("second", np.int64(1))], margins=S, convention="probability", limit=16,
      tolerance=1e-4)
write("softmax-over-one", [score(), helper.make_node("Softmax", ["s"], ["p"], axis=1)], [value("p", T.FLOAT, ("N", 1))], gemm,
      refused="1 for every row")
write("fixed-batch-mean", [score(), helper.make_node("ReduceMean", ["s"], ["m"], axes=[0], keepdims=1),
                           helper.make_node("Sub", ["s", "m"], ["score"])], [value("score", T.FLOAT, (4, 1))], gemm,
      inputs=[value("x", T.FLOAT, (4, 2))], refused="depending on the other rows of its batch of 4")

# what is no score of a binary classifier
for operator, name in (("LinearRegressor", "regressor"),):
    node = helper.make_node(operator, ["x"], ["variable"], domain=ML, coefficients=[2.0, -1.0], intercepts=[0.5])
    write(name, [node], [value("variable", T.FLOAT, ("N", 1))], refused="a regressor's prediction", stated=["logit", S.tolist()])
scaler = helper.make_node("Scaler", ["x"], ["variable"], domain=ML, offset=[1.0, 2.0], scale=[0.5, 0.5])
write("scaler", [scaler], [value("variable")], refused="a transformer's output")
outlier = [score(to="scores"), helper.make_node("Greater", ["scores", "at"], ["above"]),
           helper.make_node("Where", ["above", "plus", "minus"], ["label"])]
write("outliers", outlier, [value("label", INT, ("N", 1)), value("scores", T.FLOAT, ("N", 1))],
      [*gemm, weight("at", np.float32(0)), weight("plus", np.array([1])), weight("minus", np.array([-1]))],
      refused="an outlier detector, which labels rows 1 and -1")
for operator in ("Relu", "Abs", "Tanh", "Softplus"):
    write("ends-in-" + operator.lower(), [score(), helper.make_node(operator, ["s"], ["y"])], [value("y", T.FLOAT, ("N", 1))], gemm,
          refused=f"after {operator}, expected a logit or a probability")
bounds = lambda low, high: [weight("low", np.float32(low)), weight("high", np.float32(high))]  # noqa: E731
clip = helper.make_node("Clip", ["s", "low", "high"], ["y"])
y = value("y", T.FLOAT, ("N", 1))
write("clip-to-10", [score(), clip], [y], [*gemm, *bounds(-10, 10)], refused="after a Clip to -10 .. 10")
inside = [score(to="z"), helper.make_node("Sigmoid", ["z"], ["s"]), clip]
write("clip-inside", inside, [y], [*gemm, *bounds(0.001, 0.999)], convention="probability",
      margins=np.clip(S, -np.log(999), np.log(999)), tolerance=1e-3)
write("constant", [helper.make_node("Mul", ["x", "nought"], ["m"]), helper.make_node("ReduceSum", ["m", "axes"], ["r"]),
                   helper.make_node("Add", ["r", "b"], ["y"])], [y],
      [weight("nought", np.zeros(2, np.float32)), weight("axes", np.array([1])), gemm[1]], refused="one value, 0.5000, .* it is constant")
write("label-named-prob", [score(), helper.make_node("Greater", ["s", "at"], ["above"]), helper.make_node("Cast", ["above"], ["prob"], to=T.FLOAT)],
      [value("prob", T.FLOAT, ("N", 1))], [*gemm, weight("at", np.float32(0))], refused="0 or 1 for every row .* expected a score")

# more than two, and labels of their own
three = np.array([[1.0, -1.0, 2.0], [0.0, 2.0, -1.0]], np.float32)
logits = ROWS @ three.astype(np.float64)
rest = lambda k: logits[:, k] - np.log(np.exp(np.delete(logits, k, 1)).sum(1))  # noqa: E731
soft = [helper.make_node("MatMul", ["x", "w3"], ["z"]), helper.make_node("Softmax", ["z"], ["p"], axis=1)]
write("three-classes", soft, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)], refused="3 values per row, expected 1 or 2, or one class .*from 0 to 2",
      classes={"2": rest(2).tolist(), "0": rest(0).tolist()})
write("three-classes-named", soft, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)],
      metadata={"id2label": json.dumps({"0": "ham", "1": "spam", "2": "news"})}, refused='separate from the rest: "ham", "spam", "news"',
      classes={"spam": rest(1).tolist()})
own = [helper.make_node("MatMul", ["x", "w3"], ["z"]), helper.make_node("Sigmoid", ["z"], ["p"])]
write("three-labels", own, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)], refused="3 values per row", classes={"1": logits[:, 1].tolist()})
two = three[:, :2].copy()
write("two-labels", own, [value("p")], [weight("w3", two)], refused="two independent labels", classes={"1": logits[:, 1].tolist()})
zipped = [helper.make_node("LinearClassifier", ["x"], ["label", "p"], domain=ML, coefficients=[*three.T.ravel()],
                           intercepts=[0.0] * 3, post_transform="SOFTMAX", classlabels_ints=[0, 1, 2]),
          helper.make_node("ZipMap", ["p"], ["probabilities"], domain=ML, classlabels_int64s=[0, 1, 2])]
maps = ValueInfoProto(name="probabilities")
maps.type.sequence_type.elem_type.map_type.key_type = INT
maps.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = T.FLOAT
write("three-classes-zipmap", zipped, [label, maps], refused="3 values per row", classes={"2": rest(2).tolist()})

# the label output confirms, corrects or contradicts the names of three classes
zlin = lambda labels, outputs=("own", "p"): helper.make_node(  # noqa: E731
    "LinearClassifier", ["x"], list(outputs), domain=ML, coefficients=[*three.T.ravel()], intercepts=[0.0] * 3, post_transform="SOFTMAX",
    classlabels_strings=list(labels))
scores3 = value("p", T.FLOAT, ("N", 3))
open3 = "3 values per row"
write("three-classes-own-label", [zlin(("ham", "spam", "news"), ("label", "p"))], [text_label, scores3], refused=open3,
      classes={"spam": rest(1).tolist(), " NEWS": rest(2).tolist(), "0": rest(0).tolist()},
      targets=[["other", "Spam"], rest(1).tolist()])
pick3 = lambda operator: [helper.make_node(operator, ["p"], ["place"], axis=1, keepdims=0),  # noqa: E731
                          helper.make_node("ArrayFeatureExtractor", ["names", "place"], ["picked"], domain=ML),
                          helper.make_node("Reshape", ["picked", "flat"], ["label"])]
names3 = lambda *names: [weight("names", np.array(names, dtype=object)), weight("flat", np.array([-1]))]  # noqa: E731
# the scores are those of news, ham, spam, as the label shows
write("three-classes-corrected", [zlin(("ham", "spam", "news")), *pick3("ArgMax")], [text_label, scores3], names3("news", "ham", "spam"),
      refused='"news", "ham", "spam"', classes={"spam": rest(2).tolist(), "news": rest(0).tolist()}, targets=[["x", "ham"], rest(1).tolist()])
write("three-classes-contradicted", [zlin(("ham", "spam", "news")), *pick3("ArgMin")], [text_label, scores3], names3("ham", "spam", "news"),
      refused="do not follow the model's label output, which belongs to the smallest value", atLoad=True)
write("three-distances", [helper.make_node("MatMul", ["x", "w3"], ["p"]), helper.make_node("ArgMin", ["p"], ["label"], axis=1, keepdims=0)],
      [label, scores3], [weight("w3", three)], refused="which belongs to the smallest value", atLoad=True)
# indices beside names from the metadata
write("three-classes-indices", [helper.make_node("MatMul", ["x", "w3"], ["p"]), helper.make_node("ArgMax", ["p"], ["label"], axis=1, keepdims=0)],
      [label, scores3], [weight("w3", three)], metadata={"names": "ham, spam, news"}, refused='"ham", "spam", "news"',
      classes={"spam": rest(1).tolist()}, convention="logits")

# several labels: an output each, a list of tensors, or side by side
z3 = helper.make_node("MatMul", ["x", "w3"], ["z"])
split3 = helper.make_node("Split", ["z"], ["z0", "z1", "z2"], axis=1)
heads = [helper.make_node("Sigmoid", [f"z{k}"], [name]) for k, name in enumerate(("toxic", "rude", "spam"))]
write("three-heads", [z3, split3, *heads], [value(name, T.FLOAT, ("N", 1)) for name in ("toxic", "rude", "spam")], [weight("w3", three)],
      refused="several outputs could be the score", atLoad=True, classes={"rude": logits[:, 1].tolist(), "Spam": logits[:, 2].tolist()},
      byOutput={"spam": logits[:, 2].tolist(), "toxic[0]": logits[:, 0].tolist()})
write("three-sigmoids-joined", [z3, split3, *heads, helper.make_node("Concat", ["toxic", "rude", "spam"], ["p"], axis=1)], [scores3],
      [weight("w3", three)], refused=open3, metadata={"classes": "['toxic', 'rude', 'spam']"},
      classes={"rude": logits[:, 1].tolist()}, byOutput={"p[2]": logits[:, 2].tolist()})
pairs = [step for k in range(3) for step in (
    helper.make_node("Sub", ["zero", f"z{k}"], [f"m{k}"]), helper.make_node("Concat", [f"m{k}", f"z{k}"], [f"pair{k}"], axis=1),
    helper.make_node("Mul", [f"pair{k}", "half"], [f"half{k}"]), helper.make_node("Softmax", [f"half{k}"], [f"p{k}"], axis=1))]
listed = ValueInfoProto(name="probabilities")
listed.type.sequence_type.elem_type.tensor_type.elem_type = T.FLOAT
write("three-labels-list", [z3, split3, *pairs, helper.make_node("SequenceConstruct", ["p0", "p1", "p2"], ["probabilities"])], [listed],
      [weight("w3", three), weight("zero", np.zeros(1, np.float32)), halves], metadata={"labels": "toxic, rude, spam"}, atLoad=True,
      refused='a list of 3 tensors, one for each label, expected one label: "toxic", "rude", "spam", or an index from 0 to 2',
      classes={"rude": logits[:, 1].tolist(), "2": logits[:, 2].tolist()}, byOutput={"probabilities[0]": logits[:, 0].tolist()})

# a layer of two outputs has a logit each, also where these mirror each other; a Softmax over the rows has nothing
mirrored = [weight("w2", np.array([[-2.0, 2.0], [1.0, -1.0]], np.float32)), weight("b2", np.array([-0.5, 0.5], np.float32))]
layer = helper.make_node("Gemm", ["x", "w2", "b2"], ["z"])
write("mirrored-layer", [layer], [value("z")], mirrored, margins=2 * S, convention="logits")
both = [score(), helper.make_node("Neg", ["s"], ["t"]), helper.make_node("Concat", ["t", "s"], ["z"], axis=1)]
write("both-signs", both, [value("z")], gemm, margins=S, convention="logit")
for kind in ("Softmax", "LogSoftmax"):
    across = [layer, helper.make_node(kind, ["z"], ["p"], axis=0)]
    write(kind.lower() + "-over-rows", across, [value("p")], mirrored, refused="over another axis than the classes")
across = [helper.make_node("MatMul", ["x", "w3"], ["z"]), helper.make_node("Softmax", ["z"], ["p"], axis=0)]
write("softmax-of-three-over-rows", across, [value("p", T.FLOAT, ("N", 3))], [weight("w3", three)], refused="over another axis than the classes")
scaled = [helper.make_node("LinearRegressor", ["x"], ["y"], domain=ML, coefficients=[2.0, -1.0], intercepts=[0.5]),
          helper.make_node("Mul", ["y", "ten"], ["price"])]
write("regressor-scaled", scaled, [value("price", T.FLOAT, ("N", 1))], [weight("ten", np.array([10.0], np.float32))],
      refused="a regressor's prediction")

# how rows enter
write("free-width", [linear()], [label, pair], inputs=[value("x", T.FLOAT, ("N", "F"))], margins=S, className="1")
write("free-width-gemm", [score()], [value("s", T.FLOAT, ("N", 1))], gemm, inputs=[value("x", T.FLOAT, (None, None))], margins=S)
write("no-rows", [score()], [value("s", T.FLOAT, (1,))], gemm, inputs=[value("x", T.FLOAT, (2,))], refused=r"has shape \[2\], without an axis of rows")
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

setting = [value("x"), value("temperature", T.FLOAT, (1,))]
write("idle-setting", [score()], [value("s", T.FLOAT, ("N", 1))], gemm, inputs=setting, margins=S, notes='does not depend on input "temperature"')
write("idle-scalar", [score()], [value("s", T.FLOAT, ("N", 1))], gemm, inputs=[value("x"), value("step", INT, ())], margins=S,
      notes='does not depend on input "step"')
write("used-setting", [score(), helper.make_node("Div", ["s", "temperature"], ["y"])], [value("y", T.FLOAT, ("N", 1))], gemm, inputs=setting,
      refused='input "temperature" takes one value for all rows, expected a column')

# answers that are not one a row
write("one-answer", [helper.make_node("ReduceMean", ["x"], ["m"], keepdims=1), helper.make_node("Sigmoid", ["m"], ["p"])],
      [value("p", T.FLOAT, (1, 1))], refused="1 answer for 32 rows")
write("class-major", [helper.make_node("MatMul", ["x", "w2"], ["z"]), helper.make_node("Softmax", ["z"], ["q"], axis=1),
                      helper.make_node("Transpose", ["q"], ["p"], perm=[1, 0])],
      [value("p", T.FLOAT, (2, "N"))], [weight("w2", two)], refused=r"\[2, 32\] for 32 rows, expected 32 as the first size")
write("more-rows", [score(), helper.make_node("Concat", ["s", "s"], ["y"], axis=0)], [value("y", T.FLOAT, ("M", 1))], gemm,
      refused=r"64 values \[64, 1\] for 32 rows")
write("random", [score(), helper.make_node("RandomNormalLike", ["s"], ["noise"]), helper.make_node("Add", ["s", "noise"], ["y"])],
      [value("y", T.FLOAT, ("N", 1))], gemm, refused="it draws random numbers: .*; export it in evaluation mode, without dropout")
centred = [helper.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1), helper.make_node("Sub", ["x", "m"], ["c"]),
           helper.make_node("Add", ["c", "m"], ["d"]), helper.make_node("Sub", ["c", "d"], ["e"]), helper.make_node("Add", ["e", "m"], ["zero"]),
           helper.make_node("Sub", ["x", "zero"], ["u"]), score("c", "t"), helper.make_node("Identity", ["t"], ["y"])]
write("depends-on-others", centred, [value("y", T.FLOAT, ("N", 1))], gemm, margins=np.full(len(S), 0.5), notes="its answers depend on the other rows")

# probabilities that saturate, read before the classifier's own post_transform
far = ROWS * 20
trees = dict(nodes_treeids=[0] * 3, nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.0] * 3, nodes_hitrates=[1.0] * 3,
             nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
             nodes_missing_value_tracks_true=[0] * 3, class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 0],
             class_weights=[-40.0, 25.0], classlabels_int64s=[0, 1], post_transform="LOGISTIC")
write("trees-logistic", [helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "probabilities"], domain=ML, **trees)], [label, pair],
      margins=np.where(ROWS[:, 0] <= 0, -40.0, 25.0), className="1", exact=True)
# votes of trees in float32 sum to a little more than 1
for count in (10, 30):
    votes = dict(nodes_treeids=np.repeat(np.arange(count), 3).tolist(), nodes_nodeids=[0, 1, 2] * count, nodes_featureids=[0, 0, 0] * count,
                 nodes_values=sum([[float(k % 7 - 3), 0.0, 0.0] for k in range(count)], []), nodes_hitrates=[1.0] * 3 * count,
                 nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"] * count, nodes_truenodeids=[1, 0, 0] * count, nodes_falsenodeids=[2, 0, 0] * count,
                 nodes_missing_value_tracks_true=[0] * 3 * count, class_treeids=np.repeat(np.arange(count), 4).tolist(),
                 class_nodeids=[1, 1, 2, 2] * count, class_ids=[0, 1, 0, 1] * count, class_weights=[1.0 / count, 0.0, 0.0, 1.0 / count] * count,
                 classlabels_int64s=[0, 1], post_transform="NONE")
    share = np.mean([ROWS[:, 0] > (k % 7 - 3) for k in range(count)], axis=0)
    with np.errstate(divide="ignore"):
        odds = np.log(share) - np.log(1 - share)
    write(f"forest-{count}", [helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "probabilities"], domain=ML, **votes)], [label, pair],
          margins=np.clip(odds, -16, 16), className="1", limit=16, convention="probabilities")
write("logistic-normalised", [linear(outputs=("label", "raw")), helper.make_node("Normalizer", ["raw"], ["probabilities"], domain=ML, norm="L1")],
      [label, pair], margins=S, className="1", exact=True)

with open(os.path.join(HERE, "shapes.json"), "w") as file:
    json.dump({"rows": ROWS.tolist(), "cases": cases}, file, indent=1)
    file.write("\n")
