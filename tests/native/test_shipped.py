"""The trained weights that come with the program: they reach on MNIST what their file, and so the lesson's text, says."""
import json
import os
import pathlib
import subprocess
import unittest

from support import PROGRAM, ROOT

AT_LEAST = {"residual": 9940, "dense": 9940}  # and 9900 for all others
DATA = pathlib.Path(os.environ.get("CNNLAB_DATA", ROOT / "build" / "data"))


class Shipped(unittest.TestCase):
    def cnnlab(self, *arguments):
        environment = {**os.environ, "CNNLAB_DATA": str(DATA)}
        return subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=True,
                              timeout=300).stdout

    def test_accuracy(self):
        for lesson in json.loads(self.cnnlab("lessons", "--json"))["lessons"]:
            with self.subTest(lesson=lesson["id"]):
                if not (ROOT / lesson["folder"] / "weights.safetensors").exists():
                    self.skipTest("no trained weights come with it yet")
                correct = lesson["facts"]["shipped_correct"]["value"]
                line = self.cnnlab("eval", "--lesson", lesson["id"])
                self.assertIn(f"Accuracy: {correct:.0f}/10000", line)
                self.assertGreaterEqual(correct, AT_LEAST.get(lesson["id"], 9900))
