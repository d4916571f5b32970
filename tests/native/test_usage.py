"""Help, wrong usage, and everything that can be missing or broken: exit status and words."""
import json
import shutil
import struct
import subprocess

from support import PROGRAM, CommandLine, write_data

COMMANDS = ["train", "race", "eval", "predict", "step", "summary", "lessons", "info", "bench"]


class Help(CommandLine):
    def test_without_arguments_it_gives_an_overview(self):
        overview = self.output()
        self.assertEqual(overview, self.output("--help"))
        for command in COMMANDS:
            self.assertIn(f"\n  {command} ", overview)

    def test_version(self):
        self.assertRegex(self.output("--version"), r"^cnnlab \d+\.\d+\.\d+\n$")

    def test_every_command_has_help_with_examples_within_eighty_columns(self):
        for command in COMMANDS:
            text = self.output(command, "--help")
            self.assertTrue(text.startswith(f"cnnlab {command} "), text)
            self.assertIn(f"\n  cnnlab {command}", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 80, text)


class Usage(CommandLine):
    def test_a_misspelt_command(self):
        self.assert_fails(2, 'cnnlab: there is no command "trian"; did you mean train? (cnnlab --help lists all)',
                          "trian")

    def test_a_misspelt_option(self):
        self.assert_fails(2, "cnnlab train: there is no option --epoch; did you mean --epochs? "
                             "(cnnlab train --help lists all)", "train", "--epoch", "3")

    def test_an_option_like_no_other(self):
        self.assert_fails(2, "cnnlab train: there is no option --quantum-teleport; cnnlab train --help lists all",
                          "train", "--quantum-teleport")

    def test_a_stray_word(self):
        self.assert_fails(2, 'cnnlab train: "mnist" is not expected here; cnnlab train --help tells what is',
                          "train", "mnist")

    def test_numbers(self):
        for option, value, rule in (("--epochs", "0", "a whole number from 1 to 1,000,000"),
                                    ("--steps", "-1", "a whole number of at least 0"),
                                    ("--batch", "many", "a whole number from 1 to 65,536"),
                                    ("--lr", "nan", "a number of at least 0")):
            self.assert_fails(2, f'cnnlab train: {option} needs {rule}, got "{value}"', "train", option, value)
        self.assert_fails(2, "cnnlab train: --seed needs a value", "train", "--seed")

    def test_names(self):
        self.assert_fails(2, 'cnnlab train: --data needs one of mnist, fashion, cifar10, got "imagenet"',
                          "train", "--data", "imagenet")
        self.assert_fails(2, "cnnlab train: --set depth=3: lesson inception has no options",
                          "train", "--lesson", "inception", "--set", "depth=3")

    def test_an_image_that_does_not_exist(self):
        self.assert_fails(2, "cnnlab step: --index 100: there are 100 test images, 0 to 99", "step", "--index", "100")

    def test_options_that_do_not_go_together(self):
        self.assert_fails(2, "cnnlab train: --init starts a new run and --resume goes on with an old one: leave one of "
                             "them out", "train", "--init", "a", "--resume", "b")
        self.assert_fails(2, "cnnlab train: --steps 0 only writes initial weights: name a file with --out FILE",
                          "train", "--steps", "0")
        self.assert_fails(2, "cnnlab train: --log-norms writes into the log: name it with --log FILE",
                          "train", "--log-norms", "10")


class Trouble(CommandLine):
    def test_cuda_without_a_card(self):
        if "cuda:0: " in self.output("info"):
            self.skipTest("there is a graphics card")
        reasons = ("this cnnlab was built without CUDA: leave out --device cuda, and the processor does it",
                   "cuda: there is no NVIDIA driver on this machine; leave out --device cuda, and the processor does it",
                   "cuda: there is a driver, but no NVIDIA graphics card")
        for arguments in (("train",), ("train", "--tf32"), ("train", "--gpus", "2"), ("eval",), ("predict", "digit.png"), ("bench",)):
            done = self.cnnlab(*arguments, "--device", "cuda")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(done.stderr, [f"cnnlab {arguments[0]}: {reason}\n" for reason in reasons])

    def test_cuda_without_its_library(self):
        if "(built without it)" in self.output("info"):
            self.skipTest("built without CUDA")
        alone = self.folder / "alone" / "cnnlab"  # without libcnnlab_cuda.so beside it
        alone.parent.mkdir()
        shutil.copy(PROGRAM, alone)
        done = subprocess.run([alone, "train", "--device", "cuda"], env=self.environment(), capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"^cnnlab train: cuda: a library is missing: [^\n]*libcnnlab_cuda\.so[^\n]*; install CUDA "
                                      r"and cuDNN 9, or leave out --device cuda\n$")
        info = subprocess.run([alone, "info"], env=self.environment(), capture_output=True, text=True)
        self.assertIn("cuda: a library is missing: ", info.stdout)
        self.assertEqual(info.returncode, 0)

    def test_devices_that_are_none(self):
        for device in ("gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x"):
            self.assert_fails(2, f'cnnlab train: --device needs cpu, cuda or cuda:N, got "{device}"', "train",
                              "--device", device)
        self.assert_fails(2, "cnnlab bench: --peer compares on the processor: leave out --device cuda", "bench", "--peer",
                          "--device", "cuda")
        self.assert_fails(2, "cnnlab train: --gpus is for graphics cards: give --device cuda too", "train", "--gpus", "2")
        self.assert_fails(2, "cnnlab train: --tf32 is for graphics cards: give --device cuda too", "train", "--tf32")

    def test_missing_data(self):
        folder = self.folder / "data" / "fashion"
        self.assert_fails(1, f"cnnlab train: no Fashion-MNIST in {folder}: ./lab train --data fashion fetches it, or "
                             "name its folder with --data-dir DIR", "train", "--data", "fashion")

    def test_data_of_another_size(self):
        self.assert_fails(1, "cnnlab train: lesson inception reads 28x28 images with 1 channel, but CIFAR-10 has 32x32 "
                             "images with 3 channels: choose other --data", "train", "--data", "cifar10")

    def test_digits_in_the_place_of_clothes(self):
        self.assert_fails(2, "cnnlab train: --redraw draws digits, which Fashion-MNIST has none of", "train", "--data",
                          "fashion", "--augment", "--redraw", "0.5")
        folder = self.folder / "wrong-size"
        write_data(folder, train=10, test=10)
        images = folder / "t10k-images-idx3-ubyte"
        images.write_bytes(images.read_bytes()[:12] + struct.pack(">I", 14) + images.read_bytes()[16:16 + 10 * 28 * 14])
        self.assert_fails(1, f"cnnlab train: {folder}: Fashion-MNIST has 28x28 images with 1 channel, but these are "
                             "28x14 images with 1 channel", "train", "--data", "fashion", "--data-dir", folder)

    def test_broken_data(self):
        folder = self.folder / "broken"
        write_data(folder, train=10, test=10)
        labels = folder / "train-labels-idx1-ubyte"
        labels.write_bytes(labels.read_bytes()[:-3])
        done = self.cnnlab("train", "--data-dir", folder)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Acnnlab train: .*train-labels-idx1-ubyte.*10.*\n\Z")

    def test_outputs_that_cannot_be_written_are_found_before_training(self):
        for option in ("--out", "--checkpoint"):
            self.assert_fails(1, "cnnlab train: nowhere/x: cannot be written (No such file or directory)",
                              "train", option, "nowhere/x")
            self.assert_fails(1, "cnnlab train: data: it is not a file, so nothing can be saved there",
                              "train", option, "data")
        self.assert_fails(1, "cnnlab train: nowhere/x: the log cannot be written", "train", "--log", "nowhere/x")

    def test_missing_weights(self):
        self.assert_fails(1, "cnnlab eval: cannot read 'none.safetensors': No such file or directory",
                          "eval", "--weights", "none.safetensors")

    def test_weights_that_are_none(self):
        (self.folder / "noise.safetensors").write_bytes(b"this is no safetensors file at all")
        done = self.cnnlab("eval", "--weights", "noise.safetensors")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Acnnlab eval: noise\.safetensors: .*\n\Z")

    def rewrite(self, name, change):
        """Writes initial weights whose header is changed."""
        self.output("train", "--steps", "0", "--out", "initial.safetensors")
        file = self.read("initial.safetensors")
        length = struct.unpack("<Q", file[:8])[0]
        header = json.loads(file[8:8 + length])
        change(header)
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        (self.folder / name).write_bytes(struct.pack("<Q", len(text)) + text + file[8 + length:])

    def test_weights_of_another_lesson(self):
        self.rewrite("other.safetensors", lambda header: header["__metadata__"].update(lesson="residual"))
        self.assert_fails(1, "cnnlab eval: other.safetensors: it holds weights of residual, not of inception",
                          "eval", "--lesson", "inception", "--weights", "other.safetensors")

    def test_weights_that_lack_one(self):
        def rename(header):
            header["fc.bogus"] = header.pop("fc.bias")
        self.rewrite("lacking.safetensors", rename)
        done = self.cnnlab("eval", "--weights", "lacking.safetensors")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertRegex(done.stderr, r"\Acnnlab eval: lacking\.safetensors: .*fc\.b.*\n\Z")

    def test_a_weights_file_is_no_checkpoint(self):
        self.output("train", "--steps", "0", "--out", "initial.safetensors")
        self.assert_fails(1, "cnnlab train: initial.safetensors: this is a weights file, not a checkpoint: it does not "
                             "say where a run stood (load it with --init instead)",
                          "train", "--resume", "initial.safetensors")

    def test_pictures(self):
        self.output("train", "--steps", "0", "--out", "initial.safetensors")
        predict = ("predict", "--weights", "initial.safetensors")
        self.assert_fails(2, "cnnlab predict: IMAGE is required (cnnlab predict --help shows examples)", *predict)
        self.assert_fails(1, "cnnlab predict: cannot read 'none.png': No such file or directory", *predict, "none.png")
        (self.folder / "text.png").write_text("no picture")
        self.assert_fails(1, "cnnlab predict: text.png: this is no picture that can be read here (PNG, JPEG, BMP, GIF, "
                             "PGM): unknown image type", *predict, "text.png")
        (self.folder / "blank.pgm").write_bytes(b"P5 30 20 255\n" + b"\xff" * 600)
        self.assert_fails(1, "cnnlab predict: blank.pgm: nothing is drawn there: all of its 30x20 pixels are alike",
                          *predict, "blank.pgm")
