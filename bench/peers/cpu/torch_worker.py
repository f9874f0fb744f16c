"""PyTorch's part in run.sh: does what each line of the standard input asks, and answers with a line of JSON."""
import json
import pathlib
import sys
import time

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tests" / "vectors"))
import safetensors_numpy  # noqa: E402

LAYERS = {"elman": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class Layer:
    def __init__(self, request):
        torch.set_num_threads(request["threads"])
        data, _ = safetensors_numpy.read(request["data"])
        self.training = request["training"]
        self.lengths = request.get("lengths")
        self.layer = LAYERS[request["cell"]](
            request["input"], request["hidden"], num_layers=request["layers"], bidirectional=request["bidirectional"])
        self.layer.load_state_dict({name: torch.from_numpy(array) for name, array in data.items() if name != "x"})
        self.x = torch.from_numpy(data["x"])
        self.optimizer = torch.optim.Adam(self.layer.parameters(), lr=1e-4) if self.training else None
        y = self.run()
        results = {"y": y.detach().numpy()}
        if self.training:
            results.update({name: parameter.grad.numpy() for name, parameter in self.layer.named_parameters()})
        safetensors_numpy.write(request["results"], results)

    def forward(self):
        if self.lengths is None:
            return self.layer(self.x)[0]
        packed = torch.nn.utils.rnn.pack_padded_sequence(self.x, torch.tensor(self.lengths), enforce_sorted=False)
        return torch.nn.utils.rnn.pad_packed_sequence(self.layer(packed)[0], total_length=self.x.shape[0])[0]

    def run(self):
        if not self.training:
            with torch.inference_mode():
                return self.forward()
        self.optimizer.zero_grad(set_to_none=False)
        y = self.forward()
        y.square().mean().backward()
        return y

    def time(self, passes):
        milliseconds = []
        for _ in range(passes):
            start = time.perf_counter()
            self.run()
            if self.training:
                self.optimizer.step()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return milliseconds


def answer(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main():
    layer = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "version":
            with open("/proc/self/maps", encoding="utf-8") as maps:
                blas = sorted({line.split()[-1].rsplit("/", 1)[-1] for line in maps if "openblas" in line and ".so" in line})
            answer({"version": f"PyTorch {torch.__version__}, NumPy {numpy.__version__}, {', '.join(blas) or 'no OpenBLAS'}"})
        elif request["do"] == "prepare":
            layer = None
            layer = Layer(request)
            answer({})
        elif request["do"] == "time":
            answer({"milliseconds": layer.time(request["passes"])})
        elif request["do"] == "quit":
            return


if __name__ == "__main__":
    main()
