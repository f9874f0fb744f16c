#!/usr/bin/python3
"""Makes the float64 vectors of whole models and of the layers that give them their shape (structures.safetensors).

    /usr/bin/python3 make_structure_vectors.py [OUTPUT_FOLDER]      default: this folder

CASE/x [T,B,…] ([B,…] where one vector becomes many; tokens for `tagger`), CASE/lengths (I64, steps of each row; absent where x has no time axis),
CASE/parameter/NAME by the names of GpuRnn.Layers.Sequential, CASE/y, CASE/upstream, CASE/grad/x, CASE/grad/NAME. Images are stored with channels last.

The witness is PyTorch's modules, run over every sequence alone and without any padding: what a padded batch must give is what its sequences give alone.
Rows of y that a sequence does not reach are zeros; a sequence of length 0 gives zeros. `tagger` instead has CASE/classes (I64 [T,B], -100 at absent steps),
CASE/class_weights and CASE/loss, PyTorch's cross_entropy with label smoothing over all steps that are there; `batch_norm` runs PyTorch's BatchNorm1d over
the steps of all sequences together, and has CASE/running_mean and CASE/running_var as they are afterwards.
Metadata `case:CASE` is a JSON object: outputs over time or not, labelSmoothing.
"""

import json
import os
import sys

import numpy
import torch
from torch import nn

import safetensors_numpy
import vector_files

LENGTHS = [2, 4, 1]
LENGTHS_WITH_NONE = [2, 4, 0, 1]
SMOOTHING = 0.1


class Model:
    """PyTorch's modules with their parameters under the library's names."""

    def __init__(self, random):
        self.random = random
        self.parameters = {}

    def add(self, prefix, module):
        for name, parameter in module.named_parameters():
            parameter.data = vector_files.uniform(self.random, tuple(parameter.shape), 0.8)
            self.parameters[prefix + name] = parameter
        return module

    def own(self, name, *shape):
        self.parameters[name] = vector_files.uniform(self.random, shape, 0.8).requires_grad_()
        return self.parameters[name]


def over_time(module, x):
    """A recurrent module over one sequence [T, I]."""
    return module(x[:, None])[0][:, 0]


def halves(x):
    return x[:, : x.shape[1] // 2], x[:, x.shape[1] // 2 :]


def images_lstm(model):
    convolution = model.add("0.0.", nn.Conv2d(2, 3, 3, padding=(1, 0)))
    recurrent, dense = model.add("1.", nn.LSTM(6, 3)), model.add("3.", nn.Linear(3, 2))

    def run(x):
        maps = nn.functional.max_pool2d(torch.tanh(convolution(x.permute(0, 3, 1, 2))), 2)
        return dense(over_time(recurrent, maps.permute(0, 2, 3, 1).flatten(1))[-1])

    return run, (4, 4, 2)


def series_gru(model):
    convolution = model.add("0.", nn.Conv1d(2, 3, 3, stride=2, padding=2))
    recurrent = model.add("3.", nn.GRU(3, 3, bidirectional=True))
    return lambda x: over_time(recurrent, nn.functional.max_pool1d(torch.relu(convolution(x.T[None])), 2, stride=1)[0].T), (2,)


def pooled(kind):
    def make(model):
        recurrent, dense = model.add("0.", nn.LSTM(2, 3, bidirectional=True)), model.add("2.", nn.Linear(12 if kind == "ends" else 6, 2))
        if kind == "attention":
            keys, vector = model.add("1.", nn.Linear(6, 4)), model.own("1.vector", 4)

        def pool(h):
            if kind == "attention":
                return torch.softmax(torch.tanh(keys(h)) @ vector, dim=0) @ h
            return {"last": lambda: h[-1], "mean": lambda: h.mean(dim=0), "max": lambda: h.max(dim=0).values,
                    "ends": lambda: torch.cat([h[-1], h[0]])}[kind]()

        return lambda x: dense(pool(over_time(recurrent, x))), (2,)

    return make


def merged(kind):
    def make(model):
        recurrent = model.add("0.", nn.GRU(2, 3, bidirectional=True))
        merge = {"sum": lambda f, r: f + r, "mean": lambda f, r: (f + r) / 2, "product": lambda f, r: f * r}[kind]
        return lambda x: merge(*halves(over_time(recurrent, x))), (2,)

    return make


def residual(model):
    first, second = model.add("0.", nn.LSTM(3, 3)), model.add("1.", nn.LSTM(3, 3))

    def run(x):
        lower = x + over_time(first, x)
        return lower + over_time(second, lower)

    return run, (3,)


def highway(model):
    recurrent, gate = model.add("0.layer.", nn.GRU(3, 3)), model.add("0.gate.", nn.Linear(3, 3))

    def run(x):
        share = torch.sigmoid(gate(x))
        return share * over_time(recurrent, x) + (1 - share) * x

    return run, (3,)


def one_to_many(kind):
    def make(model):
        recurrent, dense = model.add("1.", nn.LSTM(3, 4)), model.add("2.", nn.Linear(4, 2))

        def run(x):
            steps = x.expand(3, -1) if kind == "every" else torch.cat([x[None], torch.zeros(2, 3)])
            return dense(over_time(recurrent, steps))

        return run, (3,)

    return make


CASES = {
    "images_lstm": (images_lstm, LENGTHS),
    "series_gru": (series_gru, [5, 7, 0, 1]),
    **{"pooled_" + kind: (pooled(kind), LENGTHS) for kind in ("last", "ends", "mean", "max", "attention")},
    **{"merged_" + kind: (merged(kind), LENGTHS_WITH_NONE) for kind in ("sum", "mean", "product")},
    "residual": (residual, LENGTHS_WITH_NONE),
    "highway": (highway, LENGTHS_WITH_NONE),
    "one_to_many_every": (one_to_many("every"), None),
    "one_to_many_first": (one_to_many("first"), None),
}


def store(tensors, name, model, inputs, results):
    for key, value in inputs.items():
        tensors["%s/%s" % (name, key)] = vector_files.exact_float32(value)
    for key, value in model.parameters.items():
        tensors["%s/parameter/%s" % (name, key)] = vector_files.exact_float32(value)
        tensors["%s/grad/%s" % (name, key)] = value.grad.numpy()
    for key, value in results.items():
        tensors["%s/%s" % (name, key)] = value.detach().numpy().copy()


def add_case(tensors, metadata, name, make, lengths, random):
    model = Model(random)
    run, axes = make(model)
    batch = 3 if lengths is None else len(lengths)
    x = vector_files.uniform(random, ((batch,) if lengths is None else (max(lengths), batch)) + axes, 1.0)
    for row, length in enumerate(lengths or []):
        x[length:, row] = 0.0
    x.requires_grad_()
    rows = [run(x[row] if lengths is None else x[: lengths[row], row]) if lengths is None or lengths[row] else None for row in range(batch)]
    has_time = next(row for row in rows if row is not None).dim() == 2
    if has_time:
        steps = max(len(row) for row in rows if row is not None)
        width = next(row for row in rows if row is not None).shape[1]
        y = torch.stack([
            torch.zeros(steps, width) if row is None else torch.cat([row, torch.zeros(steps - len(row), width)]) for row in rows], dim=1)
    else:
        y = torch.stack(rows)
    upstream = vector_files.uniform(random, tuple(y.shape), 1.0)
    y.backward(upstream)
    store(tensors, name, model, {"x": x, "upstream": upstream}, {"y": y, "grad/x": x.grad})
    if lengths is not None:
        tensors[name + "/lengths"] = numpy.array(lengths)
    metadata["case:" + name] = json.dumps({"hasTime": has_time})


def add_tagger(tensors, metadata, random):
    model, lengths = Model(random), LENGTHS_WITH_NONE
    embedding, recurrent, dense = model.add("0.", nn.Embedding(5, 3)), model.add("1.", nn.LSTM(3, 3, bidirectional=True)), model.add("3.", nn.Linear(6, 4))
    tokens = torch.tensor(random.randint(0, 5, size=(max(lengths), len(lengths))))
    classes = torch.tensor(random.randint(0, 4, size=tuple(tokens.shape)))
    weights = vector_files.uniform(random, (4,), 1.0).abs() + 0.25
    weights = weights.float().double()
    logits = [dense(torch.tanh(over_time(recurrent, embedding(tokens[:length, row])))) for row, length in enumerate(lengths) if length]
    wanted = [classes[:length, row] for row, length in enumerate(lengths)]
    loss = nn.functional.cross_entropy(torch.cat(logits), torch.cat(wanted), weight=weights, label_smoothing=SMOOTHING)
    loss.backward()
    for row, length in enumerate(lengths):
        classes[length:, row] = -100
    store(tensors, "tagger", model, {"x": tokens.double(), "class_weights": weights}, {"loss": loss})
    tensors["tagger/classes"] = classes.numpy()
    tensors["tagger/lengths"] = numpy.array(lengths)
    metadata["case:tagger"] = json.dumps({"labelSmoothing": SMOOTHING})


def add_batch_norm(tensors, metadata, random):
    model, lengths = Model(random), LENGTHS_WITH_NONE
    norm = model.add("", nn.BatchNorm1d(3, momentum=0.25))
    x = vector_files.uniform(random, (max(lengths), len(lengths), 3), 1.0).requires_grad_()
    present = torch.tensor([[step < length for length in lengths] for step in range(max(lengths))])
    y = torch.zeros_like(x).masked_scatter(present[..., None], norm(x[present]))
    upstream = vector_files.uniform(random, tuple(y.shape), 1.0)
    y.backward(upstream)
    results = {"y": y, "grad/x": x.grad, "running_mean": norm.running_mean, "running_var": norm.running_var}
    store(tensors, "batch_norm", model, {"x": x, "upstream": upstream}, results)
    tensors["batch_norm/lengths"] = numpy.array(lengths)
    metadata["case:batch_norm"] = json.dumps({"hasTime": True})


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    tensors, metadata = {}, vector_files.versions(os.path.basename(__file__))
    random = numpy.random.RandomState(41)
    for name, (make, lengths) in CASES.items():
        add_case(tensors, metadata, name, make, lengths, random)
    add_batch_norm(tensors, metadata, random)
    add_tagger(tensors, metadata, random)
    safetensors_numpy.write(os.path.join(folder, "structures.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
