"""The lessons' networks in PyTorch, under the same names: what tests/goldens computes with, and `cnnlab bench --peer` races."""
import torch
import torch.nn.functional as F
from torch import nn


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
        one = self.branch1x1(x)
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3_3(self.branch3x3_2(self.branch3x3_1(x)))
        pool = self.branch_pool(F.avg_pool2d(x, 3, stride=1, padding=1))
        return torch.cat([one, five, three, pool], 1)


class MainNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(88, 20, 5)
        self.incept1 = InceptionModule(10)
        self.incept2 = InceptionModule(20)
        self.fc = nn.Linear(1408, 10)

    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = self.incept1(x)
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = self.incept2(x)
        return F.log_softmax(self.fc(x.flatten(1)), 1)


def conv(inputs, outputs, kernel, stride=1, bias=False):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=bias)


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, projection):
        super().__init__()
        self.outputs, self.stride, self.option_a = outputs, stride, inputs != outputs and not projection
        self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if inputs != outputs and projection:
            self.shortcut = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.option_a:
            more = self.outputs - x.shape[1]
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, more // 2, more - more // 2))
        return F.relu(y + self.shortcut(x))


class PlainLayer(nn.Module):
    def __init__(self, inputs, outputs, stride, batch_norm):
        super().__init__()
        self.conv = conv(inputs, outputs, 3, stride, bias=not batch_norm)
        self.bn = nn.BatchNorm2d(outputs) if batch_norm else nn.Identity()

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class ThreeStages(nn.Module):
    """What residual and plain nets have in common."""

    def stages(self, width, stage):
        self.layer1 = stage(width, width, 1)
        self.layer2 = stage(width, 2 * width, 2)
        self.layer3 = stage(2 * width, 4 * width, 2)
        self.fc = nn.Linear(4 * width, 10)

    def end(self, x):
        x = self.layer3(self.layer2(self.layer1(x)))
        return F.log_softmax(self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1)), 1)


class ResNet(ThreeStages):
    def __init__(self, inputs, depth=20, width=16, projection=False):
        super().__init__()
        self.conv1, self.bn1 = conv(inputs, width, 3), nn.BatchNorm2d(width)
        blocks = (depth - 2) // 6
        self.stages(width, lambda a, b, stride: nn.Sequential(
            *(BasicBlock(b if i else a, b, 1 if i else stride, projection) for i in range(blocks))))

    def forward(self, x):
        return self.end(F.relu(self.bn1(self.conv1(x))))


class PlainNet(ThreeStages):
    def __init__(self, inputs, depth=20, width=16, batch_norm=True):
        super().__init__()
        self.first = PlainLayer(inputs, width, 1, batch_norm)
        layers = (depth - 2) // 3
        self.stages(width, lambda a, b, stride: nn.Sequential(
            *(PlainLayer(b if i else a, b, 1 if i else stride, batch_norm) for i in range(layers))))

    def forward(self, x):
        return self.end(self.first(x))


class NormReluConv(nn.Module):
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(inputs), conv(inputs, outputs, kernel)

    def forward(self, x):
        return self.conv(F.relu(self.norm(x)))


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth_rate, bottleneck):
        super().__init__()
        self.bottleneck = NormReluConv(inputs, 4 * growth_rate, 1) if bottleneck else nn.Identity()
        self.layer = NormReluConv(4 * growth_rate if bottleneck else inputs, growth_rate, 3)

    def forward(self, x):
        return torch.cat([x, self.layer(self.bottleneck(x))], 1)


class Transition(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.mix = NormReluConv(inputs, outputs, 1)

    def forward(self, x):
        return F.avg_pool2d(self.mix(x), 2)


class DenseNet(nn.Module):
    def __init__(self, inputs, depth=40, growth_rate=12, bottleneck=False, compression=1.0):
        super().__init__()
        layers = (depth - 4) // (6 if bottleneck else 3)
        channels = 2 * growth_rate if bottleneck else 16
        self.conv1 = conv(inputs, channels, 3)
        for i in (1, 2, 3):
            dense = [DenseLayer(channels + k * growth_rate, growth_rate, bottleneck) for k in range(layers)]
            self.add_module(f"block{i}", nn.Sequential(*dense))
            channels += layers * growth_rate
            if i < 3:
                self.add_module(f"trans{i}", Transition(channels, int(channels * compression)))
                channels = int(channels * compression)
        self.norm, self.fc = nn.BatchNorm2d(channels), nn.Linear(channels, 10)

    def forward(self, x):
        x = self.trans2(self.block2(self.trans1(self.block1(self.conv1(x)))))
        x = F.adaptive_avg_pool2d(F.relu(self.norm(self.block3(x))), 1)
        return F.log_softmax(self.fc(x.flatten(1)), 1)


def make(lesson, inputs, options):
    """The network that a lesson builds with these options (all of them, as whole numbers) for images of `inputs` channels;
    None where PyTorch has none here."""
    if lesson == "inception":
        return MainNet()
    if lesson == "degradation":
        return PlainNet(inputs, options["depth"], options["width"], bool(options["batch_norm"]))
    if lesson == "residual" and options["shortcut"] == 0:
        return PlainNet(inputs, options["depth"], options["width"])
    if lesson == "residual":
        return ResNet(inputs, options["depth"], options["width"], options["shortcut"] == 2)
    if lesson == "dense":
        return DenseNet(inputs, options["depth"], options["growth_rate"], bool(options["bottleneck"]),
                        options["compression"] / 100)
    return None
