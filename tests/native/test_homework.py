"""./lab homework, on files as learners leave them: what it prints, and that nothing ends it without a sentence."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from support import ROOT

ANSWERS = ROOT / "tests" / "homework" / "answers"
PASSED, FAILED = "  ✓ ", "  ✗ "


class Homework(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="cnnlab-test-")
        cls.folder = pathlib.Path(cls.scratch.name)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def lab(self, *arguments, **environment):
        return subprocess.run([ROOT / "lab", "homework", *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=600, env={**os.environ, "LC_ALL": "C.UTF-8", **environment})

    def check(self, name, source, **environment):
        """Checks a source text as homework NAME: the lines between the first and the last, and the exit status."""
        file = self.folder / f"{name}.hpp"
        file.write_text(source, encoding="utf-8")
        done = self.lab(name, file.name, **environment)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], f"{name} ({file})", done.stderr)
        right, wrong = (name, "none") if done.returncode == 0 else ("none", name)
        self.assertEqual(lines[-1], f"right: {right}; not yet: {wrong}")
        return lines[1:-1], done.returncode

    def assert_fault(self, sentence, name, source, **environment):
        """The only fault, word by word; {file} stands for the learner's file."""
        lines, status = self.check(name, source, **environment)
        faults = [line for line in lines if not line.startswith(PASSED)]
        self.assertEqual((faults, status), ([FAILED + sentence.format(file=self.folder / f"{name}.hpp")], 1))

    def answer(self, name, *edits):
        source = (ANSWERS / f"{name}.hpp").read_text(encoding="utf-8")
        for old, new in edits:
            self.assertIn(old, source)
            source = source.replace(old, new)
        return source

    def skeleton(self, name):
        """As it is in the repository: a learner's own file may be better by now."""
        shown = subprocess.run(["git", "show", f"HEAD:lessons/homework/{name}.hpp"], cwd=ROOT, capture_output=True,
                               text=True, check=False)
        if shown.returncode != 0:
            self.skipTest("this tree is no git repository")
        return shown.stdout

    def test_skeletons_get_sentences_that_help(self):
        self.assert_fault('DeeperNet has no part "conv2": declare it by add("conv2", …), and let it give '
                          "(2, 20, 8, 8)", "deeper", self.skeleton("deeper"))
        self.assert_fault("BasicBlock(16, 16, 1): forward computes nothing yet, it gives back what it got: begin with "
                          "relu(bn1(conv1(x)))", "residual", self.skeleton("residual"))
        lines, status = self.check("dense", self.skeleton("dense"))
        self.assertEqual((lines, status), ([
            FAILED + "DenseLayer(16, 12): forward computes nothing yet, it gives back what it got: begin with "
            "relu(norm(x))",
            FAILED + "Transition(40, 20): forward computes nothing yet, it gives back what it got: normalise, apply "
            "ReLU, convolve 1×1, then halve the maps by avg_pool2d"], 1))

    def test_right_answers_pass(self):
        for name, checks in (("deeper", 4), ("residual", 11), ("dense", 13)):
            lines, status = self.check(name, self.answer(name))
            self.assertEqual((len(lines), status), (checks, 0), lines)
            self.assertTrue(all(line.startswith(PASSED) for line in lines), lines)

    def test_all_three_in_turn(self):
        done = self.lab()
        places = [f"{name} (lessons/homework/{name}.hpp)" for name in ("deeper", "residual", "dense")]
        self.assertEqual([line for line in done.stdout.splitlines() if line in places], places)
        self.assertRegex(done.stdout.splitlines()[-1], "^right: .*; not yet: ")
        self.assertEqual(done.returncode, 0 if done.stdout.endswith("not yet: none\n") else 1)

    def test_a_mistake_is_named_with_the_line_of_the_file(self):
        source = self.answer("residual", ("{.channels = out, .stride = stride}", "{.channels = out}"))
        line = 1 + source[:source.index("cnnlab::add")].count("\n")
        self.assert_fault(
            f"BasicBlock(16, 32, 2): add cannot run ({{file}}:{line}): add: the shapes must be equal: (2, 32, 4, 4) and "
            "(2, 32, 8, 8): what goes round the layers needs their channels and their stride too, by zero_pad_shortcut "
            "or by a 1×1 convolution and BatchNorm", "residual", source)

    def test_what_does_not_compile(self):
        source = self.answer("deeper", ("incept3(relu(conv3(x)))", "incept3(relu(conf3(x)))"))
        line = 1 + source[:source.index("conf3")].count("\n")
        lines, status = self.check("deeper", source)
        self.assertEqual(status, 1)
        self.assertRegex(lines[0], rf"^{FAILED}it does not compile \(.*/deeper\.hpp:{line}\): .*conf3.*$")
        self.assertRegex(lines[-1], r"^    \(the whole output: build/logs/homework-deeper\.log\)$")
        self.assertLessEqual(len(lines), 4)

    def test_an_error_inside_the_library_is_told_by_the_learners_line(self):
        source = self.answer("deeper", ('add("fc", nn::Linear({.in = 1408, .out = 10}))', 'add("fc", 1408)'))
        line = 1 + source[:source.index('add("fc", 1408)')].count("\n")
        lines, status = self.check("deeper", source)
        self.assertEqual(status, 1)
        self.assertRegex(lines[0], rf"^{FAILED}it does not compile \(.*/deeper\.hpp:{line}\): ")

    def test_a_name_that_the_checks_need(self):
        lines, status = self.check("deeper", self.answer("deeper", ("DeeperNet", "DeepNet")))
        self.assertEqual(status, 1)
        self.assertRegex(lines[0], f"^{FAILED}it does not compile: .*DeeperNet.* is not a member of ")

    def test_code_that_throws(self):
        what = "DeeperNet"
        for statement, sentence in (
                ('throw std::runtime_error("no idea");', "forward throws: no idea"),
                ("throw 7;", "forward throws: something was thrown that is no std::exception"),
                ("x = Variable(Tensor::zeros({1 << 20, 1 << 20}));",
                 "forward throws: there is not enough memory: is a size far too large, or does a list grow without end?")):
            with self.subTest(statement):
                self.assert_fault(f"{what}: {sentence}", "deeper", self.answer("deeper", (
                    "    return log_softmax", f"    {statement}\n    return log_softmax")))

    def test_code_that_never_comes_back(self):
        first = "DeeperNet: every stage has its shape, from (2, 10, 24, 24) to (2, 10): "
        for statement, sentence in (
                ("for (volatile int i = 0; i < 1;) i = 0;", "no answer after 2 seconds: is there a loop that never ends?"),
                ("std::exit(0);", "the code ended the program, as exit() does, instead of going on")):
            with self.subTest(statement):
                self.assert_fault(first + sentence, "deeper", self.answer("deeper", (
                    "    return log_softmax", f"    {statement}\n    return log_softmax")), CNNLAB_HOMEWORK_SECONDS="2")

    def test_code_that_crashes(self):
        first = re.escape(f"{FAILED}DeeperNet: every stage has its shape, from (2, 10, 24, 24) to (2, 10): ")
        for statement, sentence in (
                ("x = (*this)(x);", r"forward calls itself without end, in what is called at .*/deeper\.hpp:\d+: a module "
                                    "may call its parts, but not itself"),
                ("x = *static_cast<Variable*>(nullptr);", r"the program crashed \(SIG.*\), in what is called at .*:\d+: .*")):
            with self.subTest(statement):
                lines, status = self.check("deeper", self.answer("deeper", (
                    "    x = incept1", f"    {statement}\n    x = incept1")))
                self.assertEqual((len(lines), status), (1, 1), lines)
                self.assertRegex(lines[0], f"^{first}{sentence}$")

    def test_wrong_usage(self):
        for arguments, message in ((["wider"], "there is no homework wider; there are: deeper residual dense"),
                                   (["dense", "nowhere.hpp"], "there is no file nowhere.hpp"),
                                   (["dense", "a", "b"], "homework takes a name and a file: b")):
            done = self.lab(*arguments)
            self.assertEqual((done.stdout, done.stderr, done.returncode), ("", f"lab: {message}\n", 2))


if __name__ == "__main__":
    unittest.main()
