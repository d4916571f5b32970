"""The race: several networks on the same batches, what it prints and logs, and that it is each network's own run."""
import json
import re
import signal

import test_terminal
from support import CommandLine

NETS = "plain8:width=4,residual8:width=4,inception"
NAMES = NETS.split(",")
RACE = ("race", "--lessons", NETS, "--epochs", "1", "--batch", "16", "--log-every", "8")  # 16 steps an epoch
SPEEDS = ("images_per_second", "train_seconds", "train_images_per_second", "seconds_per_image")


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
        self.assertRegex(lines[11], r"^network +accuracy +test loss +train loss +parameters +multiply-adds +images/s "
                                    r"+ms/image +MB$")
        rows = [line.split() for line in lines[12:15]]
        self.assertEqual(sorted(row[0] for row in rows), sorted(NAMES))
        accuracies = [float(row[1].rstrip("%")) for row in rows]
        self.assertEqual(accuracies, sorted(accuracies, reverse=True))
        self.assertEqual({row[0]: row[4] for row in rows}["inception"], "97,298")
        self.assertEqual(lines[15:], ["", "ms/image: to read one. MB: of tensors while it trains, at most at once."])

    def test_a_long_name_has_a_line_of_its_own(self):
        long = "dense10:growth_rate=4:bottleneck=0:compression=30"
        lines = self.output("race", "--lessons", f"plain8:width=4,{long}", "--steps", "1").splitlines()
        table = lines[next(i for i, line in enumerate(lines) if line.startswith("network ")):]
        self.assertLessEqual(max(map(len, table)), 120)
        row = table[table.index(long) + 1]
        self.assertRegex(row, r"^ {10,}\d+\.\d\d% ")

    def test_the_log_tells_what_was_raced_and_how_fast_it_was(self):
        self.output(*RACE, "--quiet", "--threads", 2, "--log-norms", "16", "--data-dir", self.folder / "data" / "mnist",
                    "--log", "told.jsonl")
        start, *events = self.events("told.jsonl")
        about = {key: start[key] for key in start if key not in ("simd", "nets")}
        self.assertEqual(about, {
            "event": "race",
            "command": f"cnnlab race --lessons {NETS} --data mnist --batch 16 --lr 0.01 --momentum 0.5 --weight-decay 0 "
                       "--schedule constant --seed 1 --data-dir DIR --epochs 1 --log-every 8 --log-norms 16 --log FILE",
            "data": "mnist", "train_images": 256, "test_images": 100, "batch": 16, "seed": 1, "threads": 2})
        self.assertNotIn(str(self.folder), self.read("told.jsonl").decode())
        info = self.output("info")
        self.assertIn(start["simd"], info)
        first, second, third = start["nets"]
        self.assertEqual([net["net"] for net in start["nets"]], NAMES)
        self.assertEqual((second["lesson"], second["options"]), ("residual", {"depth": 8, "shortcut": 1, "width": 4}))
        self.assertEqual((second["title_en"], second["title_ko"]), ("ResNet-8 (width 4)",) * 2)
        summary = json.loads(self.output("summary", "--lesson", "residual", "--set", "depth=8", "width=4", "--json"))
        for cost in ("parameters", "multiply_adds"):
            self.assertEqual(second[cost], summary[cost])
        for net in start["nets"]:  # weights, gradients and momentum at the least
            self.assertGreater(net["memory"], 3 * 4 * net["parameters"])
        self.assertGreater(third["memory"], first["memory"])
        ends = events[-3:]
        self.assertEqual([(end["event"], end["net"]) for end in ends], [("finish", name) for name in NAMES])
        for end in ends:
            self.assertGreater(end["train_images_per_second"], 0)
            self.assertGreater(end["seconds_per_image"], 0)

    def test_the_logged_command_gives_the_log_again(self):
        self.output(*RACE, "--quiet", "--weight-decay", "1e-4", "--schedule", "cosine", "--log", "once.jsonl")
        first, *once = self.events("once.jsonl")
        self.assertTrue(first["command"].startswith("cnnlab race ") and first["command"].endswith(" --log FILE"))
        self.output(*first["command"].replace("FILE", "again.jsonl").split()[1:], "--quiet")
        second, *again = self.events("again.jsonl")
        self.assertEqual(second, first)
        self.assertEqual(self.numbers(again), self.numbers(once))

    def test_every_network_gets_the_numbers_of_its_own_run_with_any_threads(self):
        for threads in (1, 2):
            self.output(*RACE, "--quiet", "--threads", threads, "--log-norms", "16", "--log", f"race{threads}.jsonl")
        events = self.events("race1.jsonl")[1:]
        self.assertEqual([(e["net"], self.numbers([e])) for e in events],
                         [(e["net"], self.numbers([e])) for e in self.events("race2.jsonl")[1:]])
        self.assertEqual(list(events[0])[:2], ["event", "net"])
        for net, lesson, options in ((NAMES[1], "residual", ("--set", "depth=8", "width=4")), ("inception",) * 2 + ((),)):
            self.output("train", "--lesson", lesson, *options, *RACE[3:], "--quiet", "--log-norms", "16",
                        "--log", "alone.jsonl")
            alone = [{**event, "net": net} for event in self.numbers(self.events("alone.jsonl"))]
            self.assertEqual(alone, self.numbers([e for e in events if e["net"] == net and e["event"] != "finish"]))

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
