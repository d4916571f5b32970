#!/usr/bin/env python3
"""Draws the recorded runs in the lessons' figures anew.

A curve of a figure says what it shows:

  <polyline data-run="degradation" data-net="plain20" data-values="step" data-y="216 78.4" points="…"/>

data-values: "step", the losses in the log; "epoch", the mean training loss of each; or the gradients of the first step,
of the parameters whose names match a regular expression, from the loss back to the image. data-y: where 0 lies (of a
gradient: 1, since its scale is logarithmic) and how high a unit (a decade) is. Only heights are drawn anew, of the curve
and of the dots that follow it.

usage: plot_runs.py [--check]     --check: changes nothing, and fails where a figure is not as its run is
"""
import json
import math
import pathlib
import re
import sys

LESSONS = pathlib.Path(__file__).parent
CURVE = re.compile(r'<polyline data-run="(\S+)" data-net="(\S+)" data-values="(\S+)" data-y="(\S+) (\S+)" points="([^"]*)"')
DOT = re.compile(r'(\s*<circle cx="([^"]*)" cy=")[^"]*(")')


def values_of(run, net, kind):
    (log,) = LESSONS.glob(f"*/runs/{run}.jsonl")
    events = [event for event in map(json.loads, log.read_text().splitlines()[1:]) if event["net"] == net]
    if kind == "step":
        return [event["loss"] for event in events if event["event"] == "step"]
    if kind == "epoch":
        return [event["train_loss"] for event in events if event["event"] == "epoch"]
    norms = next(event["norms"] for event in events if event["event"] == "norms" and event["step"] == 1)
    return [math.log10(norm["gradient"]) for norm in reversed(norms) if re.fullmatch(kind, norm["name"])]


def redraw(figure):
    lines, heights = [], {}
    for line in figure.splitlines():
        if curve := CURVE.search(line):
            run, net, kind, zero, unit, points = curve.groups()
            places = [point.split(",")[0] for point in points.split()]
            values = values_of(run, net, kind)
            if len(values) != len(places):
                sys.exit(f"plot_runs: {net} of {run} has {len(values)} values, its curve {len(places)} points")
            heights = {x: f"{float(zero) - float(unit) * value:.1f}" for x, value in zip(places, values)}
            line = line.replace(points, " ".join(f"{x},{y}" for x, y in heights.items()))
        elif (dot := DOT.match(line)) and dot[2] in heights:
            line = f"{dot[1]}{heights[dot[2]]}{dot[3]}{line[dot.end():]}"
        else:
            heights = {}
        lines.append(line)
    return "\n".join(lines) + "\n"


def main(check):
    stale = []
    for path in sorted(LESSONS.glob("*/figures/*.svg")):
        figure = path.read_text()
        if (drawn := redraw(figure)) == figure:
            continue
        stale.append(str(path.relative_to(LESSONS)))
        if not check:
            path.write_text(drawn)
    if stale:
        print(f"plot_runs: {'not as recorded' if check else 'drawn'}: {', '.join(stale)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:] == ["--check"]))
