"""The recorded runs that come with lessons: their commands give their first steps again, and figures show them."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from support import PROGRAM, ROOT

DATA = pathlib.Path(os.environ.get("CNNLAB_DATA", ROOT / "build" / "data"))
# The same program gives the same bits on the same kind of processor. On another the sums have another order, since its SIMD
# registers hold other numbers of floats, and training enlarges the difference from step to step. Relative, measured with
# SSE4.2 and AVX2 beside the recorded AVX-512: below 1e-3 after 5 steps, but up to 5.4e-3 already in the first gradients of
# ResNet-56 (AVX2, Zen 3), and up to 2.2e-3 in the mean loss of the first 60. Another seed is 7e-3 (ResNet-20) and 7e-2
# (MainNet) away, and its gradients are others altogether.
FEW_STEPS, FEW_STEPS_DEEP, FIFTY_STEPS = 1e-3, 1e-2, 5e-3


def events_of(path):
    start, *events = map(json.loads, path.read_text().splitlines())
    return start, events


def without_memory(nets):
    """What networks are; how much memory their training took may change with the library."""
    return [{key: value for key, value in net.items() if key != "memory"} for net in nets]


class Runs(unittest.TestCase):
    def again(self, recorded, steps, nets=None):
        """The recorded command, but with fewer steps, and `nets` alone where they are named: nobody's numbers depend on
        who else takes part."""
        (path,) = ROOT.glob(f"lessons/*/runs/{recorded}.jsonl")
        start, events = events_of(path)
        chosen = nets or [net["net"] for net in start["nets"]]
        command = re.sub(r"--lessons \S+", f"--lessons {','.join(chosen)}", start["command"])
        command = re.sub(r" --steps \d+", "", command).replace("cnnlab race", "race")
        with tempfile.TemporaryDirectory(prefix="cnnlab-test-") as folder:
            log = pathlib.Path(folder) / "again.jsonl"
            subprocess.run([PROGRAM, *command.replace("FILE", str(log)).split(), "--steps", str(steps), "--quiet"],
                           env={**os.environ, "CNNLAB_DATA": str(DATA)}, check=True, timeout=300)
            now, repeated = events_of(log)
        self.assertEqual(without_memory(now["nets"]), without_memory(net for net in start["nets"] if net["net"] in chosen))
        self.assertEqual([now[key] for key in ("data", "train_images", "test_images", "batch", "seed")],
                         [start[key] for key in ("data", "train_images", "test_images", "batch", "seed")])
        early = [event for event in events if event.get("step", steps + 1) <= steps and event["net"] in chosen]
        return early, [event for event in repeated if "step" in event]

    def assert_repeats(self, recorded, repeated, tolerance):
        self.assertGreater(len(recorded), 0)
        self.assertEqual([(e["event"], e["net"], e["step"]) for e in repeated],
                         [(e["event"], e["net"], e["step"]) for e in recorded])
        for was, now in zip(recorded, repeated):
            with self.subTest(net=was["net"], event=was["event"], step=was["step"]):
                for name, before, after in self.values(was, now):
                    self.assertLessEqual(abs(after - before), tolerance * abs(before), f"{name}: {before}, now {after}")

    def values(self, was, now):
        if was["event"] == "step":
            yield "loss", was["loss"], now["loss"]
            return
        self.assertEqual([norm["name"] for norm in now["norms"]], [norm["name"] for norm in was["norms"]])
        for before, after in zip(was["norms"], now["norms"]):
            for kind in ("gradient", "weight"):
                yield f"{before['name']} {kind}", before[kind], after[kind]

    def test_first_gradients(self):
        # Of nets with BatchNorm those that are not too deep; in ResNet-56 rounding is enlarged a thousandfold on the way back.
        for recorded, nets, tolerance in [("vanishing", None, FEW_STEPS), ("deeper", None, FEW_STEPS),
                                          ("degradation", ["plain8", "plain20"], FEW_STEPS),
                                          ("residual", ["residual20"], FEW_STEPS), ("residual", ["residual56"], FEW_STEPS_DEEP),
                                          ("dense", ["dense10", "dense22"], FEW_STEPS)]:
            with self.subTest(recorded=recorded, nets=nets):
                self.assert_repeats(*self.again(recorded, 1, nets), tolerance)

    def test_the_race_on_mnist(self):
        self.assert_repeats(*self.again("mnist", 50, ["inception", "residual20"]), FIFTY_STEPS)
        self.assert_repeats(*self.again("mnist_seed2", 50, ["inception"]), FIFTY_STEPS)

    def test_other_races_on_digits(self):
        self.assert_repeats(*self.again("one_by_one", 50), FIFTY_STEPS)
        self.assert_repeats(*self.again("deeper_pushed", 50), FIFTY_STEPS)

    def test_figures_show_what_was_recorded(self):
        done = subprocess.run([sys.executable, ROOT / "lessons" / "plot_runs.py", "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
