"""The search finds every defect of the zoo, and none in the twins."""

from operator import attrgetter

import pytest

from tests.simulation.checks import assert_found, assert_nothing_found, assert_stock_order_passes
from tests.simulation.zoo import ZOO

each = pytest.mark.parametrize("specimen", ZOO, ids=attrgetter("name"))


def test_the_zoo_has_no_two_of_one_name():
    names = [specimen.name for specimen in ZOO]
    assert len(set(names)) == len(names) >= 28


@each
def test_stock_order_shows_no_defect(specimen):
    assert_stock_order_passes(specimen)


@each
def test_a_search_finds_the_defect_from_every_seed(specimen, record_property):
    assert_found(specimen, record_property)


@each
def test_a_search_finds_nothing_in_the_twin(specimen):
    assert_nothing_found(specimen)
