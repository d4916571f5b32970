"""What the tests of the command line share: running the real program, and a data set that trains in a second."""
import os
import pathlib
import struct
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CNNLAB", str(ROOT / "build" / "cnnlab"))


def write_idx(path, sizes, values):
    path.write_bytes(struct.pack(f">HBB{len(sizes)}I", 0, 8, len(sizes), *sizes) + bytes(values))


def write_data(folder, train=256, test=100):
    """IDX files as MNIST's: each image is noise with a bright row whose place is the label."""
    folder.mkdir(parents=True, exist_ok=True)
    state = 12345
    for name, count in (("train", train), ("t10k", test)):
        pixels, labels = bytearray(), bytearray()
        for i in range(count):
            label = i * 7 % 10
            for row in range(28):
                for _ in range(28):
                    state = (state * 1103515245 + 12345) % 2**31
                    pixels.append((state >> 16) % 60 + (180 if row == 2 * label + 4 else 0))
            labels.append(label)
        write_idx(folder / f"{name}-images-idx3-ubyte", (count, 28, 28), pixels)
        write_idx(folder / f"{name}-labels-idx1-ubyte", (count,), labels)


class CommandLine(unittest.TestCase):
    """Runs `cnnlab` in a folder of its own, where data/ holds the small data set."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="cnnlab-test-")
        cls.folder = pathlib.Path(cls.scratch.name)
        write_data(cls.folder / "data" / "mnist")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def environment(self, **more):
        return {**os.environ, "CNNLAB_DATA": str(self.folder / "data"), "LC_ALL": "C.UTF-8", "TERM": "xterm", **more}

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def cnnlab(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.environment(),
                              capture_output=True, text=True, timeout=300)

    def output(self, *arguments):
        """Standard output of a run that has to succeed without a word on stderr."""
        done = self.cnnlab(*arguments)
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        return done.stdout

    def assert_fails(self, status, message, *arguments):
        """The exit status, and the one line on stderr, word by word."""
        done = self.cnnlab(*arguments)
        self.assertEqual((done.stderr, done.stdout, done.returncode), (message + "\n", "", status))

    def read(self, name):
        return (self.folder / name).read_bytes()
