"""What ``import skgen`` needs, and what it must not need."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version

import pytest

import skgen

OPTIONAL = ("pandas", "polars", "pyarrow", "matplotlib", "rich")

BLOCK = f"""
import sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {OPTIONAL!r}:
            raise ImportError(f"{{name}} is blocked")

sys.meta_path.insert(0, Block())
"""

FIT = """
import numpy as np
import skgen

X = np.random.default_rng(0).normal(size=(40, 2))
y = np.repeat([0, 1], [30, 10])
print(skgen.AutoregressiveGenerator(random_state=0).fit(X).sample(5).shape)
print(skgen.GenerativeOverSampler(random_state=0).fit_resample(X, y)[0].shape)
"""

LOADED = f"""
import sys

for module in ("imblearn", "skgen"):
    __import__(module)
    print(*(name for name in {OPTIONAL!r} if name in sys.modules))
"""


def run(code):
    """What a new interpreter prints that runs `code`."""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_block_blocks():
    for name in OPTIONAL:
        with pytest.raises(AssertionError, match=f"{name} is blocked"):
            run(BLOCK + f"import {name}")


def test_arrays_need_no_optional_package():
    assert run(BLOCK + FIT).split("\n")[:2] == ["(5, 2)", "(60, 2)"]


def test_import_loads_no_optional_package_of_its_own():
    before, after = run(LOADED).splitlines()
    assert after == before


def test_version_is_that_of_the_distribution():
    try:
        installed = version("skgen-tabular")
    except PackageNotFoundError:
        pytest.skip("skgen is on the path, but not installed")
    assert skgen.__version__ == installed


def test_public_names_exist():
    assert len(set(skgen.__all__)) == len(skgen.__all__)
    for name in set(skgen.__all__) - {"__version__"}:
        assert getattr(skgen, name).__name__ == name
