"""The race: several networks on the same batches, what it prints and logs, and that it is each network's own run."""
import json
import re
import signal

import test_terminal
from support import CommandLine

NETS = "plain8:width=4,residual8:width=4,inception"
NAMES = NETS.split(",")
RACE = ("race", "--lessons", NETS, "--epochs", "1", "--batch", "16", "--log-every", "8")  # 16 steps an epoch
SPEEDS = ("images_per_second", "train_seconds", "net")


class Race(CommandLine):
    def events(self, name):
        return [json.loads(line) for line in self.read(name).splitlines()]

    def numbers(self, events):
        return [{key: value for key, value in event.items() if key not in SPEEDS} for event in events]

    def test_lines_and_table(self):
        lines = self.output(*RACE).splitlines()
        self.assertEqual(lines[0], "Racing 3 networks on MNIST: 256 images, tested on 100")
        self.assertRegex(lines[1], r"^Batches of 16, learning rate 0\.01, momentum 0\.5, seed 1; .+, \d+ threads?$")
        for line, name in zip(lines[2:5], NAMES):
            self.assertRegex(line, rf"^{name} +epoch 1  128/256 \(50%\)  loss \d\.\d{{4}}  [\d,]+ images/s$")
        for line, name in zip(lines[8:11], NAMES):
            self.assertRegex(line, rf"^{name} +epoch 1  training loss \d\.\d{{4}}, test loss \d\.\d{{4}}, "
                                   r"\d+/100 right \(\d+\.\d\d%\)$")
        self.assertRegex(lines[11], r"^network +accuracy +test loss +training loss +parameters +multiply-adds +images/s "
                                    r"+ms to read one$")
        rows = [line.split() for line in lines[12:15]]
        self.assertEqual(sorted(row[0] for row in rows), sorted(NAMES))
        accuracies = [float(row[1].rstrip("%")) for row in rows]
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))
        self.assertEqual({row[0]: row[4] for row in rows}["inception"], "97,298")

    def test_every_network_gets_the_numbers_of_its_own_run_with_any_threads(self):
        for threads in (1, 2):
            self.output(*RACE, "--quiet", "--threads", threads, "--log-norms", "16", "--log", f"race{threads}.jsonl")
        events = self.events("race1.jsonl")
        self.assertEqual([(e["net"], self.numbers([e])) for e in events],
                         [(e["net"], self.numbers([e])) for e in self.events("race2.jsonl")])
        self.assertEqual(list(events[0])[:2], ["event", "net"])
        for net, lesson, options in ((NAMES[1], "residual", ("--set", "depth=8", "width=4")), ("inception",) * 2 + ((),)):
            self.output("train", "--lesson", lesson, *options, *RACE[3:], "--quiet", "--log-norms", "16",
                        "--log", "alone.jsonl")
            self.assertEqual(self.numbers(self.events("alone.jsonl")),
                             self.numbers([e for e in events if e["net"] == net]))

    def test_a_network_that_drops_out(self):
        done = self.cnnlab("race", "--lessons", "inception,plain8:width=4", "--lr", "1e8", "--epochs", "1", "--log",
                           "out.jsonl")
        self.assertIn("inception       dropped out: training: the loss is ", done.stdout)
        out = [e for e in self.events("out.jsonl") if e["event"] == "drop_out"]
        self.assertEqual(out[0]["net"], "inception")
        self.assertEqual(done.returncode, 1 if len(out) == 2 else 0)

    def test_ctrl_c(self):
        run = self.start("race", "--lessons", NETS, "--epochs", "50", "--batch", "8", "--log-every", "1")
        for _ in range(8):
            run.stdout.readline()
        run.send_signal(signal.SIGINT)
        out, error = run.communicate(timeout=300)
        self.assertEqual(run.returncode, 130)
        self.assertRegex(out, r"(?m)^network ")
        self.assertRegex(error, r"\Acnnlab race: stopped at step \d+ of 1600; the same command gives the same numbers "
                                r"again\n\Z")

    def test_wrong_usage(self):
        for lessons, why in (("plane20", 'there is no network "plane20" to race; there are: '),
                             ("plain20,plain20", "plain20 is the same network as plain20: name each once"),
                             ("plain20:width=5", "lesson degradation: width must be 4 to 16 in steps of 4, got 5")):
            done = self.cnnlab("race", "--lessons", lessons)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith(f"cnnlab race: --lessons: {why}"), done.stderr)
        self.assertEqual(self.cnnlab("race").returncode, 2)
        self.assert_fails(1, "cnnlab race: lesson inception reads 28x28 images with 1 channel, but CIFAR-10 has 32x32 "
                             "images with 3 channels: choose other --data",
                          "race", "--lessons", "plain8,inception", "--data", "cifar10")


class LiveRace(CommandLine):
    watch = test_terminal.Terminal.watch

    def test_one_live_line_for_each(self):
        screen, status = self.watch("race", "--lessons", NETS, "--epochs", "2", "--batch", "4", columns=100)
        self.assertEqual(status, 0)
        for line, name in zip(screen.lines[2:5], NAMES):
            self.assertRegex(line, rf"^{name} +\[█+ *\] +100%  loss \d\.\d{{4}}  test \d+\.\d\d%  [\d,]+ images/s$")
        self.assertTrue(screen.lines[5].startswith("network "), screen.lines)
        self.assertGreater(sum(line.startswith("inception") for line in screen.drawn), 2)
