"""What the vector scripts share: seeded float32-exact random tensors, the versions used, and a strict comparison."""

import os
import sys

import numpy
import torch


def prepare():
    """Double precision, one thread: the same file on each run."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)


def uniform(random, shape, bound):
    """Uniform in [-bound, bound], rounded to float32 and held as float64."""
    values = random.uniform(-bound, bound, size=shape).astype(numpy.float32)
    return torch.tensor(values.astype(numpy.float64), dtype=torch.float64)


def exact_float32(value):
    """The tensor as a float32 array; fails when that would change a value."""
    wide = value.detach().numpy()
    narrow = wide.astype(numpy.float32)
    if not numpy.array_equal(narrow.astype(numpy.float64), wide):
        raise AssertionError("an input is not representable in float32")
    return narrow


def require_equal(name, first, second):
    """Fails unless the two agree to 1e-12 * max(1, |value|) in every element."""
    error = (first - second).abs() / second.abs().clamp(min=1.0)
    if error.numel() and float(error.max()) > 1e-12:
        raise AssertionError("%s: the loop and PyTorch differ by %g" % (name, float(error.max())))


def versions(script):
    return {
        "script": script,
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
    }


def write_versions(folder):
    """versions.txt beside the vectors: what made them."""
    with open(os.path.join(folder, "versions.txt"), "w", encoding="utf-8") as file:
        for key, value in versions("make_layer_vectors.py, make_recurrent_vectors.py, make_text_vectors.py, make_training_vectors.py").items():
            file.write("%s: %s\n" % (key, value))
