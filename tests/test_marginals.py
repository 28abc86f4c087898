import pytest

from skgen import marginals


@pytest.mark.parametrize("name", marginals.__all__)
def test_public_names_are_documented(name):
    assert getattr(marginals, name).__doc__.strip()
