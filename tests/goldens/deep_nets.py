"""Weights for the residual, plain and dense nets of lessons 04, 05 and 06 that need not be stored."""
import numpy
import torch


def draws(key, count):
    """SplitMix64's outputs in [0, 1): the library's dropout_draw."""
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(key) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> numpy.uint64(31))) >> numpy.uint64(11)).astype(numpy.float64) * 2.0**-53


def set_weights(net):
    """Weights that the tests can compute again instead of storing a million: the k-th parameter, if it is a matrix or a
    convolution, is uniform in ±√(6 / fan_in) out of `draws(k, …)`; vectors are 0, but BatchNorm's weights 1."""
    with torch.no_grad():
        for k, (name, parameter) in enumerate(net.named_parameters()):
            if parameter.dim() >= 2:
                bound = (6 / parameter[0].numel()) ** 0.5
                values = torch.from_numpy((2 * draws(k, parameter.numel()) - 1) * bound).float()
                parameter.copy_(values.view_as(parameter))
            else:
                parameter.fill_(1.0 if name.endswith("weight") else 0.0)
