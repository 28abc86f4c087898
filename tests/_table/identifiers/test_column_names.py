import re

import pytest

from skgen._table.identifiers.column_names import says_identifier, words_of

IDENTIFIERS = """Id, ID, id_2, CustomerId, customer_id, customerID, userid, CLIENTNUM,
PassengerId, uuid, RowNumber, patient_nbr, SEQN, iid, ID_index, Unnamed: 0, order no.,
Unnamed: 0.1, Order ID, #, №"""
OTHERS = """width, idle, paid, noise, humid, covid, solid, Madrid, android, void,
hybrid, grid, num_rooms, NumberOfChildren, total_number, price_index, zip_code,
PT08.S4(NO2), CO, income, Body Mass Index, Number of rooms, !"""


@pytest.mark.parametrize("name", [*re.split(r",\s", IDENTIFIERS), ("a", "id")])
def test_identifiers(name):
    assert says_identifier(name) == "yes"


@pytest.mark.parametrize(
    "name", ["S.No.", "No", "index", "serial", "locationCode", "phone_number"]
)
def test_words_that_may_name_a_quantity(name):
    assert says_identifier(name) == "perhaps"


@pytest.mark.parametrize(
    "name", [*re.split(r",\s", OTHERS), "", 3, None, 2.5, ("a", 1)]
)
def test_other_names(name):
    assert says_identifier(name) == ""


def test_words():
    assert words_of("CustomerID_old2") == ["customer", "id", "old"]
    assert words_of("straßeNr") == ["straße", "nr"]
