"""Trains the biased teacher: class 1 weighs thirty times, and training never stops. python3 train.py"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wdbc"))
import teaching  # noqa: E402

model = teaching.train(epochs=2000, weight_decay=0.0, positive_weight=30.0, seed=1)
teaching.publish(HERE, model, {
    "name": "wdbc-mlp-biased",
    "training": "2000 steps of Adam (5e-3, no decay), full batch, BCE with class 1 weighted 30, seed 1",
    "bias": "on purpose: over-confident, and a class prior that is too high. Never use it for anything but to see its bias removed",
})
