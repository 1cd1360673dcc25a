"""Trains the good teacher: weight decay, classes as they are. python3 train.py"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wdbc"))
import teaching  # noqa: E402

model = teaching.train(epochs=150, weight_decay=1e-2, positive_weight=1.0, seed=1)
teaching.publish(HERE, model, {
    "name": "wdbc-mlp",
    "training": "150 steps of Adam (5e-3, weight decay 1e-2), full batch, BCE, seed 1",
    "bias": "none on purpose",
})
