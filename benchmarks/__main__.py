"""Command line: ``python -m benchmarks NAME [options]``."""

import argparse
import importlib
import os
import sys

# Read by the numerical libraries when they are first imported, hence before any
# benchmark is: every figure is one of a single core.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

BENCHMARKS = {
    "generators": "fidelity, copies, utility, time and memory of every generator",
    "imbalance": "classifiers trained after skgen, SMOTE, its variants and baselines",
    "augment": "classifiers trained on a few rows and on rows added to them",
    "probabilities": "log-loss and Brier score of ResampledClassifier beside none",
    "rare_values": "regressors after rare values of y were filled, or weighted",
    "resampling_speed": "seconds and memory of over-sampling beside SMOTE",
    "wide": "fit and sample seconds as the number of columns grows",
    "scale": "time and memory as rows, columns and cores grow, up to a million rows",
    "records": "fidelity, utility, privacy beside the published figures",
    "frontier": "a plot of fidelity, privacy and time",
    "small": "likelihood, detection, attack and utility on 100 to 2,500 rows",
    "mixture": "GaussianMixtureGenerator beside scikit-learn's GaussianMixture",
    "imputation": "GenerativeImputer beside scikit-learn's imputers on hidden cells",
    "masking": "what GenerativeMasker costs in utility and what it gives away",
    "rules": "rows that break rules between columns, with and without rules",
    "found_rules": "a list of the rules that are found in all tables",
    "conditions": "rows drawn given values, ranges and sets: time and fidelity",
    "adult_report": "a page that puts synthetic tables of Adult side by side",
    "imports": "seconds to import skgen beside imbalanced-learn",
    "behaviour": "hashes of what seeded calls return, to compare two versions",
    "depth": "frames, files and functions of skgen that a call goes through",
    "house": "words to avoid, long files and functions, names of several things",
}


def main(argv=None):
    """Run the benchmark that the first argument names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    subparsers = parser.add_subparsers(dest="name", required=True, metavar="NAME")
    argv = sys.argv[1:] if argv is None else argv
    for name, summary in BENCHMARKS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        # Only the benchmark that is asked for is imported.
        if name in argv[:1]:
            module = importlib.import_module(f"benchmarks.{name}")
            module.add_arguments(subparser)
            subparser.set_defaults(main=module.main)
    arguments = parser.parse_args(argv)
    arguments.main(arguments)


if __name__ == "__main__":
    main()
