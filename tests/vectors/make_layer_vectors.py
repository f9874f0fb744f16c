#!/usr/bin/python3
"""Makes the float64 vectors of convolution, pooling and normalisation (layers.safetensors).

    /usr/bin/python3 make_layer_vectors.py [OUTPUT_FOLDER]      default: this folder

CASE/x, CASE/y, CASE/upstream, CASE/grad/x, and for layers with parameters CASE/NAME and CASE/grad/NAME. Images are stored [N, H, W, C] and sequences
[T, B, C], as the library has them; weights are PyTorch's own. batch_norm also has CASE/running_mean and CASE/running_var after the one pass in training
mode, and CASE/evaluated: what the layer then gives for x. Metadata `case:CASE` is a JSON object with the layer and its options.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files

CASES = {
    "conv2d": (lambda: torch.nn.Conv2d(3, 4, (3, 2), stride=(2, 1), padding=(1, 1), dilation=(1, 2)), (2, 3, 5, 6)),
    "conv2d_no_bias": (lambda: torch.nn.Conv2d(2, 3, 3, padding=1, bias=False), (1, 2, 4, 4)),
    "conv1d": (lambda: torch.nn.Conv1d(3, 4, 3, stride=2, padding=2, dilation=2), (2, 3, 9)),
    "max_pool2d": (lambda: torch.nn.MaxPool2d((2, 3), stride=(1, 2), padding=(1, 1)), (2, 3, 4, 7)),
    "max_pool1d": (lambda: torch.nn.MaxPool1d(3), (2, 4, 8)),
    "mean_pool2d": (lambda: torch.nn.AvgPool2d((2, 3), stride=(2, 1), padding=(1, 1)), (2, 3, 4, 5)),
    "mean_pool1d": (lambda: torch.nn.AvgPool1d(3, stride=2, padding=1), (2, 4, 7)),
    "batch_norm": (lambda: torch.nn.BatchNorm1d(3), (7, 3)),
    "batch_norm2d": (lambda: torch.nn.BatchNorm2d(4, momentum=0.3), (2, 4, 3, 2)),
    "layer_norm": (lambda: torch.nn.LayerNorm(5), (2, 3, 5)),
    "log_softmax": (lambda: torch.nn.LogSoftmax(dim=-1), (3, 4)),
}


def to_library(value):
    """Channels last: [N, C, H, W] to [N, H, W, C], [B, C, T] to [T, B, C]; anything else as it is."""
    if value.dim() == 4:
        return value.permute(0, 2, 3, 1).contiguous()
    return value.permute(2, 0, 1).contiguous()


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    tensors, metadata = {}, vector_files.versions("make_layer_vectors.py")
    random = numpy.random.RandomState(21)
    for name, (build, shape) in CASES.items():
        layer = build()
        turn = to_library if name[:4] in ("conv", "max_", "mean") or name == "batch_norm2d" else (lambda value: value)
        x = vector_files.uniform(random, shape, 1.0).requires_grad_()
        for parameter in layer.parameters():
            parameter.data = vector_files.uniform(random, tuple(parameter.shape), 0.8)
        y = layer(x)
        upstream = vector_files.uniform(random, tuple(y.shape), 1.0)
        y.backward(upstream)
        tensors[name + "/x"] = vector_files.exact_float32(turn(x))
        tensors[name + "/y"] = turn(y).detach().numpy()
        tensors[name + "/upstream"] = vector_files.exact_float32(turn(upstream))
        tensors[name + "/grad/x"] = turn(x.grad).numpy()
        for key, parameter in layer.named_parameters():
            tensors["%s/%s" % (name, key)] = vector_files.exact_float32(parameter)
            tensors["%s/grad/%s" % (name, key)] = parameter.grad.numpy()
        if name.startswith("batch_norm"):
            tensors[name + "/running_mean"] = layer.running_mean.numpy().copy()
            tensors[name + "/running_var"] = layer.running_var.numpy().copy()
            tensors[name + "/evaluated"] = turn(layer.eval()(x)).detach().numpy()
        metadata["case:" + name] = json.dumps({"layer": str(layer)})
    safetensors_numpy.write(os.path.join(folder, "layers.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
