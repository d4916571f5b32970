#!/usr/bin/env python3
"""Rounds the weights in a safetensors file to the 8 significant bits of bfloat16, or fewer:

    lessons/round_weights.py FILE [--bits 7]

They stay numbers of 32 bits, but the lower 16 are 0 then, so that the page sends them packed to less than half, and they
read as many of the test images as before (`cnnlab eval` says how many). Every lesson's trained weights went through this.
"""
import argparse
import json
import pathlib
import struct

import numpy


def rounded(numbers, significant):
    dropped = 24 - significant
    bits = numbers.view(numpy.uint32).astype(numpy.uint64)
    half = (1 << (dropped - 1)) - 1 + (bits >> dropped & 1)  # ties go to the even one
    return (bits + half >> dropped << dropped).astype(numpy.uint32).view(numpy.float32)


def main(path, significant):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8 : 8 + length]), bytearray(data[8 + length :])
    notes = header["__metadata__"]
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] != "F32":  # BatchNorm counts its batches in whole numbers
            continue
        begin, end = entry["data_offsets"]
        numbers[begin:end] = rounded(numpy.frombuffer(bytes(numbers[begin:end]), numpy.float32), significant).tobytes()
    notes.pop("test_loss", None)  # which was measured before, and differs in the last digits
    trained = notes["command"].partition("; lessons/round_weights.py")[0]
    notes["command"] = f"{trained}; lessons/round_weights.py" + ("" if significant == 8 else f" --bits {significant}")
    head = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    path.write_bytes(struct.pack("<Q", len(head)) + head + numbers)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--bits", type=int, default=8, choices=range(2, 24), metavar="2…23")
    given = parser.parse_args()
    main(given.file, given.bits)
