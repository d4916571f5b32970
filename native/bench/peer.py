"""PyTorch's speed at the same task: trains the same network on batches of random numbers.

usage: peer.py LESSON THREADS BATCH
Prints "ready", then for each number of seconds that it reads on stdin, the images/s of training for that long.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class InceptionModule(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.branch1x1 = nn.Conv2d(channels, 16, 1)
        self.branch5x5_1 = nn.Conv2d(channels, 16, 1)
        self.branch5x5_2 = nn.Conv2d(16, 24, 5, padding=2)
        self.branch3x3_1 = nn.Conv2d(channels, 16, 1)
        self.branch3x3_2 = nn.Conv2d(16, 24, 3, padding=1)
        self.branch3x3_3 = nn.Conv2d(24, 24, 3, padding=1)
        self.branch_pool = nn.Conv2d(channels, 24, 1)

    def forward(self, x):
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x)))
        pool = self.branch_pool(F.avg_pool2d(x, 3, stride=1, padding=1))
        return torch.cat([self.branch1x1(x), five, three, pool], 1)


class MainNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(88, 20, 5)
        self.incept1 = InceptionModule(10)
        self.incept2 = InceptionModule(20)
        self.fc = nn.Linear(1408, 10)

    def forward(self, x):
        x = self.incept1(F.relu(F.max_pool2d(self.conv1(x), 2)))
        x = self.incept2(F.relu(F.max_pool2d(self.conv2(x), 2)))
        return F.log_softmax(self.fc(x.flatten(1)), dim=1)


NETWORKS = {"inception": (MainNet, (1, 28, 28))}


def main():
    lesson, threads, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if lesson not in NETWORKS:
        sys.exit(f"no network of lesson {lesson}")
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    build, shape = NETWORKS[lesson]
    net = build()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    batches = [(torch.rand(batch, *shape), torch.randint(10, (batch,))) for _ in range(8)]

    def train(step):
        images, labels = batches[step % len(batches)]
        optimizer.zero_grad()
        F.nll_loss(net(images), labels).backward()
        optimizer.step()

    for step in range(3):
        train(step)
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < float(line):
            train(steps)
            steps += 1
        print(steps * batch / (time.perf_counter() - start), flush=True)


main()
