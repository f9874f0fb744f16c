#!/usr/bin/python3
"""Makes the float64 vectors of recurrent layers: elman, lstm, lstm_projected, gru, gru_reset_before (.safetensors).

    /usr/bin/python3 make_recurrent_vectors.py [OUTPUT_FOLDER]      default: this folder

The witness is PyTorch's nn.RNN, nn.LSTM and nn.GRU in double precision with pack_padded_sequence(enforce_sorted=False).
What PyTorch does not have (an Elman cell with sigmoid, leaky relu or identity; the GRU of Cho 2014, which applies the reset gate
before the product) comes from `run_loop` below with PyTorch's autograd; `run_loop` is held against nn.RNN, nn.LSTM and nn.GRU
for every case that both can run, so its stacking, direction and length handling are proven by PyTorch.

PyTorch refuses a row of length 0. Such rows are left out of the call, and defined to have the output 0 and the final state equal
to the initial state, in each layer and direction; so the gradient of their initial state is the upstream gradient of the final one.

Tensors of a case (`CASE/…`):
    x [T,B,I]; lengths [B] (I64, absent when all rows are T long); h0, c0 [L*D,B,H] (absent when zero); with a projection the width of
    y, h and of weight_hh's columns is P instead of H, and there is weight_hr_l… [P,H] (PyTorch's proj_size)
    weight_ih_l{k}{_reverse} [G*H, I or D*H], weight_hh_l… [G*H,H], bias_ih_l…, bias_hh_l… [G*H]
    y [T,B,D*H] (zero at t >= length); h_n, c_n [L*D,B,H]
    upstream/y, upstream/h_n, upstream/c_n: the fixed random gradient; the loss is sum(upstream * output)
    grad/NAME: gradient of that loss for x, h0, c0 and each weight and bias
Metadata `case:CASE` is a JSON object: cell, nonlinearity (Elman), reset (GRU: after|before), timeSteps, batchSize, inputSize,
hiddenSize, layers, directions, hasInitialState, lengths (null or a list), negativeSlope (leaky relu), projection (lstm_projected).
Gate order: LSTM i f g o; GRU r z n. All arithmetic is float64. Inputs (x, h0, c0, weights, upstream) are exactly representable in
float32 and stored so: float32 code sees the same numbers. Outputs and gradients are stored in float64.
ReLU cases keep every pre-activation at least 1e-3 away from 0.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files

NEGATIVE_SLOPE = float(numpy.float32(0.01))  # what float32 code can represent, as every other input
KINK_DISTANCE = 1e-3
GATES = {"elman": 1, "lstm": 4, "gru": 3}

# name: (T, B, I, H, layers, directions, initial state, lengths)
SHAPES = {
    "basic": (5, 3, 4, 5, 1, 1, False, None),
    "initial_state": (5, 3, 4, 5, 1, 1, True, None),
    "lengths": (6, 4, 3, 4, 1, 1, True, [3, 6, 1, 4]),
    "lengths_no_initial_state": (6, 4, 3, 4, 1, 1, False, [3, 6, 1, 4]),
    "longest_below_time_steps": (7, 3, 3, 4, 1, 2, True, [2, 4, 3]),
    "zero_length": (6, 5, 3, 4, 1, 1, True, [2, 0, 6, 0, 3]),
    "zero_length_no_initial_state": (6, 5, 3, 4, 1, 2, False, [2, 0, 6, 0, 3]),
    "all_zero_length": (5, 3, 3, 4, 1, 2, True, [0, 0, 0]),
    "bidirectional": (5, 3, 4, 5, 1, 2, True, None),
    "bidirectional_lengths": (6, 4, 3, 4, 1, 2, True, [1, 5, 6, 2]),
    "two_layers": (5, 3, 4, 5, 2, 1, True, None),
    "two_layers_bidirectional_lengths": (6, 5, 3, 4, 2, 2, True, [2, 0, 6, 1, 5]),
    "three_layers_lengths": (6, 4, 3, 4, 3, 1, True, [4, 1, 6, 0]),
    "three_layers_bidirectional": (5, 3, 3, 4, 3, 2, True, [5, 2, 4]),
    "wide": (5, 3, 4, 19, 1, 1, True, [2, 5, 4]),
    "wide_bidirectional": (5, 2, 3, 17, 1, 2, True, None),
    "one_input": (7, 3, 1, 4, 1, 1, True, [7, 2, 5]),
    "one_step": (1, 3, 4, 5, 1, 1, True, None),
    "one_step_two_layers_bidirectional": (1, 3, 3, 4, 2, 2, True, None),
    "one_row": (7, 1, 3, 5, 1, 1, True, None),
    "one_unit": (5, 3, 3, 1, 2, 2, True, [3, 5, 1]),
}

# Relu shares the Elman cell's code but for the activation, and the GRU of Cho 2014 shares the GRU's code but for the reset: they
# take the shapes that exercise each mechanism once. The activations that PyTorch lacks take the one that holds most mechanisms.
MECHANISM_SHAPES = [
    "basic", "zero_length", "bidirectional_lengths", "two_layers_bidirectional_lengths", "three_layers_bidirectional", "wide",
    "one_input", "one_step", "one_row"]
LOOP_ELMAN_SHAPES = ["two_layers_bidirectional_lengths"]


def activation(nonlinearity, value):
    if nonlinearity == "tanh":
        return torch.tanh(value)
    if nonlinearity == "relu":
        return torch.relu(value)
    if nonlinearity == "sigmoid":
        return torch.sigmoid(value)
    if nonlinearity == "leaky_relu":
        return torch.where(value > 0, value, NEGATIVE_SLOPE * value)
    if nonlinearity == "identity":
        return value
    raise ValueError(nonlinearity)


def output_size(config):
    return config.get("projection", config["hiddenSize"])


def step(config, x, h, c, weights, suffix, kinks):
    """One time step of one layer and direction: the new h and c of all rows."""
    from_input = x @ weights["weight_ih" + suffix].T + weights["bias_ih" + suffix]
    w_hh, b_hh = weights["weight_hh" + suffix], weights["bias_hh" + suffix]
    size = config["hiddenSize"]
    if config["cell"] == "elman":
        before = from_input + h @ w_hh.T + b_hh
        kinks.append(before.detach().abs().min(dim=1).values)
        return activation(config["nonlinearity"], before), c
    if config["cell"] == "lstm":
        i, f, g, o = (from_input + h @ w_hh.T + b_hh).split(size, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h @ weights["weight_hr" + suffix].T if "projection" in config else h, c
    r_x, z_x, n_x = from_input.split(size, dim=1)
    if config["reset"] == "after":
        r_h, z_h, n_h = (h @ w_hh.T + b_hh).split(size, dim=1)
        r, z = torch.sigmoid(r_x + r_h), torch.sigmoid(z_x + z_h)
        n = torch.tanh(n_x + r * n_h)
    else:
        # Cho et al. 2014, equation 8: the reset gate scales h before the product with the recurrent weight.
        gates = h @ w_hh[: 2 * size].T + b_hh[: 2 * size]
        r, z = torch.sigmoid(r_x + gates[:, :size]), torch.sigmoid(z_x + gates[:, size:])
        n = torch.tanh(n_x + (r * h) @ w_hh[2 * size :].T + b_hh[2 * size :])
    return (1 - z) * n + z * h, c


def run_loop(config, x, h0, c0, lengths, weights, kinks):
    """The layer stack as plain loops: returns y, h_n, c_n. A row takes part in step t while t < its length."""
    time_steps, directions = config["timeSteps"], config["directions"]
    layer_input, h_n, c_n = x, [], []
    for layer in range(config["layers"]):
        outputs = []
        for direction in range(directions):
            suffix = "_l%d%s" % (layer, "_reverse" if direction else "")
            h, c = h0[layer * directions + direction], c0[layer * directions + direction]
            steps = [None] * time_steps
            for t in reversed(range(time_steps)) if direction else range(time_steps):
                active = (lengths > t).unsqueeze(1)
                distances = []
                h_new, c_new = step(config, layer_input[t], h, c, weights, suffix, distances)
                kinks.extend(float(value) for d in distances for value in d[lengths > t])
                h, c = torch.where(active, h_new, h), torch.where(active, c_new, c)
                steps[t] = torch.where(active, h_new, torch.zeros_like(h_new))
            outputs.append(torch.stack(steps))
            h_n.append(h)
            c_n.append(c)
        layer_input = torch.cat(outputs, dim=2)
    return layer_input, torch.stack(h_n), torch.stack(c_n)


def run_module(config, x, h0, c0, lengths, weights):
    """The same through PyTorch's own module; rows of length 0 are handled as the file's head says."""
    arguments = dict(num_layers=config["layers"], bidirectional=config["directions"] == 2)
    if "projection" in config:
        arguments["proj_size"] = config["projection"]
    sizes = (config["inputSize"], config["hiddenSize"])
    if config["cell"] == "elman":
        module = torch.nn.RNN(*sizes, nonlinearity=config["nonlinearity"], **arguments)
    else:
        module = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[config["cell"]](*sizes, **arguments)
    module.double()
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(weights[name])
    rows = torch.nonzero(lengths > 0).flatten()
    y = torch.zeros(config["timeSteps"], config["batchSize"], config["directions"] * output_size(config))
    if len(rows) == 0:
        return y, h0 * 1, c0 * 1, module
    state = (h0[:, rows], c0[:, rows]) if config["cell"] == "lstm" else h0[:, rows]
    if not config["hasInitialState"]:
        state = None
    if config["lengths"] is None:
        part, final = module(x, state)
    else:
        packed = torch.nn.utils.rnn.pack_padded_sequence(x[:, rows], lengths[rows], enforce_sorted=False)
        part, final = module(packed, state)
        part, _ = torch.nn.utils.rnn.pad_packed_sequence(part, total_length=config["timeSteps"])
    h_part, c_part = final if config["cell"] == "lstm" else (final, c0[:, rows])
    return y.index_copy(1, rows, part), h0.index_copy(1, rows, h_part), c0.index_copy(1, rows, c_part), module


def run_backward(config, leaves, upstream, outputs):
    """Gradients of sum(upstream * output) for the leaves, zero where the loss does not depend on one."""
    loss = sum((upstream[name] * outputs[name]).sum() for name in upstream)
    names = list(leaves)
    if not loss.requires_grad:
        return {name: torch.zeros_like(leaves[name]) for name in names}
    gradients = torch.autograd.grad(loss, [leaves[name] for name in names], allow_unused=True)
    return {n: torch.zeros_like(leaves[n]) if g is None else g for n, g in zip(names, gradients)}


def random_weights(config, random):
    weights = {}
    rows = GATES[config["cell"]] * config["hiddenSize"]
    bound = 1.2 / numpy.sqrt(max(config["hiddenSize"], 3))
    for layer in range(config["layers"]):
        columns = config["inputSize"] if layer == 0 else config["directions"] * output_size(config)
        for direction in range(config["directions"]):
            suffix = "_l%d%s" % (layer, "_reverse" if direction else "")
            shapes = {"weight_ih": (rows, columns), "weight_hh": (rows, output_size(config)), "bias_ih": (rows,), "bias_hh": (rows,)}
            if "projection" in config:
                shapes["weight_hr"] = (config["projection"], config["hiddenSize"])
            for name, shape in shapes.items():
                weights[name + suffix] = vector_files.uniform(random, shape, bound)
    return weights


def make_case(name, config, seed):
    """All tensors of one case, or None when a pre-activation lies too near a kink."""
    random = numpy.random.RandomState(seed)
    state_shape = (config["layers"] * config["directions"], config["batchSize"], config["hiddenSize"])
    output_shape = state_shape[:2] + (output_size(config),)
    x = vector_files.uniform(random, (config["timeSteps"], config["batchSize"], config["inputSize"]), 1.5).requires_grad_()
    weights = {key: value.requires_grad_() for key, value in random_weights(config, random).items()}
    h0, c0 = torch.zeros(output_shape), torch.zeros(state_shape)
    leaves = dict(x=x)
    if config["hasInitialState"]:
        h0 = vector_files.uniform(random, output_shape, 0.9).requires_grad_()
        leaves["h0"] = h0
        if config["cell"] == "lstm":
            c0 = vector_files.uniform(random, state_shape, 1.5).requires_grad_()
            leaves["c0"] = c0
    lengths = torch.tensor(config["lengths"] or [config["timeSteps"]] * config["batchSize"])

    kinks = []
    loop = dict(zip(("y", "h_n", "c_n"), run_loop(config, x, h0, c0, lengths, weights, kinks)))
    if config.get("nonlinearity") in ("relu", "leaky_relu") and kinks and min(kinks) < KINK_DISTANCE:
        return None
    if config["cell"] != "lstm":
        del loop["c_n"]
    upstream = {key: vector_files.uniform(random, tuple(value.shape), 1.0) for key, value in loop.items()}
    loop_gradients = run_backward(config, {**leaves, **weights}, upstream, loop)

    result, gradients = loop, loop_gradients
    if config.get("reset") != "before" and config.get("nonlinearity", "tanh") in ("tanh", "relu"):
        *outputs, module = run_module(config, x, h0, c0, lengths, weights)
        result = {key: value for key, value in zip(("y", "h_n", "c_n"), outputs) if key in upstream}
        gradients = run_backward(config, {**leaves, **dict(module.named_parameters())}, upstream, result)
        for key in upstream:
            vector_files.require_equal(name + "/" + key, loop[key], result[key])
        for key in gradients:
            vector_files.require_equal(name + "/grad/" + key, loop_gradients[key], gradients[key])

    inputs = {**leaves, **weights, **{"upstream/" + key: value for key, value in upstream.items()}}
    tensors = {key: vector_files.exact_float32(value) for key, value in inputs.items()}
    tensors.update({key: value.detach().numpy() for key, value in result.items()})
    tensors.update({"grad/" + key: value.detach().numpy() for key, value in gradients.items()})
    if config["lengths"] is not None:
        tensors["lengths"] = lengths.numpy()
    return {name + "/" + key: value for key, value in tensors.items()}


def make_config(cell, shape_name, **options):
    time_steps, batch, inputs, hidden, layers, directions, initial, lengths = SHAPES[shape_name]
    return dict(
        cell=cell, timeSteps=time_steps, batchSize=batch, inputSize=inputs, hiddenSize=hidden, layers=layers,
        directions=directions, hasInitialState=initial, lengths=lengths, **options)


def families():
    """{file stem: {case name: config}}."""
    elman = {"tanh." + s: make_config("elman", s, nonlinearity="tanh") for s in SHAPES}
    elman.update({"relu." + s: make_config("elman", s, nonlinearity="relu") for s in MECHANISM_SHAPES})
    for nonlinearity in ("sigmoid", "leaky_relu", "identity"):
        for shape in LOOP_ELMAN_SHAPES:
            slope = {"negativeSlope": NEGATIVE_SLOPE} if nonlinearity == "leaky_relu" else {}
            elman[nonlinearity + "." + shape] = make_config("elman", shape, nonlinearity=nonlinearity, **slope)
    return {
        "elman": elman,
        "lstm": {s: make_config("lstm", s) for s in SHAPES},
        "lstm_projected": {s: make_config("lstm", s, projection=3) for s in MECHANISM_SHAPES},
        "gru": {s: make_config("gru", s, reset="after") for s in SHAPES},
        "gru_reset_before": {s: make_config("gru", s, reset="before") for s in MECHANISM_SHAPES},
    }


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    for family_index, (family, cases) in enumerate(sorted(families().items())):
        tensors, metadata = {}, vector_files.versions(os.path.basename(__file__))
        for case_index, (name, config) in enumerate(cases.items()):
            seed = 100_000 * (family_index + 1) + 1000 * case_index
            made = make_case(name, config, seed)
            while made is None:
                seed += 1
                made = make_case(name, config, seed)
            tensors.update(made)
            metadata["case:" + name] = json.dumps(config)
        safetensors_numpy.write(os.path.join(folder, family + ".safetensors"), tensors, metadata)
    vector_files.write_versions(folder)


if __name__ == "__main__":
    main()
