"""Training: what it prints, writes and logs; stopping and going on."""
import json
import re
import signal

from support import CommandLine

TRAIN = ("train", "--epochs", "2", "--batch", "16", "--log-every", "8")  # 16 steps an epoch
TEST_LINE = re.compile(r"Test set: Average loss: \d+\.\d{4}, Accuracy: (\d+)/100 \((\d+)%\)")
WEIGHT_BYTES = 97298 * 4


class Output(CommandLine):
    def test_lines_are_those_of_the_source_lesson(self):
        out = self.output(*TRAIN)
        self.assertNotRegex(out, r"[^\n -~]")  # no control characters, nor anything that a log viewer may not show
        lines = out.splitlines()
        self.assertEqual(lines[0], "Training inception (97,298 parameters) on MNIST: 256 images, tested on 100")
        self.assertRegex(lines[1], r"^Batches of 16, learning rate 0\.01, momentum 0\.5, seed 1; .+, \d+ threads?$")
        for line, (epoch, seen, percent) in zip((lines[2], lines[3], lines[5], lines[6]),
                                                ((1, 128, 50), (1, 256, 100), (2, 128, 50), (2, 256, 100))):
            self.assertRegex(line, rf"^Train Epoch: {epoch} \[{seen}/256 \({percent}%\)\]  Loss: \d\.\d{{6}}$")
        for line in (lines[4], lines[7]):
            correct, percent = TEST_LINE.fullmatch(line).groups()
            self.assertEqual(correct, percent)
        self.assertEqual(len(lines), 8)

    def test_quiet(self):
        self.assertEqual(self.output(*TRAIN, "--quiet", "--out", "quiet.safetensors"), "")

    def test_the_log(self):
        self.output(*TRAIN, "--log", "run.jsonl")
        events = [json.loads(line) for line in self.read("run.jsonl").splitlines()]
        self.assertEqual([(e["event"], e["epoch"], e.get("step")) for e in events],
                         [("step", 1, 8), ("step", 1, 16), ("epoch", 1, None),
                          ("step", 2, 24), ("step", 2, 32), ("epoch", 2, None)])
        self.assertEqual(list(events[0]), ["event", "epoch", "step", "loss", "images_per_second"])
        self.assertEqual(list(events[2]), ["event", "epoch", "train_loss", "train_seconds", "test_loss",
                                           "test_correct", "test_total"])
        self.assertAlmostEqual(events[2]["train_loss"], (events[0]["loss"] + events[1]["loss"]) / 2, 5)
        self.assertEqual(events[5]["test_total"], 100)

    def test_norms_in_the_log(self):
        self.output(*TRAIN, "--log", "norms.jsonl", "--log-norms", "20")
        events = [json.loads(line) for line in self.read("norms.jsonl").splitlines()]
        norms = [e for e in events if e["event"] == "norms"]
        self.assertEqual([(e["epoch"], e["step"]) for e in norms], [(1, 1), (2, 21)])
        self.assertEqual(list(norms[0]), ["event", "epoch", "step", "norms"])
        self.assertEqual(list(norms[0]["norms"][0]), ["name", "gradient", "weight"])
        self.assertEqual(len(norms[0]["norms"]), 34)
        self.assertEqual(norms[0]["norms"][-1]["name"], "fc.bias")
        self.assertTrue(all(n["gradient"] > 0 and n["weight"] > 0 for n in norms[0]["norms"]))

    def test_it_learns(self):
        out = self.output("train", "--epochs", "15", "--batch", "8", "--lr", "0.02", "--momentum", "0.8",
                          "--out", "learned.safetensors")
        self.assertGreaterEqual(int(TEST_LINE.findall(out)[-1][0]), 95)
        last = [line for line in out.splitlines() if line.startswith("Test set")][-1]
        self.assertEqual(self.output("eval", "--weights", "learned.safetensors"), last + "\n")

    def test_a_loss_that_is_not_finite(self):
        done = self.cnnlab(*TRAIN, "--lr", "1e8", "--out", "burst.safetensors")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Acnnlab train: training: the loss is \S+ at step \d+ \(epoch 1\): learning "
                                      r"rate 1e\+08 with momentum 0\.5 is probably too high; try 1e\+07\. The last "
                                      r"good weights are kept in burst\.safetensors \(--init reads them\)\n\Z")
        self.assertIn("Test set", self.output("eval", "--weights", "burst.safetensors"))


class Weights(CommandLine):
    def test_initial_weights_are_those_of_the_seed(self):
        for name, seed in (("a", 5), ("b", 5), ("c", 6)):
            self.assertEqual(self.output("train", "--steps", "0", "--seed", seed, "--out", name),
                             f"Initial weights: {name}\n")
        tensors = [self.read(name)[-WEIGHT_BYTES:] for name in "abc"]
        self.assertEqual(tensors[0], tensors[1])
        self.assertNotEqual(tensors[0], tensors[2])

    def test_init_starts_from_them(self):
        self.output("train", "--steps", "0", "--seed", "5", "--out", "five")
        self.output("train", "--steps", "3", "--seed", "5", "--quiet", "--out", "random")
        self.output("train", "--steps", "3", "--seed", "5", "--quiet", "--init", "five", "--out", "given")
        self.assertEqual(self.read("random"), self.read("given"))
        self.assertNotEqual(self.read("random")[-WEIGHT_BYTES:], self.read("five")[-WEIGHT_BYTES:])

    def test_notes(self):
        self.output(*TRAIN, "--augment", "--quiet", "--out", "noted")
        file = self.read("noted")
        notes = json.loads(file[8:8 + int.from_bytes(file[:8], "little")])["__metadata__"]
        self.assertEqual(notes["command"],
                         "cnnlab train --lesson inception --data mnist --batch 16 --lr 0.01 --momentum 0.5 "
                         "--weight-decay 0 --schedule constant --augment --seed 1 --epochs 2")
        self.assertEqual((notes["lesson"], notes["epochs"], notes["test_total"]), ("inception", "2", "100"))

    def test_the_number_of_threads_changes_no_bit(self):
        for threads in (1, 3):
            self.output(*TRAIN, "--quiet", "--threads", threads, "--out", f"threads{threads}")
        self.assertEqual(self.read("threads1"), self.read("threads3"))

    def test_more_steps_than_the_default_epochs_have(self):
        self.output("train", "--steps", "40", "--quiet", "--log", "forty.jsonl")  # 4 steps an epoch
        events = [json.loads(line) for line in self.read("forty.jsonl").splitlines()]
        self.assertEqual(events[-1]["epoch"], 10)


class StopAndGoOn(CommandLine):
    LONG = ("train", "--epochs", "8", "--batch", "8", "--log-every", "1", "--schedule", "cosine", "--augment")

    def stop(self, number, *arguments):
        """Starts a run and sends it a signal when it has trained ten steps."""
        run = self.start(*arguments)
        for _ in range(12):
            run.stdout.readline()
        run.send_signal(number)
        _, error = run.communicate(timeout=300)
        return error, run.returncode

    def test_resumed_bits_are_those_of_a_run_that_never_stopped(self):
        self.output(*self.LONG, "--quiet", "--out", "whole")
        error, status = self.stop(signal.SIGINT, *self.LONG, "--checkpoint", "run.ckpt", "--out", "parted")
        self.assertEqual(status, 130)
        self.assertRegex(error, r"\Acnnlab train: stopped after step \d+ of 256; saved\. To go on: "
                                r"cnnlab train --resume run\.ckpt --out parted\n\Z")
        self.assertFalse((self.folder / "parted").exists())
        step = int(re.search(r"step (\d+) of", error)[1])
        self.assertLess(step, 256)
        self.output("train", "--resume", "run.ckpt", "--out", "parted")
        self.assertEqual(self.read("whole"), self.read("parted"))

    def test_sigterm_without_a_checkpoint_keeps_the_weights(self):
        error, status = self.stop(signal.SIGTERM, *self.LONG, "--out", "so-far")
        self.assertEqual(status, 143)
        self.assertRegex(error, r"\Acnnlab train: stopped after step \d+ of 256; the weights so far are in so-far\. "
                                r"To go on from them: cnnlab train --init so-far\n\Z")
        self.assertIn("Test set", self.output("eval", "--weights", "so-far"))

    def test_nothing_asked_for_nothing_saved(self):
        before = sorted(path.name for path in self.folder.iterdir())
        error, status = self.stop(signal.SIGINT, *self.LONG)
        self.assertEqual(status, 130)
        self.assertRegex(error, r"; nothing was saved, as neither --checkpoint nor --out was given\n\Z")
        self.assertEqual(before, sorted(path.name for path in self.folder.iterdir()))

    def test_options_that_disagree_with_the_checkpoint(self):
        self.output(*TRAIN, "--quiet", "--checkpoint", "done.ckpt")
        self.assert_fails(2, "cnnlab train: the run in done.ckpt was started with --lr 0.01, but now it is to go on "
                             "with --lr 0.5: leave that out, or start a new run with --init done.ckpt",
                          "train", "--resume", "done.ckpt", "--lr", "0.5")
        self.assert_fails(2, "cnnlab train: the run in done.ckpt was started without --augment, but now it is to go on "
                             "with --augment: leave that out, or start a new run with --init done.ckpt",
                          "train", "--resume", "done.ckpt", "--augment")

    def test_a_finished_run_goes_on_with_more_epochs(self):
        self.output(*TRAIN, "--quiet", "--checkpoint", "two.ckpt")
        self.assertIn("The run in two.ckpt is finished already; more --epochs would go on with it\nTest set: ",
                      self.output("train", "--resume", "two.ckpt"))
        out = self.output("train", "--resume", "two.ckpt", "--epochs", "3", "--lr", "0.01", "--out", "three.resumed")
        self.assertIn("Train Epoch: 3 [128/256 (50%)]", out)
        self.output(*TRAIN, "--quiet", "--epochs", "3", "--out", "three")
        self.assertEqual(self.read("three"), self.read("three.resumed"))

    def test_a_damaged_checkpoint(self):
        self.output(*TRAIN, "--quiet", "--checkpoint", "cut.ckpt")
        (self.folder / "cut.ckpt").write_bytes(self.read("cut.ckpt")[:-1000])
        done = self.cnnlab("train", "--resume", "cut.ckpt")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Acnnlab train: cut\.ckpt: .*\n\Z")
