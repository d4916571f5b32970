"""The commands that show what a network is and does: eval, predict, step, summary, lessons, info, bench."""
import json
import struct

from support import CommandLine


def read_tensors(file):
    length = struct.unpack("<Q", file[:8])[0]
    header, data = json.loads(file[8:8 + length]), file[8 + length:]
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = entry["shape"], struct.unpack(f"<{(end - begin) // 4}f", data[begin:end])
    return tensors


class Show(CommandLine):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls("test_info").output("train", "--epochs", "15", "--batch", "8", "--lr", "0.02", "--momentum", "0.8",
                                "--quiet", "--out", "w.safetensors")

    def test_logits(self):
        line = self.output("eval", "--weights", "w.safetensors", "--logits", "l.safetensors")
        tensors = read_tensors(self.read("l.safetensors"))
        (shape, logits), (_, labels) = tensors["logits"], tensors["labels"]
        self.assertEqual((shape, len(labels)), ([100, 10], 100))
        rows = [logits[10 * i:10 * i + 10] for i in range(100)]
        correct = sum(row.index(max(row)) == label for row, label in zip(rows, labels))
        loss = -sum(row[int(label)] for row, label in zip(rows, labels)) / 100
        self.assertEqual(line, f"Test set: Average loss: {loss:.4f}, Accuracy: {correct}/100 ({correct}%)\n")

    def test_predict(self):
        for name, ink, paper in (("dark.pgm", 10, 250), ("light.pgm", 250, 10)):
            pixels = [ink if 30 <= x < 36 and 10 <= y < 80 else paper for y in range(90) for x in range(70)]
            (self.folder / name).write_bytes(b"P5 70 90 255\n" + bytes(pixels))
        out = self.output("predict", "--weights", "w.safetensors", "dark.pgm", "light.pgm")
        dark, light = (part.splitlines() for part in out.split("\n\n"))
        self.assertEqual(dark[1:], light[1:])  # ink is what differs from the paper
        self.assertEqual(len(dark), 11)
        shares = [float(line[3:].split(" %")[0]) for line in dark[1:]]
        self.assertAlmostEqual(sum(shares), 100, delta=0.6)
        answer = shares.index(max(shares))
        self.assertEqual(dark[0], f"dark.pgm: {answer}")
        self.assertTrue(dark[1 + answer].startswith(f"> {answer}"))

    def test_step_as_json(self):
        trace = json.loads(self.output("step", "--weights", "w.safetensors", "--index", "3", "--json"))
        self.assertEqual((trace["lesson"], trace["index"], trace["label"], trace["answer"]), ("inception", 3, 1, 1))
        forward = [step for step in trace["steps"] if step["phase"] == "forward"]
        backward = [step for step in trace["steps"] if step["phase"] == "backward"]
        self.assertEqual((len(forward), len(backward)), (28, 28))
        self.assertEqual([step["index"] for step in trace["steps"]], list(range(56)))
        first = forward[0]
        self.assertEqual((first["op"], first["path"], first["file"]),
                         ("conv2d", "conv1", "lessons/02_inception/model.hpp"))
        self.assertEqual((first["inputs"], first["output"]), ([[1, 1, 28, 28], [10, 1, 5, 5], [10]], [1, 10, 24, 24]))
        self.assertEqual((first["parameters"], first["multiply_adds"]), (260, 144000))
        self.assertIn("conv1(x)", first["code"])
        self.assertEqual((backward[0]["op"], backward[0]["gradient_norm"]), ("nll_loss", 1))
        self.assertEqual(backward[-1]["path"], "conv1")
        self.assertGreater(backward[-1]["parameter_gradient_norms"]["weight"], 0)

    def test_step_in_words(self):
        text = self.output("step", "--weights", "w.safetensors", "--index", "3")
        self.assertIn("Test image 3 of MNIST, label 1, through the trained network of lesson inception.", text)
        self.assertIn("x = incept1(x);", text)
        self.assertLess(text.index("FORWARD"), text.index("The answer is 1"))
        self.assertLess(text.index("The answer is 1"), text.index("BACKWARD"))

    def test_summary(self):
        summary = json.loads(self.output("summary", "--lesson", "inception", "--json"))
        self.assertEqual((summary["parameters"], summary["input"]), (97298, [1, 28, 28]))
        self.assertEqual(sum(layer["parameters"] for layer in summary["layers"]), 97298)
        self.assertEqual(sum(layer["multiply_adds"] for layer in summary["layers"]), summary["multiply_adds"])
        text = self.output("summary", "--lesson", "inception")
        self.assertRegex(text, r"\nincept1\.branch5x5_2 +conv2d +\(N, 24, 12, 12\) +9,624 +1,382,400\n")
        self.assertRegex(text, r"\ntotal +97,298 +6,019,200\n")
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_lessons(self):
        lessons = json.loads(self.output("lessons", "--json"))["lessons"]
        inception = next(lesson for lesson in lessons if lesson["id"] == "inception")
        self.assertEqual((inception["folder"], inception["title_en"]), ("lessons/02_inception", "Inception modules"))
        facts = inception["facts"]
        self.assertEqual(facts["conv5x5_mults"], {"value": 120422400, "decimals": 0})
        names = ("batch_size", "learning_rate", "momentum", "epochs", "steps_per_epoch", "train_images", "test_images")
        self.assertEqual([facts[name]["value"] for name in names], [64, 0.01, 0.5, 9, 938, 60000, 10000])
        self.assertRegex(self.output("lessons"), r"\ninception +lessons/02_inception +Inception modules ")

    def test_info(self):
        info = self.output("info")
        self.assertRegex(info, r"\nthreads +\d+ of \d+\n")
        self.assertIn(str(self.folder / "data" / "mnist"), info)

    def test_bench(self):
        bench = json.loads(self.output("bench", "--seconds", "0.1", "--json"))
        self.assertGreater(bench["peak_gflops_one_thread"], 1)
        self.assertGreater(bench["copy_gb_per_second_one_thread"], 0.1)
        for lesson in bench["lessons"]:
            for speed in lesson["speeds"]:
                for figure in ("train_images_per_second", "infer_images_per_second", "one_image_ms"):
                    self.assertGreater(speed[figure]["least"], 0)
                    self.assertLessEqual(speed[figure]["least"], speed[figure]["median"])
            summary = json.loads(self.output("summary", "--lesson", lesson["lesson"], "--json"))
            self.assertEqual(sum(op["forward_multiply_adds"] for op in lesson["ops"]), 64 * summary["multiply_adds"])
        table = self.output("bench", "--lesson", "inception", "--seconds", "0.1", "--instructions", bench["instructions"])
        self.assertIn("train images/s", table)
        self.assertIn(" GB/s on 1 thread", table)
