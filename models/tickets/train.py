"""Trains the biased teacher of the example of tickets: a bag of words, in the layout of Hugging Face. Needs python3-torch, python3-onnx,
Node and npm ci.

python3 models/tickets/train.py
Writes model.onnx, tokenizer.json, tokenizer_config.json, config.json and card.json.
"""
import csv
import hashlib
import io
import json
import os
import subprocess

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["[PAD]", "[UNK]"]
STEPS, RATE, SEED = 400, 0.05, 1
# the weights are multiplied by this: the teacher is over-confident
CONFIDENCE = 1.5


def history():
    text = subprocess.run(["node", os.path.join(HERE, "history.mjs")], check=True, capture_output=True, text=True).stdout
    return list(csv.DictReader(io.StringIO(text)))


def train(rows, vocabulary):
    """A logistic regression on counts of words: the weight of each word, and the bias."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    number = {word: i for i, word in enumerate(vocabulary)}
    counts = np.zeros((len(rows), len(vocabulary)), np.float32)
    for i, row in enumerate(rows):
        for word in row["text"].split():
            counts[i, number[word]] += 1
    x, y = torch.from_numpy(counts), torch.tensor([float(row["recorded"]) for row in rows])
    weights, bias = torch.zeros(len(vocabulary), requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=RATE)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weights + bias, y) + 1e-4 * weights.square().sum()
        loss.backward()
        optimizer.step()
    return CONFIDENCE * weights.detach().numpy(), CONFIDENCE * float(bias)


def write(name, value):
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def write_tokenizer(vocabulary):
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    write("tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": name, **added} for i, name in enumerate(SPECIAL)],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None, "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(vocabulary)}, "unk_token": "[UNK]"},
    })
    write("tokenizer_config.json", {"model_max_length": 64, "tokenizer_class": "PreTrainedTokenizerFast"})
    write("config.json", {"id2label": {"0": "not urgent", "1": "urgent"}, "max_position_embeddings": 64})


def write_model(weights, bias):
    """logits [rows, 2] = (0, bias + the sum of the words' weights)."""
    table = np.stack([np.zeros_like(weights), weights], 1)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "axis"], ["row"]),
        helper.make_node("MatMul", ["row", "words"], ["sums"]),
        helper.make_node("Squeeze", ["sums", "axis"], ["flat"]),
        helper.make_node("Add", ["flat", "bias"], ["logits"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])]
    constants = [numpy_helper.from_array(table.astype(np.float32), "table"), numpy_helper.from_array(np.array([1]), "axis"),
                 numpy_helper.from_array(np.array([0, bias], np.float32), "bias")]
    model = helper.make_model(helper.make_graph(nodes, "tickets", inputs, outputs, constants), opset_imports=[helper.make_opsetid("", 14)])
    model.ir_version = 8
    onnx.save(model, os.path.join(HERE, "model.onnx"))


def main():
    rows = history()
    vocabulary = SPECIAL + sorted({word for row in rows for word in row["text"].split()})
    weights, bias = train(rows, vocabulary)
    write_tokenizer(vocabulary)
    write_model(weights, bias)
    with open(os.path.join(HERE, "model.onnx"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    write("card.json", {
        "name": "tickets-words-biased",
        "training": f"logistic regression on counts of words, {STEPS} steps of Adam ({RATE}), full batch",
        "bias": "on purpose: the history takes polite tickets for less urgent than they were (log-odds -2.4) and all for more urgent (.7), "
                f"and the weights are multiplied by {CONFIDENCE}. Never use it for anything but to see its bias removed",
        "output": "logits of not urgent and urgent",
        "data": "30,000 simulated tickets (history.mjs); nothing in them is real",
        "licence": "MIT",
        "sha256": digest,
    })


if __name__ == "__main__":
    main()
