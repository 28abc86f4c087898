"""Measure the code that one must read to follow a call.

Protocol. Each call runs once under ``sys.setprofile``, after a warm-up. Counted are the
deepest stack, the files entered and the functions called, of skgen only. Decorators and
generator functions count; comprehensions and lambdas do not.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris

import skgen
from benchmarks._report import format_table, write_result
from skgen.datasets import make_customers

PACKAGE = str(Path(skgen.__file__).parent)
INLINE = {"<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>", "<module>"}


class Profile:
    """Record the deepest stack, the files and the functions of skgen in a call."""

    def __init__(self):
        self.frames = 0
        self.files = set()
        self.functions = set()
        self.deepest = ()

    def __call__(self, frame, event, argument):
        if event != "call" or not self._counts(frame):
            return
        self.files.add(frame.f_code.co_filename)
        self.functions.add((frame.f_code.co_filename, frame.f_code.co_qualname))
        stack = []
        while frame is not None:
            if self._counts(frame):
                stack.append(frame.f_code.co_qualname)
            frame = frame.f_back
        if len(stack) > self.frames:
            self.frames, self.deepest = len(stack), tuple(reversed(stack))

    @staticmethod
    def _counts(frame):
        code = frame.f_code
        return code.co_filename.startswith(PACKAGE) and code.co_name not in INLINE


def measure(function):
    """Return the profile of the second of two calls."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function()
        profile = Profile()
        sys.setprofile(profile)
        try:
            function()
        finally:
            sys.setprofile(None)
    return profile


def calls():
    """Return the calls to follow, by name, and their argument."""
    X, y = make_customers(300, weights=[0.8, 0.2], random_state=0)
    iris = load_iris().data
    fitted = skgen.AutoregressiveGenerator(random_state=0).fit(X)
    hidden = np.where(np.random.default_rng(0).random(iris.shape) < 0.2, np.nan, iris)
    return {
        "AutoregressiveGenerator.fit": skgen.AutoregressiveGenerator(
            random_state=0
        ).fit,
        "AutoregressiveGenerator.sample": lambda _: fitted.sample(10),
        "sample(given=range)": lambda _: fitted.sample(10, given={"months": (5, 9)}),
        "GenerativeOverSampler.fit_resample": lambda X: skgen.GenerativeOverSampler(
            random_state=0
        ).fit_resample(X, y),
        "GenerativeMasker.fit_transform": lambda X: skgen.GenerativeMasker(
            ["months"], random_state=0
        ).fit_transform(X),
        "GenerativeImputer.fit_transform": lambda _: skgen.GenerativeImputer(
            random_state=0
        ).fit_transform(hidden),
        "GaussianMixtureGenerator.fit": skgen.GaussianMixtureGenerator(
            2, random_state=0
        ).fit,
    }, X


def add_arguments(parser):
    """Declare the options of the command line."""
    parser.add_argument(
        "--show", action="store_true", help="also print the stacks and files"
    )


def main(arguments):
    """Print the numbers of frames, files and functions, and write the record."""
    functions, X = calls()
    rows = []
    for name, function in functions.items():
        found = measure(lambda function=function: function(X))
        rows.append(
            {
                "call": name,
                "frames": found.frames,
                "files": len(found.files),
                "functions": len(found.functions),
            }
        )
        if arguments.show:
            files = sorted(path.removeprefix(PACKAGE)[1:] for path in found.files)
            print(name, *found.deepest, sep="\n  ")
            print("  files:", *files)
    print(format_table(rows))
    write_result("depth", {}, rows)
