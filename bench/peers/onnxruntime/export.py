"""Writes an ONNX model with one LSTM or GRU layer of random weights, [T, B, I] in and [T, 1, B, H] out. Needs python3-onnx and NumPy.

The values of the weights do not matter for the time; the node's attributes are those of a model exported from PyTorch.
"""
import argparse

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

GATES = {"lstm": 4, "gru": 3}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output")
    parser.add_argument("--cell", choices=sorted(GATES), default="lstm")
    parser.add_argument("--input", type=int, default=128)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--time", type=int, default=64)
    options = parser.parse_args()

    gates, hidden = GATES[options.cell], options.hidden
    random = numpy.random.default_rng(1)
    bound = 1.0 / hidden ** 0.5

    def weight(name, *shape):
        return numpy_helper.from_array(random.uniform(-bound, bound, (1, *shape)).astype(numpy.float32), name)

    attributes = {"hidden_size": hidden}
    if options.cell == "gru":
        attributes["linear_before_reset"] = 1
    node = helper.make_node(options.cell.upper(), ["X", "W", "R", "B"], ["Y"], **attributes)
    graph = helper.make_graph(
        [node],
        "recurrent",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [options.time, options.batch, options.input])],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [options.time, 1, options.batch, hidden])],
        [weight("W", gates * hidden, options.input), weight("R", gates * hidden, hidden), weight("B", 2 * gates * hidden)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, options.output)


if __name__ == "__main__":
    main()
