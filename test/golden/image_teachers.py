"""Tiny convolutional models with random weights, in the forms in which image models are exported, small synthetic pictures, and the
answers of PyTorch to pictures that Pillow and numpy prepare with the steps of the image processors of transformers.
Run with: /usr/bin/python3 test/golden/image_teachers.py (torch 1.13, Pillow 9.4, numpy)"""
import base64
import io
import json
import math
import os
import warnings

import numpy as np
import torch
from PIL import Image

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(7)
rng = np.random.default_rng(7)


def picture(height, width, mode):
    """Smooth blobs and some noise, so that neither resizing nor a crop leaves them as they are."""
    y, x = np.mgrid[0:height, 0:width]
    channels = []
    for _ in range(1 if mode == "L" else len(mode)):
        a, b, c = rng.uniform(0.1, 0.6, 3)
        channels.append(127 + 90 * np.sin(a * y + b * x + 6 * c) + rng.normal(0, 12, (height, width)))
    values = np.clip(np.stack(channels, -1), 0, 255).astype(np.uint8)
    return Image.fromarray(values[..., 0] if mode == "L" else values, mode)


PICTURES = [picture(20, 14, "RGB"), picture(17, 23, "RGB"), picture(9, 9, "RGB"), picture(32, 31, "L"), picture(16, 16, "RGB"), picture(11, 30, "RGBA")]


class Net(torch.nn.Module):
    def __init__(self, channels=3, outputs=1, form="first", share=False):
        super().__init__()
        self.conv = torch.nn.Conv2d(channels, 5, 3, 2, 1)
        self.head = torch.nn.Linear(5, outputs)
        self.form, self.share = form, share

    def forward(self, x):
        if self.form == "last":
            x = x.permute(0, 3, 1, 2)
        if self.form == "bytes":
            x = x.float() / 255
        if self.form == "half":
            x = x.float()
        x = torch.relu(self.conv(x)).mean((2, 3))
        x = self.head(3 * x)
        return torch.softmax(x, -1) if self.share else x


def shorter(size, edge):
    width, height = size
    short, long = min(size), max(size)
    other = int(edge * long / short)
    return (edge, other) if width <= height else (other, edge)


def centre(pixels, height, width):
    """center_crop of transformers, which fills up with zeros."""
    h, w = pixels.shape[:2]
    top, left = (h - height) // 2, (w - width) // 2
    if top >= 0 and left >= 0:
        return pixels[top : top + height, left : left + width]
    big_h, big_w = max(height, h), max(width, w)
    big = np.zeros((big_h, big_w, pixels.shape[2]), pixels.dtype)
    top_pad, left_pad = math.ceil((big_h - h) / 2), math.ceil((big_w - w) / 2)
    big[top_pad : top_pad + h, left_pad : left_pad + w] = pixels
    top, left = top + top_pad, left + left_pad
    return big[max(0, top) : min(big_h, top + height), max(0, left) : min(big_w, left + width)]


def prepare(image, config, channels):
    """The steps of ViTImageProcessor, CLIPImageProcessor and ConvNextImageProcessor."""
    image = image.convert("L" if channels == 1 else "RGB")
    size = config["size"]
    convnext = config["image_processor_type"].startswith("ConvNext")
    if config["do_resize"]:
        if "height" in size:
            image = image.resize((size["width"], size["height"]), config["resample"])
        else:
            edge = size["shortest_edge"]
            resized = int(edge / config["crop_pct"]) if convnext else edge
            image = image.resize(shorter(image.size, resized), config["resample"])
    pixels = np.asarray(image)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if convnext:
        pixels = centre(pixels, edge, edge)
    if config.get("do_center_crop"):
        pixels = centre(pixels, config["crop_size"]["height"], config["crop_size"]["width"])
    if config["do_rescale"]:
        pixels = (pixels.astype(np.float64) * config["rescale_factor"]).astype(np.float32)
    if config["do_normalize"]:
        mean, std = (np.array(config[key], np.float32) for key in ("image_mean", "image_std"))
        pixels = (pixels - mean) / std
    return pixels[..., ::-1] if config.get("do_flip_channel_order") else pixels


def config(kind, size, resample=2, **more):
    return {
        "image_processor_type": f"{kind}ImageProcessor", "do_resize": True, "size": size, "resample": resample, "do_rescale": True,
        "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], **more,
    }


SQUARE = {"height": 16, "width": 16}
CASES = [
    ("first", Net(), config("ViT", SQUARE), [None, 3, 16, 16]),
    ("last", Net(outputs=2, form="last"), config("ViT", SQUARE, 3), [None, 16, 16, 3]),
    ("bytes", Net(outputs=2, form="bytes", share=True), config("ViT", SQUARE, do_rescale=False, do_normalize=False), [None, 3, 16, 16]),
    ("half", Net(form="half"), config("Siglip", SQUARE, 3), [None, 3, 16, 16]),
    ("grey", Net(channels=1), config("ViT", SQUARE, image_mean=[0.5], image_std=[0.25]), [None, 1, 16, 16]),
    ("three", Net(outputs=3), config("CLIP", {"shortest_edge": 19}, 3, do_center_crop=True, crop_size={"height": 16, "width": 15}), [None, 3, None, None]),
    ("convnext", Net(), config("ConvNext", {"shortest_edge": 14}, crop_pct=0.875), [None, 3, None, None]),
    ("smaller", Net(), config("CLIP", {"shortest_edge": 9}, 1, do_center_crop=True, crop_size=SQUARE), [2, 3, 16, 16]),
    ("flipped", Net(), config("MobileViT", {"shortest_edge": 18}, do_normalize=False, do_flip_channel_order=True, do_center_crop=True, crop_size=SQUARE), [None, 3, 16, 16]),
    ("own-size", Net(), config("ViT", SQUARE, do_resize=False), [None, 3, None, None]),
]


def export(net, example, shape):
    file = io.BytesIO()
    axes = {i: f"axis{i}" if i else "batch" for i, size in enumerate(shape) if size is None}
    torch.onnx.export(net, example, file, input_names=["pixel_values"], output_names=["logits"], opset_version=14,
                      dynamic_axes={"pixel_values": axes, "logits": {0: "batch"}} if 0 in axes else None)
    return base64.b64encode(file.getvalue()).decode()


def main():
    cases = []
    for name, net, settings, shape in CASES:
        net.eval()
        channels = shape[3] if name == "last" else shape[1]
        arrays = [prepare(image, settings, channels) for image in PICTURES]
        if name != "last":
            arrays = [array.transpose(2, 0, 1) for array in arrays]
        tensors = [torch.from_numpy(np.ascontiguousarray(array))[None] for array in arrays]
        if name == "half":
            tensors = [tensor.half() for tensor in tensors]
        with torch.no_grad():
            outputs = [net(tensor)[0].tolist() for tensor in tensors]
            features = [torch.relu(net.conv(t.permute(0, 3, 1, 2) if name == "last" else t.float() / (255 if name == "bytes" else 1))).mean((2, 3))[0].tolist() for t in tensors]
        example = torch.cat([tensors[0]] * (shape[0] or 1))
        cases.append({
            "name": name, "config": settings, "model": export(net, example, shape), "outputs": outputs, "features": features,
            "first": [array.reshape(-1)[:6].astype(float).tolist() for array in arrays], "sum": [float(array.astype(np.float64).sum()) for array in arrays],
        })
    pictures = []
    for image in PICTURES:
        file = io.BytesIO()
        image.save(file, "PNG")
        pictures.append(base64.b64encode(file.getvalue()).decode())
    with open(os.path.join(HERE, "image_teachers.json"), "w") as file:
        json.dump({"pictures": pictures, "cases": cases}, file, indent=1)
        file.write("\n")


main()
