#!/usr/bin/python3
"""Makes the float64 vectors of the log-mel front end (.safetensors), by numpy's transform and the textbook's formulas.

    /usr/bin/python3 make_audio_vectors.py [OUTPUT_FOLDER]      default: this folder

audio        CASE/samples [n], CASE/features [frames, mels]: ln max(floor, bands of |rfft(frame * periodic Hann window)|²).
Metadata `case:CASE` is a JSON object with the options by .NET name.
"""

import json
import os
import sys

import numpy

import safetensors_numpy
import vector_files

CASES = {
    "slaney": dict(sampleRate=8000, frameLength=200, hopLength=80, fftSize=256, melCount=20, lowest=0.0, highest=4000.0, scale="Slaney", samples=700),
    "htk": dict(sampleRate=16000, frameLength=400, hopLength=160, fftSize=512, melCount=23, lowest=20.0, highest=7600.0, scale="Htk", samples=900),
    "odd_sizes": dict(sampleRate=8000, frameLength=101, hopLength=37, fftSize=127, melCount=7, lowest=100.0, highest=3500.0, scale="Htk", samples=300),
    "shorter_than_a_frame": dict(sampleRate=8000, frameLength=200, hopLength=80, fftSize=256, melCount=20, lowest=0.0, highest=4000.0, scale="Slaney", samples=90),
    "silence": dict(sampleRate=8000, frameLength=64, hopLength=32, fftSize=64, melCount=5, lowest=0.0, highest=4000.0, scale="Slaney", samples=128, bound=0.0),
}


def to_mel(hertz, scale):
    if scale == "Htk":
        return 2595.0 * numpy.log10(1.0 + hertz / 700.0)
    return hertz * 3.0 / 200.0 if hertz < 1000.0 else 15.0 + 27.0 * numpy.log(hertz / 1000.0) / numpy.log(6.4)


def to_hertz(mel, scale):
    if scale == "Htk":
        return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    return mel * 200.0 / 3.0 if mel < 15.0 else 1000.0 * 6.4 ** ((mel - 15.0) / 27.0)


def bands(case):
    mels = numpy.linspace(to_mel(case["lowest"], case["scale"]), to_mel(case["highest"], case["scale"]), case["melCount"] + 2)
    edges = [to_hertz(mel, case["scale"]) for mel in mels]
    frequencies = numpy.arange(case["fftSize"] // 2 + 1) * case["sampleRate"] / case["fftSize"]
    weights = numpy.zeros((case["melCount"], len(frequencies)))
    for m in range(case["melCount"]):
        left, middle, right = edges[m:m + 3]
        weights[m] = numpy.interp(frequencies, [left, middle, right], [0.0, 1.0, 0.0])
        if case["scale"] == "Slaney":
            weights[m] *= 2.0 / (right - left)
    return weights


def features(samples, case):
    length, hop = case["frameLength"], case["hopLength"]
    if len(samples) < length:
        samples = numpy.concatenate([samples, numpy.zeros(length - len(samples))])
    window = 0.5 - 0.5 * numpy.cos(2.0 * numpy.pi * numpy.arange(length) / length)
    frames = [samples[start:start + length] * window for start in range(0, len(samples) - length + 1, hop)]
    power = numpy.abs(numpy.fft.rfft(numpy.array(frames), case["fftSize"])) ** 2
    return numpy.log(numpy.maximum(1e-10, power @ bands(case).T))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    tensors, metadata = {}, {}
    random = numpy.random.RandomState(31)
    for name, case in CASES.items():
        time = numpy.arange(case["samples"]) / case["sampleRate"]
        sound = 0.3 * numpy.sin(2.0 * numpy.pi * 440.0 * time) + 0.1 * numpy.sin(2.0 * numpy.pi * 2100.0 * time)
        noise = random.uniform(-0.05, 0.05, case["samples"])
        samples = ((sound + noise) * case.pop("bound", 1.0)).astype(numpy.float32)
        tensors[name + "/samples"] = samples
        tensors[name + "/features"] = features(samples.astype(numpy.float64), case)
        metadata["case:" + name] = json.dumps(case)
    metadata.update(vector_files.versions("make_audio_vectors.py"))
    safetensors_numpy.write(os.path.join(folder, "audio.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()
