"""What run.sh measures. Every case runs with the same weights and inputs in all engines."""

# Steps, sequences, inputs, units, layers, both directions.
SHAPES = [
    (64, 32, 128, 256, 1, False),
    (100, 16, 512, 512, 1, False),
    (25, 32, 1024, 1024, 1, False),
    (35, 20, 200, 200, 2, False),
    (100, 1, 256, 256, 1, False),
    (100, 1, 512, 512, 1, False),
    (1000, 1, 128, 128, 1, False),
    (150, 4, 64, 64, 1, False),
    (589, 8, 60, 128, 4, True),
]
GATES = {"elman": 1, "lstm": 4, "gru": 3}


def case(cell, shape, training=False, threads=2, ragged=False):
    time, batch, inputs, hidden, layers, bidirectional = shape
    return {
        "cell": cell, "time": time, "batch": batch, "input": inputs, "hidden": hidden, "layers": layers, "bidirectional": bidirectional,
        "training": training, "threads": threads,
        # From T down to T / B in even steps: the mean length is a little over half of T.
        "lengths": [max(1, time - time * row // batch) for row in range(batch)] if ragged else None,
    }


def usual():
    """Every shape and cell with two threads; of the first, third and eighth shape also one thread; ragged rows where there are several."""
    cases = [case(cell, shape, training) for cell in GATES for shape in SHAPES for training in (False, True)]
    cases += [case("lstm", SHAPES[i], training, threads=1) for i in (0, 4, 7) for training in (False, True)]
    cases += [case("lstm", SHAPES[i], training, ragged=True) for i in (0, 1, 7) for training in (False, True)]
    return cases


def quick():
    """Six cases that show each kind once."""
    return [
        case("lstm", SHAPES[0]), case("lstm", SHAPES[0], training=True), case("lstm", SHAPES[0], ragged=True), case("gru", SHAPES[0]),
        case("lstm", SHAPES[4]), case("lstm", SHAPES[7], training=True), case("lstm", SHAPES[7], threads=1),
    ]


def steps(one):
    """Steps that are there, over all rows."""
    return sum(one["lengths"]) if one["lengths"] else one["time"] * one["batch"]


def operations(one):
    """Of the products of a pass, a multiply-add counted as two; a training pass counts three forward passes."""
    directions = 2 if one["bidirectional"] else 1
    total = 0
    width = one["input"]
    for _ in range(one["layers"]):
        total += directions * GATES[one["cell"]] * one["hidden"] * (width + one["hidden"])
        width = directions * one["hidden"]
    return 2 * steps(one) * total * (3 if one["training"] else 1)


def name(one):
    layers = f" {one['layers']}x{'2' if one['bidirectional'] else '1'}" if one["layers"] > 1 else ""
    kind = "training" if one["training"] else "inference"
    return (f"{one['cell']}{layers} T{one['time']} B{one['batch']} I{one['input']} H{one['hidden']} {kind}"
            f"{' ragged' if one['lengths'] else ''} {one['threads']} thread{'s' if one['threads'] > 1 else ''}")
