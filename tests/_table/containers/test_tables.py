"""What takes any container needs the library of none."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_arrays_need_no_dataframe_library():
    code = """if True:
        import sys
        sys.modules.update(dict.fromkeys(["pandas", "polars", "pyarrow"]))
        from skgen.table import TableCodec
        codec = TableCodec().fit([[1, "a"]])
        print(codec.decode(codec.encode([[1, "a"]])))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[[1 'a']]"
