"""Digits that need no download: seven-segment figures, moved, slanted and blurred, 28x28 bytes. As hard as the tests need."""
import random
import struct

import numpy

# Segments of each digit: top, upper left, upper right, middle, lower left, lower right, bottom.
SEGMENTS = ["1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011"]
LINES = [((0, 0), (1, 0)), ((0, 0), (0, 1)), ((1, 0), (1, 1)), ((0, 1), (1, 1)), ((0, 1), (0, 2)), ((1, 1), (1, 2)), ((0, 2), (1, 2))]


def draw(digit, rng):
    left, top = 8 + rng.uniform(-2, 2), 5 + rng.uniform(-2, 2)
    width, height, slant, pen = rng.uniform(8, 12), rng.uniform(7, 9), rng.uniform(-0.2, 0.2), rng.uniform(0.9, 1.5)
    y, x = numpy.mgrid[0:28, 0:28]
    image = numpy.zeros((28, 28))
    for lit, line in zip(SEGMENTS[digit], LINES):
        if lit == "0":
            continue
        (x0, y0), (x1, y1) = [(left + a * width + slant * (14 - (top + b * height)), top + b * height) for a, b in line]
        along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
        along = numpy.clip(along, 0, 1)
        distance = numpy.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))
        image = numpy.maximum(image, numpy.clip(pen + 0.5 - distance, 0, 1))
    return (255 * image).astype(numpy.uint8)


def make(count, seed):
    rng = random.Random(seed)
    labels = [rng.randrange(10) for _ in range(count)]
    images = numpy.stack([draw(label, rng) for label in labels])
    return images, numpy.array(labels, dtype=numpy.uint8)


def write_idx(path, array):
    with open(path, "wb") as file:
        file.write(struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes())
