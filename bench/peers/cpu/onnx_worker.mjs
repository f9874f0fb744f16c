// ONNX Runtime's part in run.sh: does what each line of the standard input asks, and answers with a line of JSON.
// The model and the input come from the driver; onnxruntime-node is installed in ../onnxruntime.
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../onnxruntime/package.json', import.meta.url));
const ort = require('onnxruntime-node');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const answer = (value) => process.stdout.write(JSON.stringify(value) + '\n');

let session = null;
let feeds = null;

async function prepare(request) {
    await session?.release();
    session = await ort.InferenceSession.create(request.model, {
        executionProviders: ['cpu'], intraOpNumThreads: request.threads, interOpNumThreads: 1, executionMode: 'sequential',
    });
    const bytes = readFileSync(request.inputs);
    const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    feeds = { X: new ort.Tensor('float32', data, [request.time, request.batch, request.input]) };
    if (request.lengths) {
        feeds.L = new ort.Tensor('int32', Int32Array.from(request.lengths), [request.batch]);
    }

    const { Y } = await session.run(feeds);
    writeFileSync(request.results, Buffer.from(Y.data.buffer, Y.data.byteOffset, Y.data.byteLength));
}

async function time(passes) {
    const milliseconds = [];
    for (let pass = 0; pass < passes; pass++) {
        const start = now();
        await session.run(feeds);
        milliseconds.push(now() - start);
    }

    return milliseconds;
}

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.do === 'version') {
        answer({ version: `ONNX Runtime ${require('onnxruntime-node/package.json').version}` });
    } else if (request.do === 'prepare') {
        await prepare(request);
        answer({});
    } else if (request.do === 'time') {
        answer({ milliseconds: await time(request.passes) });
    } else if (request.do === 'quit') {
        break;
    }
}

process.exit(0);
