#!/usr/bin/env python3
"""Tests the real program from outside. The last line is `N passed, N failed`.

usage: run.py [WORD…]     only tests whose name contains a word; $CNNLAB is the program (else build/cnnlab)
"""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent


def tests_of(suite):
    for test in suite:
        yield from tests_of(test) if isinstance(test, unittest.TestSuite) else [test]


def main():
    words = sys.argv[1:]
    found = tests_of(unittest.defaultTestLoader.discover(str(HERE)))
    chosen = unittest.TestSuite(t for t in found if not words or any(word in t.id() for word in words))
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(chosen)
    failed = len(result.failures) + len(result.errors)
    print(f"{max(result.testsRun - failed, 0)} passed, {failed} failed")
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
