from skgen.generators._mixture_start import search_sizes


def test_search_doubles_and_then_halves_the_gaps():
    curve = {size: (size - 11) ** 2 for size in range(1, 40)}
    for best, largest in ((11, 39), (5, 5), (1, 1)):
        bics = {}
        for size in search_sizes(bics, largest):
            assert size not in bics
            bics[size] = curve[size]
        found = min(bics, key=bics.get)
        assert abs(found - best) <= best / 4
        assert max(bics) <= largest
