"""What the tests of several files use."""

import pytest

from skgen._table.cells import Facts
from skgen._table.containers.numpy_tables import read_array, write_array
from skgen._table.kinds import fit_kind


@pytest.fixture(scope="session")
def round_trip():
    """Codec of an array, its numbers, and the array written back."""

    def code(values, **options):
        cells = read_array(values, "a")
        codec = fit_kind(cells, Facts("a", **options))
        z = codec.encode(cells)
        nothing = values[cells.missing][0] if cells.missing.any() else None
        back = write_array(codec.decode(z, False), values.dtype, "a", nothing)
        return codec, z, back

    return code
