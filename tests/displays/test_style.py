import matplotlib.pyplot as plt
import numpy as np
import pytest

from skgen.displays._style import COLORS, chosen, figure_text, grid_axes, words


def test_long_names_lose_their_middle():
    assert words("short") == "short"
    assert words("a\n  b") == "a b"
    assert words(7) == "7"
    long = words("income_of_all_persons_of_the_household_in_euros", 20)
    assert len(long) == 20
    assert long.startswith("income_of_")
    assert long.endswith("_euros")


def test_figures_have_three_decimals():
    assert figure_text(0.0251) == "0.025"
    assert figure_text(np.nan) == "?"


def test_colours_differ_in_brightness_from_both_pages():
    def brightness(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [
            p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        ]
        return np.dot(linear, [0.2126, 0.7152, 0.0722])

    for color in COLORS.values():
        assert 1.05 / (brightness(color) + 0.05) > 3
        assert (brightness(color) + 0.05) / 0.05 > 3


@pytest.mark.parametrize(("n", "shape"), [(1, (1, 1)), (3, (2, 2)), (7, (3, 3))])
def test_panels_of_a_new_figure(n, shape):
    figure, axes = grid_axes(None, n, n_columns=shape[1], size=(2, 1))
    assert len(axes) == n
    assert tuple(figure.get_size_inches()) == (2 * shape[1], shape[0])


def test_axes_outside_of_a_grid_cannot_be_divided():
    ax = plt.figure().add_axes([0, 0, 1, 1])
    with pytest.raises(ValueError, match="ax: axes that are divided"):
        grid_axes(ax, 2, n_columns=2, size=(1, 1))
    assert grid_axes(ax, 1, n_columns=2, size=(1, 1))[1][0] is ax


def test_chosen_columns():
    class Column:
        def __init__(self, name):
            self.name = name

    columns = [Column("a"), Column("b")]
    assert chosen(columns, None) == [0, 1]
    assert chosen(columns, ["b", 0]) == [1, 0]
    for wrong in ("c", 2, -1):
        with pytest.raises(ValueError, match=r"columns: .* is no column"):
            chosen(columns, [wrong])
