"""Trains MainNet with PyTorch as `cnnlab train` does by default: so both can be timed, one after the other.

usage: train.py DATA-DIR [EPOCHS [THREADS]]     (DATA-DIR: the four files of MNIST; 9 epochs, all processors)
"""
import os
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from networks import make


def read(folder, part):
    images = (folder / f"{part}-images-idx3-ubyte").read_bytes()[16:]
    labels = (folder / f"{part}-labels-idx1-ubyte").read_bytes()[8:]
    pixels = torch.frombuffer(bytearray(images), dtype=torch.uint8).reshape(-1, 1, 28, 28)
    return pixels / 255, torch.frombuffer(bytearray(labels), dtype=torch.uint8).long()


def main():
    folder = pathlib.Path(sys.argv[1])
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    torch.set_num_threads(int(sys.argv[3]) if len(sys.argv) > 3 else os.cpu_count())  # its own default may be fewer
    start = time.perf_counter()
    torch.manual_seed(1)
    (images, labels), (test_images, test_labels) = read(folder, "train"), read(folder, "t10k")
    net = make("inception", 1, {})
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            F.nll_loss(net(images[batch]), labels[batch]).backward()
            optimizer.step()
        with torch.no_grad():
            tests = zip(test_images.split(64), test_labels.split(64))
            correct = sum((net(x).argmax(1) == y).sum().item() for x, y in tests)
        print(f"epoch {epoch}: {correct} of {len(test_labels)} right, {time.perf_counter() - start:.1f} s", flush=True)


main()
