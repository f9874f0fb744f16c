// Runs an ONNX model with ONNX Runtime on the CPU for make_onnx_vectors.py: reads JSON (shape and values of each input) from a file,
// prints JSON (shape and values of each output).
//   node run_onnx.mjs MODEL INPUTS.json
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../bench/peers/onnxruntime/', import.meta.url));
const ort = require('onnxruntime-node');
const [model, inputs] = process.argv.slice(2);
const session = await ort.InferenceSession.create(model, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
const feeds = {};
for (const [name, { type, shape, values }] of Object.entries(JSON.parse(readFileSync(inputs, 'utf-8')))) {
    feeds[name] = new ort.Tensor(type, type === 'int32' ? Int32Array.from(values) : Float32Array.from(values), shape);
}

const results = await session.run(feeds);
const outputs = Object.fromEntries(Object.entries(results).map(([name, { dims, data }]) => [name, { shape: dims, values: Array.from(data) }]));
process.stdout.write(JSON.stringify({ version: require('onnxruntime-node/package.json').version, outputs }));
