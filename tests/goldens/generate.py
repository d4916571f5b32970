#!/usr/bin/python3
"""Writes what PyTorch computes, for the tests to compare with:  /usr/bin/python3 tests/goldens/generate.py

Made with Debian 12's python3-torch 1.13. All is computed in double precision from inputs that are exact in single
precision, and rounded once: so a difference is this project's rounding, not PyTorch's. Every op's gradients are those of
the sum of its outputs weighted by random `dy`.
"""
import json
import pathlib
import sys

import deep_nets
import digits
import safetensors_file
import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "native/bench/pytorch"))
import networks
from networks import InceptionModule, MainNet

NAN, INF = float("nan"), float("inf")


def save(name, tensors, **metadata):
    tensors = {key: value.detach().double().float() for key, value in tensors.items()}
    metadata = {key: json.dumps(value) for key, value in metadata.items()}
    safetensors_file.write(HERE / f"{name}.safetensors", tensors, {"torch": torch.__version__, **metadata})


def randn(*shape):
    return torch.randn(shape).double()  # drawn in single precision


class Ops:
    """Cases, each a list of inputs that want gradients, an output, and options that the test reads."""

    def __init__(self):
        self.tensors, self.cases = {}, []

    def add(self, op, compute, inputs, options=None, dy=None, buffers=None):
        """`buffers`: tensors that `compute` changes in place; kept as they were before and after."""
        key = f"{op}/{sum(case['op'] == op for case in self.cases)}"
        inputs = [value.float().double().requires_grad_() for value in inputs]
        for name, value in (buffers or {}).items():
            self.tensors[f"{key}/{name}/before"] = value.clone()
        y = compute(*inputs)
        for name, value in (buffers or {}).items():
            self.tensors[f"{key}/{name}/after"] = value.clone()
        dy = randn(*y.shape) if dy is None else dy
        y.backward(dy)
        for i, value in enumerate(inputs):
            self.tensors[f"{key}/input{i}"] = value
            self.tensors[f"{key}/grad{i}"] = value.grad
        self.tensors[f"{key}/y"], self.tensors[f"{key}/dy"] = y, dy
        self.cases.append({"op": op, "key": key, "inputs": len(inputs), "options": options or {}, "buffers": list(buffers or {})})


def convolutions(ops):
    for n, c, h, w, o, k, stride, padding, bias in [
        (2, 3, 7, 8, 4, 3, 1, 1, True),
        (2, 1, 12, 12, 10, 5, 1, 0, True),
        (2, 16, 6, 6, 24, 5, 1, 2, True),
        (2, 10, 6, 7, 16, 1, 1, 0, True),
        (3, 2, 9, 8, 5, 3, 2, 1, False),
        (2, 3, 8, 9, 2, 4, 3, 2, True),  # an even kernel; the stride leaves a rest
        (1, 2, 5, 5, 3, 5, 1, 0, True),  # one output
        (2, 3, 5, 4, 2, 3, 2, 3, False),  # windows that see nothing but padding
        (1, 1, 1, 1, 1, 1, 1, 0, False),
        (2, 17, 11, 13, 9, 5, 1, 2, True),  # sizes that fill no SIMD register
        (1, 3, 9, 9, 4, 1, 2, 0, True),
        (2, 4, 3, 35, 6, 3, 1, 1, True),  # rows longer than a register
    ]:
        x, weight, b = randn(n, c, h, w), randn(o, c, k, k), randn(o)
        ops.add(
            "conv2d",
            lambda x, weight, b=None: F.conv2d(x, weight, b, stride, padding),
            [x, weight, b] if bias else [x, weight],
            {"stride": stride, "padding": padding},
        )


def poolings(ops):
    ties = torch.randint(0, 3, (2, 3, 7, 7)).double()
    nans = randn(2, 2, 6, 6)
    nans[0, 0, 1, 1] = nans[0, 0, 1, 2] = nans[1, 1, 5, 5] = nans[1, 0, 2, 0] = NAN
    lows = torch.full((1, 1, 4, 4), -INF).double()
    negative = -randn(1, 2, 5, 5).abs()
    for op, function in ("max_pool2d", F.max_pool2d), ("avg_pool2d", F.avg_pool2d):
        for x, kernel, stride, padding in [
            (randn(2, 3, 8, 8), 2, 2, 0),
            (randn(2, 2, 7, 9), 3, 2, 1),
            (randn(2, 2, 12, 12), 3, 1, 1),
            (randn(1, 3, 9, 10), 4, 3, 2),
            (randn(1, 1, 5, 5), 5, 1, 0),
            (randn(2, 1, 4, 4), 1, 2, 0),  # windows with gaps between them
            (randn(1, 2, 7, 7), 2, 2, 0),  # a last row and column that no window reaches
            (ties, 3, 1, 1),
            (ties, 2, 2, 0),
            (nans, 2, 2, 0),
            (nans, 3, 1, 1),
            (negative, 3, 1, 1),
            (lows, 2, 2, 0),
        ]:
            options = {"kernel": kernel, "stride": stride, "padding": padding}
            ops.add(op, lambda x: function(x, kernel, stride, padding), [x], options)


def normalisations(ops):
    for n, c, h, w, training, momentum, eps in [
        (4, 3, 5, 6, True, 0.1, 1e-5),
        (4, 3, 5, 6, False, 0.1, 1e-5),
        (2, 17, 7, 7, True, 0.1, 1e-5),  # planes that fill no SIMD register
        (64, 2, 1, 1, True, 0.3, 1e-3),
        (1, 4, 9, 12, True, 0.1, 1e-5),  # one image
        (1, 5, 3, 3, False, 0.1, 1e-2),
        (3, 16, 12, 12, True, 1.0, 1e-5),
    ]:
        mean, variance = randn(c), randn(c).square() + 0.5
        # Off centre and of many sizes, as a layer's outputs are.
        x = 3 * randn(c, 1, 1) + randn(c, 1, 1) * randn(n, c, h, w)
        ops.add(
            "batch_norm2d",
            lambda x, weight, bias: F.batch_norm(x, mean, variance, weight, bias, training, momentum, eps),
            [x, randn(c), randn(c)],
            {"training": training, "momentum": momentum, "eps": eps},
            buffers={"running_mean": mean, "running_var": variance},
        )


def residual_ops(ops):
    for shape in (2, 3, 8, 8), (3, 5, 7, 7), (1, 1, 1, 1), (2, 2, 5, 9):
        ops.add("global_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, 1), [randn(*shape)])
    for shape, channels, stride in ((2, 4, 8, 8), 8, 2), ((2, 3, 7, 9), 6, 2), ((1, 2, 5, 5), 2, 1), ((2, 1, 7, 7), 4, 3):
        before = (channels - shape[1]) // 2
        padding = (0, 0, 0, 0, before, channels - shape[1] - before)
        ops.add(
            "zero_pad_shortcut",
            lambda x: F.pad(x[:, :, ::stride, ::stride], padding),
            [randn(*shape)],
            {"channels": channels, "stride": stride},
        )


def all_ops():
    ops = Ops()
    convolutions(ops)
    poolings(ops)
    ops.add("relu", F.relu, [randn(2, 3, 4, 5)])
    ops.add("relu", F.relu, [torch.tensor([0.0, -0.0, 1e-30, -1e-30, INF, -INF, NAN, 3.0, -3.0]).double()])
    for n, inputs, outputs, bias in [(4, 7, 3, True), (5, 33, 10, False), (1, 1, 1, True), (64, 40, 10, True), (3, 129, 17, True)]:
        values = [randn(n, inputs), randn(outputs, inputs)] + [randn(outputs)] * bias
        ops.add("linear", F.linear, values)
    for axis, shapes in [
        (1, [(2, 16, 3, 3), (2, 24, 3, 3), (2, 1, 3, 3)]),
        (0, [(2, 3, 4, 5), (1, 3, 4, 5)]),
        (2, [(2, 3, 1, 5), (2, 3, 4, 5)]),
        (-1, [(2, 3, 4, 5), (2, 3, 4, 2), (2, 3, 4, 1)]),
        (1, [(4, 3), (4, 5)]),
        (0, [(3,), (2,)]),
        (1, [(2, 3, 2, 2)]),
    ]:
        ops.add("cat", lambda *parts: torch.cat(parts, axis), [randn(*shape) for shape in shapes], {"axis": axis})
    ops.add("add", torch.add, [randn(2, 3, 4, 5), randn(2, 3, 4, 5)])
    ops.add("add", torch.add, [randn(), randn()])
    ops.add("flatten", lambda x: x.flatten(1), [randn(2, 3, 4, 5)])
    ops.add("view", lambda x: x.view(3, -1, 4), [randn(2, 3, 4, 5)], {"sizes": [3, -1, 4]})
    for x in randn(4, 10), 1e4 * randn(3, 10), torch.zeros(2, 7).double(), randn(5, 1), 30 * randn(2, 1000):
        ops.add("log_softmax", lambda x: F.log_softmax(x, 1), [x])
    ops.add("log_softmax", lambda x: F.log_softmax(x, 1), [torch.tensor([[0, -INF, 1.0], [88.0, 89.0, -104.0]]).double()])
    for n, classes in (4, 10), (1, 3), (7, 1):
        labels = torch.randint(0, classes, (n,))
        ops.add("nll_loss", lambda x: F.nll_loss(x, labels), [randn(n, classes)], {"labels": labels.tolist()}, randn())
    with torch.random.fork_rng():  # what is drawn here shifts nothing that is drawn after it
        torch.manual_seed(2)
        normalisations(ops)
        residual_ops(ops)
    save("ops", ops.tensors, cases=ops.cases)


def inception():
    module = InceptionModule(10).double()
    x, dy = randn(2, 10, 6, 6).requires_grad_(), randn(2, 88, 6, 6)
    weights = {name: value.detach().float().double() for name, value in module.state_dict().items()}
    module.load_state_dict(weights)
    y = module(x)
    y.backward(dy)
    tensors = {"x": x, "y": y, "dy": dy, "dx": x.grad}
    tensors |= {f"weights/{name}": value for name, value in weights.items()}
    tensors |= {f"grad/{name}": parameter.grad for name, parameter in module.named_parameters()}
    save("inception", tensors, parameters=list(weights))


def main_net(images, labels):
    net = MainNet()  # drawn in single precision
    weights = {name: value.clone() for name, value in net.state_dict().items()}
    net.double()
    logits = net(images[:4])
    loss = F.nll_loss(logits, labels[:4])
    loss.backward()
    tensors = {f"weights/{name}": value for name, value in weights.items()}
    tensors |= {f"grad/{name}": parameter.grad for name, parameter in net.named_parameters()}
    save("mainnet", {"logits": logits, "loss": loss, **tensors}, parameters=list(weights))
    return weights


def train(weights, images, labels, dtype):
    batch, steps, settings = 16, 50, {"lr": 0.03, "momentum": 0.9}
    net = MainNet().to(dtype)
    net.load_state_dict(weights)
    optimizer = torch.optim.SGD(net.parameters(), **settings)
    losses = []
    for step in range(steps):
        at = step * batch % len(images)
        optimizer.zero_grad()
        loss = F.nll_loss(net(images[at : at + batch].to(dtype)), labels[at : at + batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses).double(), net.state_dict(), {"batch": batch, "steps": steps, **settings}


def training(weights, images, labels):
    losses, final, settings = train(weights, images, labels, torch.float64)
    single, _, _ = train(weights, images, labels, torch.float32)
    print(f"losses from {losses[0]:.4f} to {losses[-1]:.4f}; in single precision PyTorch itself differs by "
          f"{((single - losses) / losses).abs().max():.1e} relative")
    kept = ["conv1.weight", "conv1.bias", "incept1.branch3x3_3.bias", "incept2.branch5x5_1.weight", "fc.bias"]
    tensors = {f"final/{name}": final[name] for name in kept}
    tensors["losses"] = losses
    tensors["norms"] = torch.stack([value.norm() for value in final.values()])  # in the order of state_dict
    tensors["sums"] = torch.stack([value.sum() for value in final.values()])
    save("training", tensors, settings=settings)


def sgd():
    variants = [
        {"lr": 0.1},
        {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "dampening": 0.3},
        {"lr": 0.1, "momentum": 0.9, "nesterov": True},
        {"lr": 0.1, "weight_decay": 0.05},
        {"lr": 0.05, "momentum": 0.5, "dampening": 0.2, "weight_decay": 0.1},
        {"lr": 0.05, "momentum": 0.8, "weight_decay": 0.1, "nesterov": True},
    ]
    start, gradients = randn(3, 7), randn(5, 3, 7)  # one gradient for each of five steps
    tensors = {"start": start, "gradients": gradients}
    for i, settings in enumerate(variants):
        parameter = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([parameter], **settings)
        after = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            after.append(parameter.detach().clone())
        tensors[f"{i}/parameter"] = torch.stack(after)
        buffer = optimizer.state[parameter].get("momentum_buffer")
        if buffer is not None:
            tensors[f"{i}/velocity"] = buffer
    save("sgd", tensors, variants=variants)


def initialisation():
    """The bounds of PyTorch's default initialisation, read off many drawn layers and set against the formula."""
    layers = []
    for kind, inputs, outputs, kernel in ("conv", 88, 20, 5), ("conv", 1, 10, 5), ("conv", 16, 24, 3), ("linear", 1408, 10, 1):
        make = lambda: torch.nn.Conv2d(inputs, outputs, kernel) if kind == "conv" else torch.nn.Linear(inputs, outputs)
        bound = (inputs * kernel * kernel) ** -0.5
        drawn = [make() for _ in range(200)]
        for largest in (max(layer.weight.abs().max() for layer in drawn), max(layer.bias.abs().max() for layer in drawn)):
            assert 0.99 * bound < largest <= bound * (1 + 1e-6), (kind, largest, bound)
        layers.append({"kind": kind, "in": inputs, "out": outputs, "kernel": kernel, "bound": bound})
    he = []
    for inputs, outputs, kernel in (16, 32, 3), (64, 10, 1):
        weight = torch.empty(outputs, inputs, kernel, kernel)
        drawn = [torch.nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu").clone() for _ in range(200)]
        deviation = (2 / (outputs * kernel * kernel)) ** 0.5
        assert abs(torch.stack(drawn).std() / deviation - 1) < 0.01
        he.append({"in": inputs, "out": outputs, "kernel": kernel, "deviation": deviation})
    save("initialisation", {}, layers=layers, he=he)


def train_deep_net(make, images, labels, settings, dtype):
    torch.set_default_dtype(dtype)
    net = make()
    deep_nets.set_weights(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=settings["lr"], momentum=settings["momentum"])
    losses, gradients = [], None
    for step in range(settings["steps"]):
        at = step * settings["batch"] % len(images)
        optimizer.zero_grad()
        loss = F.nll_loss(net(images[at : at + settings["batch"]].to(dtype)), labels[at : at + settings["batch"]])
        loss.backward()
        if step == 0:
            gradients = norms(parameter.grad for parameter in net.parameters())
        optimizer.step()
        losses.append(loss.item())
    torch.set_default_dtype(torch.float32)
    return torch.tensor(losses, dtype=torch.float64), gradients, net


def norms(tensors):
    return torch.stack([tensor.double().norm() for tensor in tensors])


def deep_training(pixels, labels):
    """Fifty steps of each deep net on digits of 14×14 pixels: the losses, the first step's gradients and, at the end,
    weights and running statistics, as norms.

    BatchNorm in a deep net amplifies rounding from step to step, the more the faster and the deeper it learns: at a rate of
    0.02 PyTorch's own single precision leaves its double by 60 % within these steps, and at 1e-4 a plain net of 20 layers
    still by 2 %. So the rate is small enough, and the plain net shallow enough, for a difference to be a mistake: what is
    printed stays below 3e-4. Nor is one step safe: a ReLU that turned over by another order of adding moved the first gradients
    of a plain net of 14 layers by 0.6 % in WebAssembly.
    """
    half = pixels.reshape(len(pixels), 14, 2, 14, 2).astype(int).sum((2, 4)) // 4
    images = (torch.from_numpy(half).unsqueeze(1).float() / 255).double()
    settings = {"batch": 16, "steps": 50, "lr": 1e-4, "momentum": 0.9}
    tensors, names = {}, {}
    for name, make in (
        ("residual20", lambda: networks.ResNet(1)),
        ("residual8_projection", lambda: networks.ResNet(1, depth=8, projection=True)),
        ("plain8", lambda: networks.PlainNet(1, depth=8)),
        ("plain8_no_batch_norm", lambda: networks.PlainNet(1, depth=8, batch_norm=False)),
        ("dense40", lambda: networks.DenseNet(1)),
        ("dense22_bc", lambda: networks.DenseNet(1, depth=22, bottleneck=True, compression=0.5)),
    ):
        losses, gradients, net = train_deep_net(make, images, labels, settings, torch.float64)
        single, *_ = train_deep_net(make, images, labels, settings, torch.float32)
        apart = ((single - losses) / losses).abs().max()
        print(f"{name}: losses from {losses[0]:.4f} to {losses[-1]:.4f}; in single precision PyTorch differs by {apart:.1e}")
        net.eval()
        with torch.no_grad():
            tensors[f"{name}/eval"] = net(images[:16])
        tensors[f"{name}/losses"], tensors[f"{name}/gradients"] = losses, gradients
        names[name] = list(net.state_dict())
        tensors[f"{name}/norms"] = norms(net.state_dict().values())
    save("deep_nets", tensors, settings=settings, names=names)


def main():
    torch.manual_seed(1)
    torch.use_deterministic_algorithms(True)
    images, labels = digits.make(320, seed=1)
    digits.write_idx(HERE / "digits-images-idx3-ubyte", images)
    digits.write_idx(HERE / "digits-labels-idx1-ubyte", labels)
    pixels = images
    # The loader divides in single precision.
    images = (torch.from_numpy(images).unsqueeze(1).float() / 255).double()
    labels = torch.from_numpy(labels).long()
    all_ops()
    inception()
    training(main_net(images, labels), images, labels)
    sgd()
    initialisation()
    deep_training(pixels, labels)


if __name__ == "__main__":
    main()
