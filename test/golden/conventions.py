"""How distillation libraries weight, scale and average the same two loss terms, on one batch, in float64 by PyTorch.
python3 conventions.py > conventions.json

Each convention repeats what the library computes, once for two logits (0, z) and once for the one logit z of a binary model. With one logit,
cross-entropy over classes has no class 1, so the label term is the binary cross-entropy, as in practice.
"""
import json
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
Z, V, Y = [1.5, -0.5, 0.25, -2.0], [4.0, -1.0, -3.0, 0.5], [1, 0, 1, 0]
T, SHARE = 2.0, 0.7  # temperature, weight of the teacher's term


def kl(z, v):
    """KL(teacher || student) of the softmaxes over classes at temperature T, averaged over the rows."""
    return F.kl_div(F.log_softmax(z / T, 1), F.softmax(v / T, 1), reduction="batchmean")


SOFT = {
    "kl-t2": lambda z, v: T * T * kl(z, v),  # torchdistill, mdistiller, RepDistiller, PyTorch's tutorial
    "kl": lambda z, v: kl(z, v),  # the first Keras example
    "kl-element": lambda z, v: T * T * F.kl_div(F.log_softmax(z / T, 1), F.softmax(v / T, 1), reduction="mean"),  # KLDivLoss() with its default reduction
    "ce": lambda z, v: -(F.softmax(v / T, 1) * F.log_softmax(z / T, 1)).sum(1).mean(),  # TextBrewer kd_ce_loss
    "mse-logits": lambda z, v: F.mse_loss(z / T, v / T),  # TextBrewer kd_mse_loss
    "mse-probabilities": lambda z, v: T * T * F.mse_loss(F.softmax(z / T, 1), F.softmax(v / T, 1)),  # KD_Lib VanillaKD
}


def measure(soft, classes):
    z, v, y = torch.tensor(Z, requires_grad=True), torch.tensor(V), torch.tensor(Y)
    form = (lambda m: torch.stack([torch.zeros_like(m), m], 1)) if classes == 2 else (lambda m: m[:, None])
    hard = F.cross_entropy(form(z), y) if classes == 2 else F.binary_cross_entropy_with_logits(z, y.double())
    term = soft(form(z), form(v))
    ((1 - SHARE) * hard + SHARE * term).backward()
    gradient = z.grad * len(Z)
    z.grad = None
    alone = torch.autograd.grad(soft(form(z), form(v)), z)[0] * len(Z)
    return {"soft": term.item(), "loss": ((1 - SHARE) * hard + SHARE * term).item(), "gradient": gradient.tolist(),
            "softGradient": alone.tolist()}


def refused():
    try:
        F.cross_entropy(torch.tensor(Z)[:, None], torch.tensor(Y))
    except (IndexError, RuntimeError) as error:
        return str(error)
    return None


json.dump({"torch": torch.__version__, "z": Z, "v": V, "y": Y, "temperature": T, "share": SHARE, "crossEntropyOfOneLogit": refused(),
           "conventions": [{"name": name, "two": measure(soft, 2), "one": measure(soft, 1)} for name, soft in SOFT.items()]},
          sys.stdout, indent=1)
print()
