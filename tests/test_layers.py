"""Imports point down: what each layer may know, read from the source itself."""

import ast
import sys
from pathlib import Path

import pytest

import skgen

PACKAGE = Path(skgen.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# Layer of a file or folder of the package, and the layers each may import from.
LAYERS = {
    "_version": "formulas",
    "_math": "formulas",
    "marginals": "formulas",
    "_table": "table",
    "table": "table",
    "rules": "rules",
    "_plan": "rules",
    "_description": "rules",
    "_utils": "utilities",
    "_discriminators": "utilities",
    "base": "base",
    "conditionals": "models",
    "generators": "models",
    "metrics": "judges",
    "displays": "judges",
    "report": "judges",
    "compose": "wrappers",
    "imputation": "wrappers",
    "masking": "wrappers",
    "resampling": "wrappers",
    "distributed": "wrappers",
    "datasets": "datasets",
    "estimator_checks": "top",
    "persistence": "top",
    "__init__": "top",
    "__main__": "top",
    "_cli": "top",
}
BELOW = {
    "formulas": {"formulas"},
    "table": {"formulas", "table"},
    "utilities": {"formulas", "table", "utilities"},
    "rules": {"formulas", "table", "utilities", "rules"},
    "base": {"formulas", "table", "utilities", "rules", "base"},
    "models": {"formulas", "table", "utilities", "rules", "base", "models"},
    "judges": {"formulas", "table", "utilities", "rules", "judges"},
    "wrappers": {"formulas", "table", "utilities", "rules", "base", "wrappers"},
    "datasets": {"table", "utilities", "base"},
    "top": set(LAYERS.values()),
}
# What a wrapper uses for `generator=None`: the one model it may name.
DEFAULT_MODEL = {"AutoregressiveGenerator", "ChainedGenerator", "TreeConditional"}
DATAFRAMES = {"narwhals", "pandas", "polars", "pyarrow"}
MAY_KNOW_DATAFRAMES = {
    "_table/containers/arrays.py": {"narwhals"},
    "_table/containers/native.py": {"narwhals"},
    "_table/containers/pandas_tables.py": {"narwhals", "pandas"},
    "_table/containers/polars_tables.py": {"narwhals", "polars"},
    "_table/containers/storage.py": {"pandas"},
    "_table/containers/tables.py": {"narwhals"},
    "_table/rows.py": DATAFRAMES,
    "_cli/files.py": {"pandas"},
}
REQUIRED = {"imblearn", "joblib", "narwhals", "numpy", "scipy", "sklearn"}
# It comes with scikit-learn, which needs it for the same purpose.
REQUIRED |= {"threadpoolctl"}
NOT_GLOBAL = {"default_rng", "Generator"}
# The public checks see to it that others leave the global state alone.
MAY_LOOK = {
    "estimator_checks/_interface.py": {"get_state", "RandomState"},
    # an instance, seeded for each use
    "_utils/random.py": {"RandomState"},
}


def part_of(module):
    """``skgen.generators._x`` -> ``generators``; ``skgen`` -> ``__init__``."""
    return [*module.split("."), "__init__"][1]


def imports_of(tree):
    """(module, names, at_top) of all imports but relative ones, which are refused."""
    at_top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, set(), id(node) in at_top
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = {alias.name for alias in node.names}
            if node.module == "skgen" and names & LAYERS.keys():
                for name in names:
                    yield f"skgen.{name}", set(), id(node) in at_top
            else:
                yield node.module, names, id(node) in at_top


def relative_violations(file, tree):
    """Complaints about relative imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            yield f"{file}:{node.lineno} has a relative import"


def private_violations(file, module, names):
    """Complaints about private names of another package."""
    own = ".".join(["skgen", *Path(file).parts[:-1]])
    for name in names:
        private = name.startswith("_") and not name.startswith("__")
        if private and module.rpartition(".")[0] != own:
            yield f"{file} imports the private {name} of {module}"


def own_violations(file, module, names):
    """Complaint about an import from the package itself, if any."""
    source = LAYERS[part_of("skgen." + file.removesuffix(".py").replace("/", "."))]
    target = LAYERS[part_of(module)]
    default = source == "wrappers" and target == "models"
    if default and names and names <= DEFAULT_MODEL:
        return
    if target not in BELOW[source]:
        yield f"{file} ({source}) imports {module} ({target})"


def foreign_violations(file, module, at_top):
    """Complaints about an import from elsewhere."""
    root = module.split(".")[0]
    if root in DATAFRAMES - MAY_KNOW_DATAFRAMES.get(file, set()):
        yield f"{file} knows dataframes: {module}"
    if root in sys.stdlib_module_names:
        return
    if at_top and root not in REQUIRED:
        yield f"{file} needs {module}, which is optional"
    known = root in {"numpy", "scipy"} or module.startswith("sklearn.utils")
    if file.startswith("_math/") and not known:
        yield f"{file} (formulas) imports {module}"


def random_violations(file, tree):
    """Complaints about uses of numpy's global random state."""
    allowed = NOT_GLOBAL | MAY_LOOK.get(file, set())
    for node in ast.walk(tree):
        names = set()
        if isinstance(node, ast.Attribute):
            if ast.unparse(node.value) in ("np.random", "numpy.random"):
                names = {node.attr}
        elif isinstance(node, ast.ImportFrom) and node.module == "numpy.random":
            names = {alias.name for alias in node.names}
        for name in names - allowed:
            yield f"{file}:{node.lineno} uses numpy.random.{name}"


def violations(file, source):
    """All complaints about `source`, the text of `file` (relative to the package)."""
    tree = ast.parse(source)
    found = [*random_violations(file, tree), *relative_violations(file, tree)]
    for module, names, at_top in imports_of(tree):
        if module.split(".")[0] == "skgen":
            found += own_violations(file, module, names)
            found += private_violations(file, module, names)
        else:
            found += foreign_violations(file, module, at_top)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_file_keeps_to_its_layer(path):
    file = path.relative_to(PACKAGE).as_posix()
    assert violations(file, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("_math/a.py", "from skgen.table import Column"),
        ("_math/a.py", "from ..table import Column"),
        ("_math/a.py", "from .. import table"),
        ("_math/a.py", "import sklearn.tree"),
        ("_math/a.py", "import joblib"),
        ("table.py", "from skgen.base import BaseGenerator"),
        ("table.py", "import narwhals as nw"),
        ("_table/cells.py", "from skgen.base import BaseGenerator"),
        ("_table/numbers.py", "import pandas as pd"),
        ("base/_generator.py", "from skgen.generators import IndependentGenerator"),
        (
            "base/_generator.py",
            "from .generators._independent import IndependentGenerator",
        ),
        ("base/_generator.py", "from skgen import AutoregressiveGenerator"),
        ("base/_generator.py", "import narwhals as nw"),
        ("base/_generator.py", "from skgen._utils.random import _OF_THREAD"),
        ("generators/_a.py", "from skgen.resampling import GenerativeOverSampler"),
        ("generators/_a.py", "def f():\n    import pandas as pd"),
        ("conditionals.py", "import polars.selectors"),
        ("resampling.py", "from skgen.generators import IndependentGenerator"),
        ("resampling.py", "import skgen.generators"),
        ("metrics/_a.py", "from skgen.generators import AutoregressiveGenerator"),
        ("metrics/_a.py", "from skgen.base import BaseGenerator"),
        ("displays.py", "import matplotlib.pyplot as plt"),
        ("datasets.py", "from skgen.resampling import GenerativeOverSampler"),
        ("_cli/files.py", "def f():\n    import polars"),
        ("base/_generator.py", "import numpy as np\nnp.random.seed(0)"),
        ("base/_generator.py", "import numpy as np\nx = np.random.mtrand._rand"),
        ("base/_generator.py", "import numpy\nx = numpy.random.normal(size=3)"),
        ("base/_generator.py", "from numpy.random import seed"),
    ],
)
def test_violation_is_seen(file, source):
    assert len(violations(file, source)) >= 1


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("_math/a.py", "from sklearn.utils import check_array\nimport scipy.special"),
        ("_math/a.py", "from skgen._math.b import f"),
        ("metrics/_a.py", "from skgen.metrics._b import _f"),
        ("_table/rows.py", "import narwhals as nw"),
        ("_table/numbers.py", "from skgen._math.columns.marginals import fit_ranks"),
        ("generators/_a.py", "from skgen.base import BaseGenerator"),
        ("generators/_a.py", "from skgen.conditionals import TreeConditional"),
        ("resampling.py", "from skgen.generators import AutoregressiveGenerator"),
        ("resampling.py", "from skgen.conditionals import TreeConditional"),
        ("displays.py", "def f():\n    import matplotlib.pyplot as plt"),
        ("base/_generator.py", "import numpy as np\nrng = np.random.default_rng(0)"),
        (
            "base/_generator.py",
            "import numpy as np\nx = np.random.default_rng(0).random()",
        ),
        ("base/_generator.py", '"""Never np.random.seed."""'),
    ],
)
def test_what_is_allowed_passes(file, source):
    assert violations(file, source) == []


def test_every_part_has_a_layer():
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert parts <= LAYERS.keys()
