"""The README promises nothing that does not run."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import skgen

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)
EXAMPLES = [text for language, text in BLOCKS if language == "python"]
COMMANDS = [text for _, text in BLOCKS if text.startswith("python -m pip ")]


def run(example):
    names = {}
    exec(compile(example, "README.md", "exec"), names)
    return names


@pytest.mark.slow
def test_pipeline_example():
    names = run(EXAMPLES[0])
    search, grid = names["search"], names["grid"]
    assert search.best_params_.keys() == grid.keys()
    assert len(search.cv_results_["mean_test_score"]) == 6
    # The sampler must have been at work, and must be skipped at prediction.
    assert len(search.predict(names["X"])) == 1000
    scores = search.cv_results_["mean_test_score"]
    assert scores.min() > 2 * names["y"].mean()
    assert scores.max() > scores.min()


@pytest.mark.slow
def test_generator_example():
    names = run(EXAMPLES[1])
    assert names["generator"].sample(3).columns.equals(names["X"].columns)


def test_schema_example(capsys):
    generator = run(EXAMPLES[2])["generator"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        ["dose", "continuous"],
        ["price", "continuous"],
        ["zip", "integer"],
        ["patient_id", "identifier"],
    ]
    assert "$#,##0.00" in lines[1]
    assert generator.schema == {"zip": "categorical"}


def test_rules_example(capsys):
    names = run(EXAMPLES[3])
    assert "total = net + tax" in capsys.readouterr().out
    drawn = [names["rows"], names["generator"].sample(3, given={"total": 50.0})]
    for rows in drawn:
        for rule in names["declared"]:
            assert rule.holds(rows).all()
    assert (drawn[1]["total"] == 50).all()


@pytest.mark.slow
def test_masking_and_imputing_example():
    names = run(EXAMPLES[4])
    X, masked, steps = names["X"], names["masked"], names["steps"]
    changed = (masked != X) & ~(masked.isna() & X.isna())
    assert set(X.columns[changed.any()]) == {"income", "country"}
    new = X[:5]
    filled = steps.transform(new)
    assert not filled.isna().any().any()
    assert ((filled == new) | new.isna()).all().all()


@pytest.mark.slow
def test_judging_example(capsys):
    names = run(EXAMPLES[5])
    assert "Copies" in capsys.readouterr().out
    assert len(names["report"].to_frame()) > 5


@pytest.mark.slow
def test_search_example():
    search = run(EXAMPLES[6])["search"]
    leaf = search.best_params_["conditional__min_samples_leaf"]
    detected = search.cv_results_["mean_test_detection"]
    assert leaf == [2, 20][np.argmax(detected)]
    assert np.ptp(search.cv_results_["mean_test_privacy"]) > 0


def test_no_example_is_left_out():
    assert len(EXAMPLES) == 7


def test_two_commands_of_one_line_each():
    assert len(COMMANDS) == 2
    for command in COMMANDS:
        assert command.count("\n") == 1
        assert "://" not in command
    demo, tests = COMMANDS
    assert demo.endswith(" && python -m skgen demo\n")
    assert tests.endswith(" && python -m pytest -n auto\n")


def test_ci_runs_what_the_readme_says():
    # .ci/run takes the lines by this pattern, in this order.
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -E '(.*?)' README\.md", script)[1]
    lines = [line for line in README.splitlines() if re.search(pattern, line)]
    assert [f"{line}\n" for line in lines] == COMMANDS
    steps = [line for line in script.splitlines() if line.startswith("step ")]
    assert steps[:2] == ['step "$demo"', 'step "$tests"']
    assert steps[2].endswith(' -m pytest -n auto -m slow"')


def test_extras_of_the_commands_exist():
    with open(ROOT / "pyproject.toml", "rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    for command in COMMANDS:
        for name in re.search(r"\[(.*?)\]", command)[1].split(","):
            assert name in extras


@pytest.mark.parametrize("name", sorted({*skgen.__all__} - {"__version__"}))
def test_public_names_are_listed(name):
    assert f"| `{name}` |" in README
