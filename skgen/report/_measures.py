"""The measures of a report: what each tells in plain words, and what counts as good."""

from typing import NamedTuple

GROUPS = {
    "fidelity": "Do synthetic rows look like real ones?",
    "utility": "Is a model trained on them as good as one trained on real rows?",
    "privacy": "Do synthetic rows give the rows away that they were learned from?",
}


class Measure(NamedTuple):
    """A line of the summary.

    Verdicts look at the excess: by how much a table is worse than other real rows in
    its place. Less than `fair` is good, less than `poor` is fair.
    """

    key: str
    group: str  # of GROUPS
    title: str
    sentence: str  # what it tells
    ideal: float
    better: str  # "lower" or "higher"
    fair: float
    poor: float
    advice: str  # what to do where it is not good
    # whether it is an excess over unseen rows by itself: its ideal is no more than that
    calibrated: bool = False

    def loss(self, value):
        """How far a value is on the wrong side of the ideal; 0 on the right one."""
        off = value - self.ideal if self.better == "lower" else self.ideal - value
        return max(off, 0.0)


#: All thresholds of all verdicts. Figures of a table are compared with those of other
#: real rows, so that they mean the same in easy and in difficult tables.
MEASURES = (
    Measure(
        "detection",
        "fidelity",
        "Detection",
        "How well gradient boosting tells synthetic rows from real ones (ROC AUC): .5 "
        "is guessing, 1 is every time.",
        0.5,
        "lower",
        0.05,
        0.15,
        "See which columns it goes by in the table of columns, and try a model that "
        "fits these better.",
    ),
    Measure(
        "marginal_error",
        "fidelity",
        "Single columns",
        "How far the shares of values in a column are from the real ones, on average "
        "over columns: 0 is equal, 1 is nothing in common.",
        0.0,
        "lower",
        0.02,
        0.05,
        "Look at the plots of the worst columns: values may be cut off, rounded or "
        "missing.",
    ),
    Measure(
        "pairwise_error",
        "fidelity",
        "Pairs of columns",
        "How far the relations of two columns are from the real ones, on average over "
        "pairs: 0 is equal, 1 is nothing in common.",
        0.0,
        "lower",
        0.02,
        0.06,
        "Look at the plot of pairs: the model may be too simple for these columns.",
    ),
    Measure(
        "precision",
        "fidelity",
        "Rows in place",
        "Share of synthetic rows that lie where real rows are (precision).",
        1.0,
        "higher",
        0.05,
        0.15,
        "Some rows are combinations that no real row comes near to: try a model that "
        "relates more columns.",
    ),
    Measure(
        "coverage",
        "fidelity",
        "Variety",
        "Share of real rows that have a synthetic row in their neighbourhood "
        "(coverage); about .97 if nothing is lost.",
        1.0,
        "higher",
        0.05,
        0.15,
        "Some kinds of real rows are lost: try more rows, or a model that varies more.",
    ),
    Measure(
        "utility",
        "utility",
        "Training",
        "Score on unseen real rows of gradient boosting trained on synthetic rows (ROC "
        "AUC, or R² where the target is a number).",
        1.0,
        "higher",
        0.02,
        0.05,
        "The relation of the target to other columns is lost in part: train on real "
        "rows where you can, or try another model.",
    ),
    Measure(
        "copy_rate",
        "privacy",
        "Copies",
        "Share of synthetic rows that equal a training row in every cell.",
        0.0,
        "lower",
        0.005,
        0.05,
        "Do not hand these rows out. Use a model that repeats no training row.",
    ),
    Measure(
        "nearest_record_share",
        "privacy",
        "Nearest rows",
        "Share of synthetic rows that are nearer to training rows than to as many "
        "unseen ones: .5 is neither.",
        0.5,
        "lower",
        0.03,
        0.1,
        "The rows keep close to those they were learned from: use a smoother model, or "
        "more training rows.",
    ),
    Measure(
        "membership",
        "privacy",
        "Membership",
        "How well an attacker tells from the synthetic rows who was among the training "
        "rows (ROC AUC): .5 is guessing, 1 is every time.",
        0.5,
        "lower",
        0.02,
        0.1,
        "Who was in the training rows can be found out: use a smoother model, or do "
        "not hand these rows out.",
    ),
    Measure(
        "attribute_inference",
        "privacy",
        "Guessing cells",
        "Share of people whose cell in some column is guessed from their other cells, "
        "beyond what is guessed of people who were not among the training rows: the "
        "column with the largest risk.",
        0.0,
        "lower",
        0.05,
        0.2,
        "Cells of training rows can be guessed: name these columns as sensitive, and "
        "see whether the risk is in one that matters.",
        calibrated=True,
    ),
    Measure(
        "singling_out",
        "privacy",
        "Singling out",
        "Share of guesses that a property of a synthetic row holds for just one "
        "training row, beyond that of unseen rows.",
        0.0,
        "lower",
        0.05,
        0.2,
        "Single people can be pointed at: blur rare values and extremes before the "
        "generator learns them.",
        calibrated=True,
    ),
    Measure(
        "linkability",
        "privacy",
        "Linking",
        "Share of people two halves of whose cells are put together by way of a "
        "synthetic row, beyond that of people who were not among the training rows.",
        0.0,
        "lower",
        0.05,
        0.2,
        "Knowledge about training rows from two sources can be joined: use a smoother "
        "model.",
        calibrated=True,
    ),
)
BY_KEY = {measure.key: measure for measure in MEASURES}
