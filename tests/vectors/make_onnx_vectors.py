#!/usr/bin/python3
"""Makes the vectors of cells that ONNX Runtime has and PyTorch has not: onnx_peephole, onnx_coupled, onnx_gru_reset_before, onnx_functions
(.safetensors).

    (cd ../../bench/peers/onnxruntime && npm install --ignore-scripts --no-package-lock)
    /usr/bin/python3 make_onnx_vectors.py [OUTPUT_FOLDER]      default: this folder; needs python3-onnx, NumPy and Node.js

The witness is ONNX Runtime on the CPU, which computes in float32; inputs and outputs are float32. Its operators have no gradients.

Tensors of a case (`CASE/…`), in our order of gates: x [T,B,I]; lengths [B] (I64, absent when all rows are T long); h0, c0 [D,B,H];
weight_ih_l0{_reverse} [G*H,I], weight_hh_l0… [G*H,H], bias_ih_l0…, bias_hh_l0… [G*H], of a peephole LSTM also weight_ci_l0…,
weight_cf_l0…, weight_co_l0… [H]; y [T,B,D*H] (zero at t >= length); h_n, c_n [D,B,H]. Metadata as in make_recurrent_vectors.py. The cases of
onnx_functions are LSTMs, GRUs (reset after and before) and Elman cells in which each activation function of ONNX's stands in each place, some with a
clip; "options" of their metadata are those of our cell.

ONNX orders the gates of an LSTM i o f g and its peepholes i o f, and those of a GRU z r n. With input_forget, ONNX Runtime takes
f = 1 - i; ours is i = 1 - f. As 1 - sigmoid(a) = sigmoid(-a), its input gate gets our forget gate's numbers with the other sign. Its
forget gate's numbers must then not matter, so they are drawn at random.
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

import safetensors_numpy

GATES = {"peephole": 4, "coupled": 3, "gru": 3, "lstm": 4, "elman": 1}
OPERATORS = {"gru": "GRU", "elman": "RNN"}

# Our name: (ONNX's name, alpha, beta), null where the function has none.
FUNCTIONS = {
    "affine": ("Affine", 0.7, 0.1),
    "relu": ("Relu", None, None),
    "leaky-relu": ("LeakyRelu", 0.2, None),
    "thresholded-relu": ("ThresholdedRelu", 0.3, None),
    "tanh": ("Tanh", None, None),
    "scaled-tanh": ("ScaledTanh", 1.3, 0.6),
    "sigmoid": ("Sigmoid", None, None),
    "hard-sigmoid": ("HardSigmoid", 0.25, 0.4),
    "elu": ("Elu", 0.8, None),
    "softsign": ("Softsign", None, None),
    "softplus": ("Softplus", None, None),
}
PLACES = {"lstm": ["gate", "candidate", "state"], "gru": ["gate", "candidate"], "elman": ["state"]}

# name: (T, B, I, H, directions, lengths)
SHAPES = {
    "basic": (5, 3, 4, 5, 1, None),
    "lengths": (6, 4, 3, 4, 1, [3, 6, 1, 4]),
    "bidirectional_lengths": (6, 4, 3, 4, 2, [1, 5, 6, 2]),
    "wide": (5, 3, 4, 19, 1, [2, 5, 4]),
    "one_unit": (5, 3, 3, 1, 2, [3, 5, 1]),
}


def uniform(random, shape, bound):
    return random.uniform(-bound, bound, size=shape).astype(numpy.float32)


def random_weights(cell, sizes, random):
    """Our parameters of each direction, by name without suffix."""
    inputs, hidden, directions = sizes
    bound = 1.2 / numpy.sqrt(max(hidden, 3))
    rows = GATES[cell] * hidden
    shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, hidden), "bias_ih": (rows,), "bias_hh": (rows,)}
    if cell == "peephole":
        shapes.update({"weight_ci": (hidden,), "weight_cf": (hidden,), "weight_co": (hidden,)})
    return [{name: uniform(random, shape, bound) for name, shape in shapes.items()} for _ in range(directions)]


def onnx_gates(cell, ours, random):
    """Blocks of gates in ONNX's order."""
    blocks = numpy.split(ours, GATES[cell])
    if cell == "elman":
        return ours
    if cell in ("peephole", "lstm"):
        i, f, g, o = blocks
        return numpy.concatenate([i, o, f, g])
    if cell == "coupled":
        f, g, o = blocks
        return numpy.concatenate([-f, o, uniform(random, f.shape, 1.0), g])
    r, z, n = blocks
    return numpy.concatenate([z, r, n])


def function_attributes(config):
    """ONNX's activations with their alphas and betas: a list of each names only those that have one."""
    options = config["options"]
    attributes = {}
    if "clip" in options:
        attributes["clip"] = float(options["clip"])
    chosen = [(place, options.get(place + "-activation")) for place in PLACES[config["cell"]]]
    if all(name is None for _, name in chosen):
        return attributes
    functions = [FUNCTIONS[name] for _, name in chosen] * config["directions"]
    attributes["activations"] = [name for name, _, _ in functions]
    for number, part in ((1, "alpha"), (2, "beta")):
        values = [float(options["%s-%s" % (place, part)]) for place, name in chosen if FUNCTIONS[name][number] is not None]
        if values:
            attributes["activation_" + part] = values * config["directions"]
    return attributes


def onnx_model(cell, weights, sizes, has_lengths, random, config):
    inputs, hidden, directions = sizes
    initializers, names = [], ["X", "W", "R", "B", "lengths" if has_lengths else "", "h0"]

    def add(name, arrays):
        initializers.append(numpy_helper.from_array(numpy.stack(arrays), name))

    add("W", [onnx_gates(cell, one["weight_ih"], random) for one in weights])
    add("R", [onnx_gates(cell, one["weight_hh"], random) for one in weights])
    add("B", [numpy.concatenate([onnx_gates(cell, one[name], random) for name in ("bias_ih", "bias_hh")]) for one in weights])
    attributes = {"hidden_size": hidden, "direction": "bidirectional" if directions == 2 else "forward"}
    outputs = ["Y", "Y_h"]
    if cell not in OPERATORS:
        names.append("c0")
        outputs.append("Y_c")
    if cell == "peephole":
        names.append("P")
        add("P", [numpy.concatenate([one["weight_ci"], one["weight_co"], one["weight_cf"]]) for one in weights])
    if cell == "coupled":
        attributes["input_forget"] = 1
    if cell == "gru":
        attributes["linear_before_reset"] = 1 if config["reset"] == "after" else 0
    if "options" in config:
        attributes.update(function_attributes(config))
    node = helper.make_node(OPERATORS.get(cell, "LSTM"), names, outputs, **attributes)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names[5:7] if name != "P"]
    values.append(helper.make_tensor_value_info("X", TensorProto.FLOAT, None))
    if has_lengths:
        values.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, None))
    graph = helper.make_graph(
        [node], "recurrent", values, [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs], initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def run(model, feeds):
    """The outputs by name, and the version of ONNX Runtime."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_onnx.mjs")
    with tempfile.TemporaryDirectory() as folder:
        path, inputs = os.path.join(folder, "model.onnx"), os.path.join(folder, "inputs.json")
        onnx.save(model, path)
        with open(inputs, "w", encoding="utf-8") as file:
            json.dump({name: {"type": str(value.dtype), "shape": value.shape, "values": value.flatten().tolist()} for name, value in feeds.items()}, file)
        result = json.loads(subprocess.run(["node", script, path, inputs], check=True, stdout=subprocess.PIPE).stdout)
    outputs = {name: numpy.array(value["values"], numpy.float32).reshape(value["shape"]) for name, value in result["outputs"].items()}
    return outputs, result["version"]


def make_case(cell, config, seed):
    """All tensors of one case, and the version of ONNX Runtime."""
    random = numpy.random.RandomState(seed)
    steps, batch, directions, hidden = (config[key] for key in ("timeSteps", "batchSize", "directions", "hiddenSize"))
    sizes = (config["inputSize"], hidden, directions)
    weights = random_weights(cell, sizes, random)
    feeds = {"X": uniform(random, (steps, batch, config["inputSize"]), 1.5), "h0": uniform(random, (directions, batch, hidden), 0.9)}
    if cell not in OPERATORS:
        feeds["c0"] = uniform(random, (directions, batch, hidden), 1.5)
    if config["lengths"] is not None:
        feeds["lengths"] = numpy.array(config["lengths"], numpy.int32)
    outputs, version = run(onnx_model(cell, weights, sizes, config["lengths"] is not None, random, config), {
        key: value.astype("float32") if value.dtype != numpy.int32 else value for key, value in feeds.items()})
    tensors = {"x": feeds["X"], "h0": feeds["h0"], "h_n": outputs["Y_h"]}
    tensors["y"] = outputs["Y"].transpose(0, 2, 1, 3).reshape(steps, batch, directions * hidden)
    if cell not in OPERATORS:
        tensors.update({"c0": feeds["c0"], "c_n": outputs["Y_c"]})
    if config["lengths"] is not None:
        tensors["lengths"] = feeds["lengths"].astype(numpy.int64)
    for direction, one in enumerate(weights):
        tensors.update({name + "_l0" + ("_reverse" if direction else ""): value for name, value in one.items()})
    return tensors, version


def function_configs():
    """{case name: config} of onnx_functions: each function in each place, then clips."""
    names = list(FUNCTIONS)
    cells = [("lstm", "lstm", {}), ("gru", "gru", {"reset": "after"}), ("gru-reset-before", "gru", {"reset": "before"}), ("elman", "elman", {})]
    configs = {}
    for title, cell, more in cells:
        sizes = dict(timeSteps=4, batchSize=2, inputSize=3, hiddenSize=3, layers=1, directions=1, hasInitialState=True, lengths=None)
        for index, name in enumerate(names):
            options = {}
            for step, place in enumerate(PLACES[cell]):
                function = names[(index + 4 * step) % len(names)]
                options[place + "-activation"] = function
                for part, value in zip(("alpha", "beta"), FUNCTIONS[function][1:]):
                    if value is not None:
                        options["%s-%s" % (place, part)] = str(value)
            configs["%s.%s" % (title, name)] = dict(sizes, cell=cell, options=options, **more)
        configs[title + ".clip"] = dict(sizes, cell=cell, options={"clip": "0.3"}, **more)
        lengths = dict(sizes, directions=2, lengths=[4, 2])
        configs[title + ".clip_functions_lengths"] = dict(lengths, cell=cell, options={**configs[title + ".scaled-tanh"]["options"], "clip": "0.5"}, **more)
    return configs


def write(folder, family, configs, seed):
    tensors, metadata = {}, {"script": os.path.basename(__file__), "onnx": onnx.__version__, "numpy": numpy.__version__}
    for case_index, (name, config) in enumerate(configs.items()):
        made, metadata["onnxruntime"] = make_case(config["cell"], config, seed + case_index)
        tensors.update({name + "/" + key: numpy.ascontiguousarray(value) for key, value in made.items()})
        metadata["case:" + name] = json.dumps(config)
    safetensors_numpy.write(os.path.join(folder, family + ".safetensors"), tensors, metadata)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for family_index, (family, cell) in enumerate([("onnx_coupled", "coupled"), ("onnx_gru_reset_before", "gru"), ("onnx_peephole", "peephole")]):
        configs = {}
        for name, (steps, batch, inputs, hidden, directions, lengths) in SHAPES.items():
            configs[name] = dict(
                cell=cell, timeSteps=steps, batchSize=batch, inputSize=inputs, hiddenSize=hidden, layers=1, directions=directions,
                hasInitialState=True, lengths=lengths)
            if cell == "gru":
                configs[name]["reset"] = "before"
        write(folder, family, configs, 1000 * (family_index + 1))
    write(folder, "onnx_functions", function_configs(), 4000)


if __name__ == "__main__":
    main()
