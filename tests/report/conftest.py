import numpy as np
import pytest

from skgen.datasets import make_customers
from skgen.report import compare

#: would be run by a browser if it were not escaped
HOSTILE = "<script>document.title = 'broken'</script>"


def customers(n, seed):
    X, y = make_customers(n, random_state=seed)
    return X.assign(churned=y).rename(columns={"visits": HOSTILE})


@pytest.fixture(scope="session")
def tables():
    """Training rows, unseen rows, and rows in place of synthetic ones."""
    return [customers(80, seed) for seed in range(3)]


@pytest.fixture(scope="session")
def report(tables):
    real, holdout, other = tables
    return compare(real, other, holdout=holdout, target="churned", random_state=0)


@pytest.fixture(scope="session")
def report_of_two(tables):
    columns = ["plan", "months", "monthly_fee", HOSTILE]
    real, other = tables[0][columns], tables[2][columns]
    copies = real.sample(80, replace=True, random_state=np.random.RandomState(0))
    return compare(real, {"new & fine": other, "copies": copies}, random_state=0)
