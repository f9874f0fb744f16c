"""Writes a stack of recurrent layers with given weights as an ONNX model: X [T, B, I] (and L [B], the lengths) in, Y [T, B, D*H] out."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

# ONNX's order of gates, as positions in PyTorch's: i o f c from i f g o, and z r h from r z n.
GATES = {"elman": [0], "lstm": [0, 3, 1, 2], "gru": [1, 0, 2]}
OPERATORS = {"elman": "RNN", "lstm": "LSTM", "gru": "GRU"}


def reorder(cell, array):
    parts = numpy.split(array, len(GATES[cell]))
    return numpy.concatenate([parts[i] for i in GATES[cell]])


def write(path, case, weights):
    cell, hidden, layers = case["cell"], case["hidden"], case["layers"]
    suffixes = ["", "_reverse"] if case["bidirectional"] else [""]
    nodes, constants, source = [], [], "X"
    for layer in range(layers):
        def stack(kind, at=layer):
            return numpy.stack([reorder(cell, weights[f"{kind}_l{at}{suffix}"]) for suffix in suffixes])

        bias = numpy.concatenate([stack("bias_ih"), stack("bias_hh")], axis=1)
        for name, array in (("W", stack("weight_ih")), ("R", stack("weight_hh")), ("B", bias)):
            constants.append(numpy_helper.from_array(numpy.ascontiguousarray(array), f"{name}{layer}"))
        attributes = {"hidden_size": hidden, "direction": "bidirectional" if case["bidirectional"] else "forward"}
        if cell == "gru":
            attributes["linear_before_reset"] = 1
        inputs = [source, f"W{layer}", f"R{layer}", f"B{layer}"] + (["L"] if case["lengths"] else [])
        nodes.append(helper.make_node(OPERATORS[cell], inputs, [f"raw{layer}"], **attributes))

        # [T, D, B, H] to [T, B, D*H]
        target = "Y" if layer == layers - 1 else f"h{layer}"
        nodes.append(helper.make_node("Transpose", [f"raw{layer}"], [f"turned{layer}"], perm=[0, 2, 1, 3]))
        nodes.append(helper.make_node("Reshape", [f"turned{layer}", "shape"], [target]))
        source = target
    width = hidden * len(suffixes)
    constants.append(numpy_helper.from_array(numpy.array([case["time"], case["batch"], width], dtype=numpy.int64), "shape"))
    inputs = [helper.make_tensor_value_info("X", TensorProto.FLOAT, [case["time"], case["batch"], case["input"]])]
    if case["lengths"]:
        inputs.append(helper.make_tensor_value_info("L", TensorProto.INT32, [case["batch"]]))
    output = helper.make_tensor_value_info("Y", TensorProto.FLOAT, [case["time"], case["batch"], width])
    graph = helper.make_graph(nodes, "recurrent", inputs, [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
