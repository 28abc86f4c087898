"""Searches run on a dataframe."""

import pytest

from skgen.rules._search.table import SearchTable
from skgen.table import TableCodec


@pytest.fixture
def search():
    """Words of the rules that searches find in a dataframe, one after the other."""

    def run(X, *searches):
        codec = TableCodec(identifiers="learn").fit(X)
        table = SearchTable(codec.values(codec.encode(X)))
        for find in searches:
            find(table)
        return [str(found.rule) for found in table.found]

    return run
