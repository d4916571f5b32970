"""What a person sees: the program runs on a pseudo-terminal, and a small emulator keeps the screen."""
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

from support import PROGRAM, CommandLine


class Screen:
    """A terminal that knows carriage return, line feed, "erase to the end of the line" and "up", and nothing else."""

    def __init__(self, columns):
        self.columns, self.lines, self.row, self.column, self.drawn = columns, [""], 0, 0, []

    def feed(self, text):
        for token in re.findall(r"\x1b\[K|\x1b\[\d+A|\r?\n|\r|[^\x1b\r\n]+|\x1b", text):
            if token == "\r":
                self.drawn.append(self.lines[self.row])
                self.column = 0
            elif token.endswith("\n"):
                self.row += 1
                self.lines += [""] * (self.row == len(self.lines))
                self.column = 0
            elif token == "\x1b[K":
                self.lines[self.row] = self.lines[self.row][:self.column]
            elif token.endswith("A"):
                self.row -= int(token[2:-1])
                assert self.row >= 0, "above the first line"
            else:
                assert token != "\x1b", "a control sequence that this terminal does not know"
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[:self.column] + token + line[self.column + len(token):]
                self.column += len(token)


class Terminal(CommandLine):
    TRAIN = ("train", "--epochs", "2", "--batch", "2")  # 128 steps an epoch: long enough to redraw

    def watch(self, *arguments, columns=80, stop_at=None, **environment):
        """Runs on a terminal; sends Ctrl-C when `stop_at` is seen. Returns the screen and the exit status."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        run = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.folder, stdin=follower, stdout=follower,
                               stderr=follower, env=self.environment(**environment), start_new_session=True)
        os.close(follower)
        text, stopped = b"", False
        while True:
            try:
                text += os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if stop_at and not stopped and stop_at in text:
                run.send_signal(signal.SIGINT)
                stopped = True
        os.close(leader)
        screen = Screen(columns)
        screen.feed(text.decode())
        return screen, run.wait(timeout=60)

    def bars(self, screen):
        found = [line for line in screen.drawn if line.startswith("Epoch")]
        self.assertTrue(found)
        for bar in found:
            self.assertLess(len(bar), screen.columns)  # a full line would wrap
        return found

    def test_a_bar_with_loss_speed_and_time_left(self):
        screen, status = self.watch(*self.TRAIN)
        self.assertEqual(status, 0)
        for bar in self.bars(screen):
            self.assertRegex(bar, r"^Epoch [12]/2 \[[█▏▎▍▌▋▊▉ ]+\] +\d+%  loss \d\.\d{4}  "
                                  r"(\d[\d,]* images/s  \d+:\d\d left|testing on 100 images)$")
        self.assertEqual(len(screen.lines), 7, screen.lines)
        for line in (screen.lines[2], screen.lines[4]):
            self.assertRegex(line, r"^Epoch [12]: training loss \d\.\d{4} in \d+:\d\d, [\d,]+ images/s$")
        for line in (screen.lines[3], screen.lines[5]):
            self.assertRegex(line, r"^Test set: Average loss: \d+\.\d{4}, Accuracy: \d+/100 \(\d+%\)$")
        self.assertEqual(screen.lines[6], "")

    def test_a_narrow_terminal(self):
        screen, status = self.watch(*self.TRAIN, columns=40)
        self.assertEqual(status, 0)
        self.assertTrue(any("loss" in bar for bar in self.bars(screen)))

    def test_a_terminal_without_unicode(self):
        screen, _ = self.watch(*self.TRAIN, LC_ALL="C")
        self.assertTrue(any(re.search(r"\[#+ *\]", bar) for bar in self.bars(screen)))

    def test_a_dumb_terminal_gets_plain_lines(self):
        screen, _ = self.watch(*self.TRAIN, TERM="dumb")
        self.assertTrue(any(line.startswith("Train Epoch: 1 [100/256 (39%)]") for line in screen.lines), screen.lines)

    def test_ctrl_c(self):
        screen, status = self.watch("train", "--epochs", "50", "--batch", "2", "--checkpoint", "c.ckpt",
                                    stop_at=b"left", columns=120)
        self.assertEqual(status, 130)
        self.assertRegex(screen.lines[-2], r"^cnnlab train: stopped after step \d+ of 6400; saved\. To go on: "
                                           r"cnnlab train --resume c\.ckpt$")
