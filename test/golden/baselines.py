"""Golden values for the losses of other methods, in float64 by PyTorch. python3 baselines.py > baselines.json

Each loss follows its paper's definition, with PyTorch's functions and autograd. Students are binary: the two logits (0, z) stand for the
margin z.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def pair(z):
    return torch.stack([torch.zeros_like(z), z], -1)


def margins(rows):
    z = (torch.randn(rows) * 3).requires_grad_()
    return z, (torch.rand(rows) < 0.5).long(), torch.randn(rows) * 4


def logit_matching():
    """The limit of T^2 KL as T grows: half the mean squared difference of the centred logits, (z - v)^2 / 8 per row."""
    z, y, v = margins(10)
    a, b = pair(z), pair(v)
    a, b = a - a.mean(-1, keepdim=True), b - b.mean(-1, keepdim=True)
    soft = ((a - b) ** 2).sum(-1) / 4
    value = 0.4 * F.cross_entropy(pair(z), y, reduction="none") + 0.6 * soft
    value.sum().backward()
    return {"alpha": 0.6, "z": z.tolist(), "y": y.tolist(), "v": v.tolist(), "value": value.tolist(), "slope": z.grad.tolist()}


def weighted_soft_labels():
    """Zhou et al. 2021: each row's soft term has the weight 1 - exp(-student's CE / teacher's CE), treated as a constant."""
    out = []
    for t in [1, 3]:
        z, y, v = margins(12)
        soft = F.kl_div(F.log_softmax(pair(z) / t, -1), F.softmax(pair(v) / t, -1), reduction="none").sum(-1) * t * t
        hard = F.cross_entropy(pair(z), y, reduction="none")
        weight = 1 - torch.exp(-hard.detach() / F.cross_entropy(pair(v), y, reduction="none"))
        value = 0.3 * hard + 0.7 * weight * soft
        value.sum().backward()
        out.append({"alpha": 0.7, "temperature": t, "z": z.tolist(), "y": y.tolist(), "v": v.tolist(), "value": value.tolist(),
                    "slope": z.grad.tolist()})
    return out


def virtual_teacher():
    """The virtual teacher of Yuan et al. 2020: probability a for the correct class, softened by T."""
    z, y, _ = margins(8)
    a, t = 0.95, 20
    teacher = torch.full((8, 2), 1 - a).scatter(1, y[:, None], a)
    soft = F.kl_div(F.log_softmax(pair(z) / t, -1), F.softmax(teacher.log() / t, -1), reduction="none").sum(-1) * t * t
    value = 0.5 * F.cross_entropy(pair(z), y, reduction="none") + 0.5 * soft
    value.sum().backward()
    return {"confidence": a, "temperature": t, "alpha": 0.5, "z": z.tolist(), "y": y.tolist(), "value": value.tolist(),
            "slope": z.grad.tolist()}


def regression_hint():
    """Romero et al. 2015: the mean squared error of a linear regressor from the student's hidden layer to the teacher's."""
    out = []
    for rows, inputs, outputs in [(6, 5, 3), (9, 8, 12), (1, 4, 7)]:
        h = torch.randn(rows, inputs).float().double().requires_grad_()
        regressor = torch.nn.Linear(inputs, outputs)
        with torch.no_grad():
            for p in regressor.parameters():
                p.copy_(p.float().double())
        t = torch.randn(rows, outputs).float().double()
        loss = 2.5 * F.mse_loss(regressor(h), t)
        loss.backward()
        flat = lambda w, b: torch.cat([w.t().reshape(-1), b]).tolist()
        out.append({"weight": 2.5, "hidden": h.tolist(), "features": t.tolist(), "regressor": flat(regressor.weight.detach(), regressor.bias.detach()),
                    "loss": loss.item(), "delta": h.grad.tolist(), "g": flat(regressor.weight.grad, regressor.bias.grad)})
    return out


def pdist(e):
    square = e.pow(2).sum(1)
    d = (square.unsqueeze(1) + square.unsqueeze(0) - 2 * e @ e.t()).clamp(min=1e-12).sqrt()
    return d * (1 - torch.eye(len(e)))


def relation_hint():
    """Park et al. 2019, distance-wise RKD, as the authors' program computes it."""
    out = []
    for rows, inputs, outputs in [(7, 4, 6), (16, 9, 3), (2, 3, 3)]:
        h = (torch.randn(rows, inputs) * 2).float().double().requires_grad_()
        t = torch.randn(rows, outputs).float().double()
        target = pdist(t)
        target = target / target[target > 0].mean()
        d = pdist(h)
        loss = 1.5 * F.smooth_l1_loss(d / d[d > 0].mean(), target)
        loss.backward()
        out.append({"weight": 1.5, "hidden": h.tolist(), "features": t.tolist(), "loss": loss.item(), "delta": h.grad.tolist()})
    return out


json.dump({"torch": torch.__version__, "logitMatching": logit_matching(), "weightedSoftLabels": weighted_soft_labels(),
           "virtualTeacher": virtual_teacher(), "regressionHint": regression_hint(), "relationHint": relation_hint()}, sys.stdout)
print()
