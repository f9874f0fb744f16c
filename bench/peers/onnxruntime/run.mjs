// Times inference of a model made by export.py with ONNX Runtime on the CPU; same JSON fields as 'gpurnn bench'.
//   node run.mjs MODEL --cell lstm --input 128 --hidden 256 --batch 32 --time 64 --threads 2 [--seconds 3] [--json FILE]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';
import ort from 'onnxruntime-node';

const text = { type: 'string' };
const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { cell: text, input: text, hidden: text, batch: text, time: text, threads: text, mode: text, seconds: text, json: text },
});
const [input, hidden, batch, time] = ['input', 'hidden', 'batch', 'time'].map((name) => Number(values[name]));
const threads = Number(values.threads ?? 2);
const seconds = Number(values.seconds ?? 3);

const session = await ort.InferenceSession.create(positionals[0], {
    executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential',
});
const data = Float32Array.from({ length: time * batch * input }, (_, i) => Math.sin(i));
const feeds = { X: new ort.Tensor('float32', data, [time, batch, input]) };

const now = () => Number(process.hrtime.bigint()) / 1e6;
for (let end = now() + seconds * 333, runs = 0; runs < 3 || now() < end; runs++) {
    await session.run(feeds);
}

const samples = [];
for (let end = now() + seconds * 1000; samples.length < 5 || now() < end;) {
    const start = now();
    await session.run(feeds);
    samples.push(now() - start);
}

samples.sort((a, b) => a - b);
const milliseconds = samples[Math.floor(samples.length / 2)];
const gates = { lstm: 4, gru: 3 }[values.cell];
const result = {
    device: 'cpu', cell: values.cell, input, hidden, batch, time, mode: 'inference', precision: 'fp32', threads,
    milliseconds, millisecondsMin: samples[0], millisecondsMax: samples.at(-1),
    microsecondsPerStep: milliseconds * 1e3 / time,
    gflops: 2 * time * batch * gates * hidden * (input + hidden) / milliseconds / 1e6,
    runs: samples.length,
    peer: `ONNX Runtime ${createRequire(import.meta.url)('onnxruntime-node/package.json').version}`,
};
const json = JSON.stringify(result, null, 2) + '\n';
if (values.json) {
    writeFileSync(values.json, json);
} else {
    process.stdout.write(json);
}
