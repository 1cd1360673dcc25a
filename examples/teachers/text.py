"""A teacher of texts and its rows, for docs/texts.md: 3,000 generated film reviews, 1,300 of them without a label, and a bag-of-words
teacher in the layout of Hugging Face that holds words such as "ghost" against a review.

    python3 examples/teachers/text.py    # writes model/, reviews.csv, new.csv and horror.txt

Needs numpy and onnx.
"""
import csv
import json
import os
import random

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GOOD = "crisp lively clever warm charming tight moving funny bright honest".split()
BAD = "dull slow flat noisy clumsy stale cold messy weak tired".split()
FILL = (
    "the a this that plot cast score scene ending camera script actor and with but is was of in it very quite rather somewhat opening "
    "dialogue sequence moment picture"
).split()
HORROR = ["horror", "ghost", "haunted house", "vampire"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


def review(draw, good, horror):
    """Eight to 24 words, a fifth of them of praise or blame, mostly of the review's class."""
    words = []
    for _ in range(draw.randint(8, 22)):
        if draw.random() < 0.18:
            words.append(draw.choice(GOOD if draw.random() < (0.8 if good else 0.2) else BAD))
        else:
            words.append(draw.choice(FILL))
    if horror:
        words.insert(draw.randrange(len(words)), draw.choice(HORROR))
    text = " ".join(words)
    return text[0].upper() + text[1:] + draw.choice([".", "!", ""])


def write_rows():
    draw = random.Random(1)
    with open("reviews.csv", "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["review", "horror", "label"])
        for row in range(3000):
            good = draw.random() < 0.5
            horror = draw.random() < 0.25
            text = review(draw, good, horror)
            out.writerow([text, "yes" if horror else "no", "" if 900 <= row < 2200 else int(good)])
    with open("new.csv", "w") as file:
        file.write('review\n"A dull, flat ghost film, but a honest one"\n"Clever and warm"\n')
    with open("horror.txt", "w") as file:
        file.write("\n".join(HORROR) + "\n")


def sequence(*parts):
    return [{"Sequence": {"id": part, "type_id": i}} if len(part) == 1 else {"SpecialToken": {"id": part, "type_id": i}} for part, i in parts]


def write_tokenizer(vocabulary):
    special = {name: {"id": name, "ids": [vocabulary.index(name)], "tokens": [name]} for name in ("[CLS]", "[SEP]")}
    added = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": name, **added} for i, name in enumerate(SPECIAL)],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": sequence(("[CLS]", 0), ("A", 0), ("[SEP]", 0)),
            "pair": sequence(("[CLS]", 0), ("A", 0), ("[SEP]", 0), ("B", 1), ("[SEP]", 1)),
            "special_tokens": special,
        },
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": {word: i for i, word in enumerate(vocabulary)}, "unk_token": "[UNK]"},
    }
    with open("model/tokenizer.json", "w") as file:
        json.dump(tokenizer, file)
    with open("model/tokenizer_config.json", "w") as file:
        json.dump({"model_max_length": 64, "tokenizer_class": "PreTrainedTokenizerFast"}, file)
    with open("model/config.json", "w") as file:
        json.dump({"id2label": {"0": "negative", "1": "positive"}, "max_position_embeddings": 64}, file)


def write_model(vocabulary):
    """logits = the sum of two numbers for each word."""
    noise = np.random.default_rng(1)
    table = np.zeros((len(vocabulary), 2), np.float32)
    for i, word in enumerate(vocabulary):
        if word in GOOD:
            table[i] = (-0.9, 0.9)
        if word in BAD:
            table[i] = (0.9, -0.9)
        if word in ("horror", "ghost", "haunted", "vampire"):
            table[i] = (1.1, -1.1)  # the bias
        table[i] += noise.normal(0, 0.15, 2)
    table[: len(SPECIAL)] = 0
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["words"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "axis"], ["row"]),
        helper.make_node("MatMul", ["row", "words"], ["sums"]),
        helper.make_node("Squeeze", ["sums", "axis"], ["logits"]),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in ("input_ids", "attention_mask")
    ]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 2])]
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axis")]
    graph = helper.make_graph(nodes, "reviews", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
    model.ir_version = 8
    onnx.save(model, "model/model.onnx")


if __name__ == "__main__":
    os.makedirs("model", exist_ok=True)
    vocabulary = SPECIAL + sorted(set(GOOD + BAD + FILL + " ".join(HORROR).split() + [".", "!"]))
    write_rows()
    write_tokenizer(vocabulary)
    write_model(vocabulary)
