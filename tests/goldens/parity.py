#!/usr/bin/python3
"""Trains the Inception lesson here and in PyTorch side by side, on real MNIST, and prints how far they are apart:

    /usr/bin/python3 tests/goldens/parity.py [--cnnlab build/cnnlab] [--data build/data/mnist] [--steps 200]

From the same initial weights and unshuffled batches: the losses of every step. Then weights that each side trained are
given to the other, and both sides' outputs for the 10,000 test images are compared. Exit status 1 when a loss differs by
more than 1e-3 relative, or an output by more than 1e-4. Needs python3-torch; a minute on two cores.
"""
import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import safetensors_file
import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "native/bench/pytorch"))
from networks import MainNet

BATCH, LR, MOMENTUM = 64, 0.01, 0.5


def read_idx(folder, name):
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    sizes = numpy.frombuffer(data, ">u4", data[3], 4)
    return torch.from_numpy(numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * data[3]).reshape(sizes).copy())


def read_mnist(folder, part):
    images = read_idx(folder, f"{part}-images-idx3-ubyte").unsqueeze(1).float() / 255
    return images, read_idx(folder, f"{part}-labels-idx1-ubyte").long()


def load(path):
    """PyTorch's net with the weights of a file, as a learner would load them."""
    tensors, _ = safetensors_file.read(path)
    net = MainNet()
    net.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in tensors.items()})
    return net


def train(net, images, labels, steps):
    optimizer = torch.optim.SGD(net.parameters(), lr=LR, momentum=MOMENTUM)
    batches = (len(images) + BATCH - 1) // BATCH
    losses = []
    for step in range(steps):
        batch = slice(step % batches * BATCH, (step % batches + 1) * BATCH)
        optimizer.zero_grad()
        loss = F.nll_loss(net(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def outputs(net, images):
    with torch.no_grad():
        return torch.cat([net(part) for part in images.split(250)]).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cnnlab", type=pathlib.Path, default=ROOT / "build/cnnlab")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "build/data/mnist")
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    images, labels = read_mnist(options.data, "train")
    test_images, _ = read_mnist(options.data, "t10k")

    def cnnlab(command, *arguments):
        subprocess.run([options.cnnlab, command, "--lesson", "inception", "--data-dir", options.data, *map(str, arguments)],
                       check=True, stdout=subprocess.DEVNULL)

    def here(weights, folder):
        cnnlab("eval", "--weights", weights, "--logits", folder / "logits")
        return safetensors_file.read(folder / "logits")[0]["logits"]

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        cnnlab("train", "--seed", 1, "--steps", 0, "--out", folder / "initial")
        cnnlab("train", "--init", folder / "initial", "--no-shuffle", "--steps", options.steps, "--log-every", 1, "--quiet",
               "--batch", BATCH, "--lr", LR, "--momentum", MOMENTUM, "--log", folder / "log", "--out", folder / "ours")
        events = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
        ours = numpy.array([event["loss"] for event in events if event["event"] == "step"])
        net = load(folder / "initial")
        theirs = numpy.array(train(net, images, labels, options.steps))
        assert len(ours) == len(theirs), f"{len(ours)} steps in the log"

        to_torch = numpy.abs(outputs(load(folder / "ours"), test_images) - here(folder / "ours", folder)).max()
        safetensors_file.write(folder / "theirs", net.state_dict())
        from_torch = numpy.abs(outputs(net, test_images) - here(folder / "theirs", folder)).max()

    apart = numpy.abs(ours / theirs - 1)
    worst = apart.argmax()
    print(f"{options.steps} steps: loss {theirs[0]:.4f} to {theirs[-1]:.4f}; worst relative difference {apart[worst]:.1e} at step "
          f"{worst + 1}: {ours[worst]:.7f}, PyTorch {theirs[worst]:.7f}")
    print(f"outputs for {len(test_images)} images: weights trained here differ by {to_torch:.1e} in PyTorch, PyTorch's weights by "
          f"{from_torch:.1e} here")
    return 0 if apart[worst] <= 1e-3 and max(to_torch, from_torch) <= 1e-4 else 1


if __name__ == "__main__":
    sys.exit(main())
