#!/usr/bin/env python3
"""Rounds the weights in a safetensors file to the 8 significant bits of bfloat16:  lessons/round_weights.py FILE

They stay numbers of 32 bits, but the lower 16 are 0 then, so that the page sends them packed to less than half, and they
read as many of the test images as before (`cnnlab eval` says how many). Every lesson's trained weights went through this.
"""
import json
import pathlib
import struct
import sys

import numpy

DROPPED = 16  # of a float's 24 significant bits


def rounded(numbers):
    bits = numbers.view(numpy.uint32).astype(numpy.uint64)
    half = (1 << (DROPPED - 1)) - 1 + (bits >> DROPPED & 1)  # ties go to the even one
    return (bits + half >> DROPPED << DROPPED).astype(numpy.uint32).view(numpy.float32)


def main(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8 : 8 + length]), bytearray(data[8 + length :])
    notes = header["__metadata__"]
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":  # BatchNorm counts its batches in whole numbers
            continue
        begin, end = entry["data_offsets"]
        numbers[begin:end] = rounded(numpy.frombuffer(bytes(numbers[begin:end]), numpy.float32)).tobytes()
    notes.pop("test_loss", None)  # which was measured before, and differs in the last digits
    notes["command"] = notes["command"].removesuffix("; lessons/round_weights.py") + "; lessons/round_weights.py"
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + numbers)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
