// As much of the safetensors format as the page needs: which tensors a file holds.

/** Their names, in the order of the file. */
export function tensorNames(bytes: Uint8Array): string[] {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
  return Object.keys(header).filter((name) => name !== "__metadata__");
}

/** Lines of Python that load a file into a PyTorch network. They need torch and nothing else. */
export const pytorchLines = (file: string): string => `# Needs PyTorch alone: pip install torch
import json
import struct

import torch

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = TYPES[entry["dtype"]]
        tensors[name] = torch.frombuffer(data[begin:end], dtype=dtype).reshape(entry["shape"])
    return tensors


# model: the lesson's network, written in PyTorch with the lesson's names
model.load_state_dict(read_safetensors("${file}"))
`;
