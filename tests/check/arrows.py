#!/usr/bin/env python3
"""Includes go one way: lib <- lessons <- native, web; tests see everything. Prints each include that does not.

usage: arrows.py [ROOT]     exit status 1 when an include breaks a rule
"""
import pathlib
import re
import sys

# What each folder may include beside itself. In lib every line may use the lines above it that it names.
KERNELS = ["lib/tensor"]
AUTOGRAD = KERNELS + ["lib/kernels"]
OPS = AUTOGRAD + ["lib/autograd"]
NN = OPS + ["lib/ops"]
OPTIM = NN + ["lib/nn"]
MAY_INCLUDE = {
    "lib/tensor": [],
    "lib/kernels": KERNELS,
    "lib/backend.hpp": AUTOGRAD,  # the table of kernels
    "lib/backend.cpp": AUTOGRAD,
    "lib/autograd": AUTOGRAD,
    "lib/ops": OPS,
    "lib/nn": NN,
    "lib/optim": OPTIM,
    "lib/data": AUTOGRAD + ["lib/io"],  # IDX comes in files
    "lib/io": AUTOGRAD,
    "lib/train": ["lib"],
    "lib/inspect": NN + ["lib/nn"],
    "lessons": ["lib"],
    "native": ["lib", "lessons"],
    "web": ["lib", "lessons"],
    "tests": ["lib", "lessons", "native", "web"],
}
# backend.hpp belongs to the kernels: whoever may use them may use it.
WITH_KERNELS = "lib/backend.hpp"

# Headers that have no business in a folder: no screens, no devices, no printing in the library; and what is drawn with
# Dear ImGui knows neither browser nor window, so that a native window can host it too.
SCREENS = r"(.*/)?imgui.*|GLFW/.*|GLES.*|GL/.*|SDL.*"
BROWSER = r"emscripten.*|GLFW/.*|GLES.*|GL/.*"
DEVICES = r"cuda.*|cublas.*|cudnn.*|nccl.*|nv.*"
FORBIDDEN = {
    "lib": rf"{SCREENS}|{DEVICES}|iostream|CLI/.*",
    "lessons": rf"{SCREENS}|{DEVICES}|iostream|CLI/.*|emscripten.*",
    "web/lab": rf"{BROWSER}|{DEVICES}",
}

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
SUFFIXES = {".hpp", ".cpp", ".h", ".c", ".cu", ".cuh"}


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def fault(root, file, quote, header):
    """Why `file` may not include `header`, or None. Both are relative to the tree's root."""
    for folder, pattern in FORBIDDEN.items():
        if inside(file, folder) and re.fullmatch(pattern, header):
            return f"{folder}/ may not include {header}"
    if quote == "<":
        return None
    if not (root / header).is_file():
        return f"{header} is not in the tree (paths start at its root)"
    home = next((f for f in sorted(MAY_INCLUDE, key=len, reverse=True) if inside(file, f)), None)
    if home is None:
        return f"tests/check/arrows.py has no rule for {file}"
    allowed = [home, *MAY_INCLUDE[home]]
    if "lib/kernels" in allowed:
        allowed.append(WITH_KERNELS)
    if inside(file, "web/lab"):
        allowed.remove("web")
        allowed.append("web/lab")
    if any(inside(header, folder) for folder in allowed):
        return None
    return f"{home} may include {', '.join(allowed)}, but not {header}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    files = [f for top in ("lib", "lessons", "native", "web", "tests") for f in sorted((root / top).rglob("*"))]
    faults = 0
    for path in files:
        if path.suffix not in SUFFIXES or "node_modules" in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            reason = match and fault(root, path.relative_to(root).as_posix(), *match.groups())
            if reason:
                print(f"{path.relative_to(root)}:{number}: {reason}\n    {line.strip()}")
                faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
