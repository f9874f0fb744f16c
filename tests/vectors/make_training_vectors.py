#!/usr/bin/python3
"""Makes the float64 vectors of training: losses, optimizers, clipping, schedules (.safetensors).

    /usr/bin/python3 make_training_vectors.py [OUTPUT_FOLDER]      default: this folder

losses       CASE/input, CASE/target (I64 classes for cross_entropy), CASE/loss (scalar), CASE/grad/input (upstream gradient 1).
             cross_entropy input is logits [N,V]; rows whose target is ignoreIndex count neither in the loss nor in the mean; with
             CASE/class_weights, and labelSmoothing in the options. bce: CASE/positive_weights, one a column. quantile: levels in the options,
             one a column, the pinball loss spelled out. gaussian: input [N,2F], F means and then F log-variances s, variance e^s.
             Residuals of l1, huber and quantile stay 1e-3 away from their kinks.
optimizers   CASE/parameter{k} (start), CASE/step{s}/grad{k} (given), CASE/step{s}/parameter{k} (after step s = 1..steps).
clipping     CASE/grad{k}, CASE/clipped{k}, and for the norm CASE/total_norm (scalar, before clipping). PyTorch scales by
             min(1, maxNorm / (totalNorm + 1e-6)). max_norm: CASE/grad0 stands for a weight, whose rows torch.renorm bounds.
schedules    CASE/learning_rates: the rate used in epoch (or step) 0, 1, …; plateau also CASE/metrics, given after each epoch.
Metadata `case:CASE` is a JSON object with the options by .NET name.
"""

import json
import os
import sys

import numpy
import torch

import safetensors_numpy
import vector_files

STEPS = 5

# The sixth is the first whose step RAdam rectifies.
RADAM_STEPS = 8


def make_losses():
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(11)
    functions = {
        "mse": (torch.nn.functional.mse_loss, {}),
        "l1": (torch.nn.functional.l1_loss, {}),
        "huber": (torch.nn.functional.huber_loss, {"delta": 1.0}),
        "huber_delta_half": (torch.nn.functional.huber_loss, {"delta": 0.5}),
    }
    for reduction in ("mean", "sum"):
        for loss, (function, options) in functions.items():
            value, target = draw_away_from_kinks(random, options.get("delta", 1.0))
            result = function(value, target, reduction=reduction, **options)
            add_loss(tensors, metadata, loss + "." + reduction, dict(loss=loss.split("_")[0], reduction=reduction, **options),
                     value, vector_files.exact_float32(target), result)
        for name, bound, targets, ignore in (
                ("cross_entropy", 2.0, [0, 4, 2, 1, 3, 2], -100),
                ("cross_entropy_ignore_index", 2.0, [0, -100, 2, 1, -100, 4], -100),
                ("cross_entropy_ignore_class_zero", 2.0, [0, 4, 0, 1, 3, 0], 0),
                ("cross_entropy_large_logits", 800.0, [0, 4, 2, 1, 3, 2], -100)):
            logits = vector_files.uniform(random, (6, 5), bound).requires_grad_()
            target = torch.tensor(targets)
            result = torch.nn.functional.cross_entropy(logits, target, ignore_index=ignore, reduction=reduction)
            add_loss(tensors, metadata, name + "." + reduction, dict(loss="cross_entropy", reduction=reduction, ignoreIndex=ignore),
                     logits, target.numpy(), result)
    for reduction in ("mean", "sum"):
        add_weighted_cross_entropies(tensors, metadata, random, reduction)
        add_binary_losses(tensors, metadata, random, reduction)
        add_distribution_losses(tensors, metadata, random, reduction)
    return tensors, metadata


def add_weighted_cross_entropies(tensors, metadata, random, reduction):
    for name, smoothing, weighted, targets in (
            ("cross_entropy_smoothed", 0.1, False, [0, 4, 2, 1, 3, 2]),
            ("cross_entropy_class_weights", 0.0, True, [0, 4, 2, 1, 3, 2]),
            ("cross_entropy_smoothed_class_weights", 0.25, True, [0, -100, 2, 1, -100, 4])):
        logits = vector_files.uniform(random, (6, 5), 2.0).requires_grad_()
        weights = rounded(vector_files.uniform(random, (5,), 1.0).abs() + 0.25)
        result = torch.nn.functional.cross_entropy(
            logits, torch.tensor(targets), weight=weights if weighted else None, label_smoothing=smoothing, reduction=reduction)
        add_loss(tensors, metadata, name + "." + reduction,
                 dict(loss="cross_entropy", reduction=reduction, ignoreIndex=-100, labelSmoothing=smoothing), logits, numpy.array(targets), result)
        if weighted:
            tensors[name + "." + reduction + "/class_weights"] = vector_files.exact_float32(weights)


def add_binary_losses(tensors, metadata, random, reduction):
    for name, bound, weighted in (("bce", 3.0, False), ("bce_positive_weights", 3.0, True), ("bce_large_logits", 200.0, False)):
        logits = vector_files.uniform(random, (5, 3), bound).requires_grad_()
        target = rounded((vector_files.uniform(random, (5, 3), 1.0).abs() * 2.0).clamp(max=1.0))
        weights = rounded(vector_files.uniform(random, (3,), 2.0).abs() + 0.5)
        result = torch.nn.functional.binary_cross_entropy_with_logits(
            logits, target, pos_weight=weights if weighted else None, reduction=reduction)
        add_loss(tensors, metadata, name + "." + reduction, dict(loss="bce", reduction=reduction), logits, vector_files.exact_float32(target), result)
        if weighted:
            tensors[name + "." + reduction + "/positive_weights"] = vector_files.exact_float32(weights)


def add_distribution_losses(tensors, metadata, random, reduction):
    value, target = draw_away_from_kinks(random, 1.0)
    levels = torch.tensor([0.125, 0.75], dtype=torch.float64)
    terms = torch.maximum(levels * (target - value), (levels - 1.0) * (target - value))
    add_loss(tensors, metadata, "quantile." + reduction, dict(loss="quantile", reduction=reduction, levels=levels.tolist()),
             value, vector_files.exact_float32(target), terms.mean() if reduction == "mean" else terms.sum())
    for name, full in (("gaussian", False), ("gaussian_full", True)):
        prediction = vector_files.uniform(random, (4, 6), 2.0).requires_grad_()
        target = vector_files.uniform(random, (4, 3), 2.0)
        result = torch.nn.functional.gaussian_nll_loss(
            prediction[:, :3], target, prediction[:, 3:].exp(), full=full, reduction=reduction)
        add_loss(tensors, metadata, name + "." + reduction, dict(loss="gaussian", reduction=reduction, withConstant=full),
                 prediction, vector_files.exact_float32(target), result)


def rounded(values):
    return values.float().double()


def draw_away_from_kinks(random, delta):
    """Input and target whose residuals stay 1e-3 away from 0 and from delta, the kinks of l1 and huber."""
    while True:
        value = vector_files.uniform(random, (4, 3, 2), 2.0)
        target = vector_files.uniform(random, (4, 3, 2), 2.0)
        distance = (value - target).abs()
        if float(distance.min()) > 1e-3 and float((distance - delta).abs().min()) > 1e-3:
            return value.requires_grad_(), target


def add_loss(tensors, metadata, name, config, value, target, result):
    (gradient,) = torch.autograd.grad(result, [value])
    tensors[name + "/input"] = vector_files.exact_float32(value)
    tensors[name + "/target"] = target
    tensors[name + "/loss"] = result.detach().numpy()
    tensors[name + "/grad/input"] = gradient.numpy()
    metadata["case:" + name] = json.dumps(config)


def make_optimizers():
    optim = torch.optim

    # The loop over single tensors multiplies by one momentum too many (mended in PyTorch 2); the other form is Dozat's.
    def nadam(parameters, **options):
        return optim.NAdam(parameters, foreach=True, **options)

    cases = {
        "sgd": (optim.SGD, dict(lr=0.1)),
        "sgd_momentum": (optim.SGD, dict(lr=0.1, momentum=0.9)),
        "sgd_nesterov": (optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
        "sgd_momentum_weight_decay": (optim.SGD, dict(lr=0.1, momentum=0.9, weight_decay=0.05)),
        "rmsprop": (optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8)),
        "rmsprop_momentum": (optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-8, momentum=0.8)),
        "adam": (optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
        "adam_weight_decay": (optim.Adam, dict(lr=0.01, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.05)),
        "adamw": (optim.AdamW, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)),
        "adamw_weight_decay": (optim.AdamW, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.3)),
        "sgd_nesterov_weight_decay": (optim.SGD, dict(lr=0.1, momentum=0.8, nesterov=True, weight_decay=0.05)),
        "adagrad": (optim.Adagrad, dict(lr=0.1)),
        "adagrad_options": (optim.Adagrad, dict(lr=0.1, lr_decay=0.1, weight_decay=0.05, initial_accumulator_value=0.2, eps=1e-6)),
        "adadelta": (optim.Adadelta, dict(lr=1.0)),
        "adadelta_options": (optim.Adadelta, dict(lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.05)),
        "rprop": (optim.Rprop, dict(lr=0.01)),
        "rprop_options": (optim.Rprop, dict(lr=0.1, etas=(0.25, 1.5), step_sizes=(0.05, 0.2))),
        "nadam": (nadam, dict(lr=0.01)),
        "nadam_options": (nadam, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.05, momentum_decay=0.1)),
        "radam": (optim.RAdam, dict(lr=0.01)),
        "radam_options": (optim.RAdam, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.05)),
    }
    names = {"lr": "learningRate", "weight_decay": "weightDecay", "eps": "epsilon", "lr_decay": "learningRateDecay",
             "initial_accumulator_value": "initialSum", "momentum_decay": "momentumDecay"}
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(12)
    for name, (kind, options) in cases.items():
        parameters = [vector_files.uniform(random, shape, 1.0).requires_grad_() for shape in ((3, 2), (4,))]
        for k, parameter in enumerate(parameters):
            tensors["%s/parameter%d" % (name, k)] = vector_files.exact_float32(parameter)
        optimizer = kind(parameters, **options)
        steps = RADAM_STEPS if kind is optim.RAdam else STEPS
        for step in range(1, steps + 1):
            for k, parameter in enumerate(parameters):
                parameter.grad = vector_files.uniform(random, tuple(parameter.shape), 1.0)
                if step == 3 and k == 1:
                    parameter.grad[0] = 0.0
                tensors["%s/step%d/grad%d" % (name, step, k)] = vector_files.exact_float32(parameter.grad)
            optimizer.step()
            for k, parameter in enumerate(parameters):
                tensors["%s/step%d/parameter%d" % (name, step, k)] = parameter.detach().numpy().copy()
        pairs = {"betas": ("beta1", "beta2"), "etas": ("etaMinus", "etaPlus"), "step_sizes": ("leastStep", "mostStep")}
        config = {names.get(key, key): value for key, value in options.items() if key not in pairs}
        for key, (first, second) in pairs.items():
            if key in options:
                config[first], config[second] = options[key]
        metadata["case:" + name] = json.dumps(dict(optimizer=kind.__name__.lower(), steps=steps, **config))
    return tensors, metadata


def make_clipping():
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(13)
    cases = {
        "norm_clips": dict(kind="norm", maxNorm=0.5),
        "norm_keeps": dict(kind="norm", maxNorm=50.0),
        "norm_of_zero": dict(kind="norm", maxNorm=1.0),
        "value_clips": dict(kind="value", clipValue=0.25),
    }
    for name, config in cases.items():
        bound = 0.0 if name == "norm_of_zero" else 1.0
        parameters = [torch.zeros(shape).requires_grad_() for shape in ((3, 2), (4,), (1,))]
        for k, parameter in enumerate(parameters):
            parameter.grad = vector_files.uniform(random, tuple(parameter.shape), bound)
            tensors["%s/grad%d" % (name, k)] = vector_files.exact_float32(parameter.grad)
        if config["kind"] == "norm":
            total = torch.nn.utils.clip_grad_norm_(parameters, config["maxNorm"])
            tensors[name + "/total_norm"] = total.detach().numpy()
        else:
            torch.nn.utils.clip_grad_value_(parameters, config["clipValue"])
        for k, parameter in enumerate(parameters):
            tensors["%s/clipped%d" % (name, k)] = parameter.grad.numpy().copy()
        metadata["case:" + name] = json.dumps(config)
    add_norms_of_parts(tensors, metadata, random)
    return tensors, metadata


def add_norms_of_parts(tensors, metadata, random):
    parameters = [torch.zeros(shape).requires_grad_() for shape in ((3, 2), (4,), (1,))]
    for k, parameter in enumerate(parameters):
        parameter.grad = vector_files.uniform(random, tuple(parameter.shape), 1.0)
        tensors["norm_each/grad%d" % k] = vector_files.exact_float32(parameter.grad)
        torch.nn.utils.clip_grad_norm_([parameter], 0.75)
        tensors["norm_each/clipped%d" % k] = parameter.grad.numpy().copy()
    metadata["case:norm_each"] = json.dumps(dict(kind="norm_each", maxNorm=0.75))
    weight = vector_files.uniform(random, (5, 4), 1.0)
    tensors["max_norm/grad0"] = vector_files.exact_float32(weight)
    tensors["max_norm/clipped0"] = torch.renorm(weight, 2, 0, 1.0).numpy()
    metadata["case:max_norm"] = json.dumps(dict(kind="max_norm", maxNorm=1.0))


def make_schedules():
    schedulers = torch.optim.lr_scheduler
    cases = {
        "step": (schedulers.StepLR, dict(step_size=3, gamma=0.5), dict(schedule="step", stepSize=3, gamma=0.5)),
        "cosine": (schedulers.CosineAnnealingLR, dict(T_max=10, eta_min=0.01), dict(schedule="cosine", epochs=10, minimum=0.01)),
        "plateau": (schedulers.ReduceLROnPlateau, dict(factor=0.5, patience=2, threshold=1e-4, min_lr=0.02),
                    dict(schedule="plateau", factor=0.5, patience=2, threshold=1e-4, thresholdMode="relative", minimum=0.02)),
    }
    metrics = [1.0, 0.9, 0.91, 0.92, 0.95, 0.9, 0.89999, 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86, 0.87, 0.88, 0.9]

    def warm_up(optimizer, length):
        return schedulers.LinearLR(optimizer, start_factor=0.1, total_iters=length)

    def warm_up_then_cosine(optimizer):
        return schedulers.SequentialLR(optimizer, [warm_up(optimizer, 3), schedulers.CosineAnnealingLR(optimizer, T_max=7, eta_min=0.01)], [3])

    def noam(optimizer):
        return schedulers.LambdaLR(optimizer, lambda step: 10.0 * 16 ** -0.5 * min((step + 1) ** -0.5, (step + 1) * 4 ** -1.5))

    cases["warmup"] = (warm_up, dict(length=4), dict(schedule="warmup", length=4, startFactor=0.1))
    cases["warmup_then_cosine"] = (warm_up_then_cosine, {}, dict(schedule="warmup_then_cosine", length=3, startFactor=0.1, epochs=7, minimum=0.01))
    cases["one_cycle"] = (schedulers.OneCycleLR, dict(max_lr=0.5, total_steps=12, cycle_momentum=False), dict(schedule="one_cycle", maximum=0.5, length=12))
    cases["one_cycle_options"] = (
        schedulers.OneCycleLR, dict(max_lr=0.5, total_steps=12, pct_start=0.4, div_factor=10.0, final_div_factor=100.0, cycle_momentum=False),
        dict(schedule="one_cycle", maximum=0.5, length=12, riseShare=0.4, startDivisor=10.0, endDivisor=100.0))
    cases["noam"] = (noam, {}, dict(schedule="noam", modelSize=16, warmupSteps=4, factor=1.0))
    tensors, metadata = {}, {}
    for name, (kind, options, config) in cases.items():
        parameter = torch.zeros(1).requires_grad_()
        parameter.grad = torch.zeros(1)
        optimizer = torch.optim.SGD([parameter], lr=0.1)
        scheduler = kind(optimizer, **options)
        epochs = len(metrics) if name == "plateau" else 11
        rates = []
        for epoch in range(epochs):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step(*([metrics[epoch]] if name == "plateau" else []))
        tensors[name + "/learning_rates"] = numpy.array(rates)
        if name == "plateau":
            tensors[name + "/metrics"] = numpy.array(metrics)
        metadata["case:" + name] = json.dumps(dict(learningRate=0.1, **config))
    return tensors, metadata


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    vector_files.prepare()
    families = {"losses": make_losses, "optimizers": make_optimizers, "clipping": make_clipping, "schedules": make_schedules}
    for family, make in families.items():
        tensors, metadata = make()
        metadata.update(vector_files.versions(os.path.basename(__file__)))
        safetensors_numpy.write(os.path.join(folder, family + ".safetensors"), tensors, metadata)
    vector_files.write_versions(folder)


if __name__ == "__main__":
    main()
