from datetime import date
from decimal import Decimal

import pytest

from bookshop.errors import NotFound, OutOfStock, ShopError
from bookshop.models import Book, Customer
from bookshop.orders import pay_order, place_order
from bookshop.store import Store


@pytest.fixture
def store() -> Store:
    store = Store()
    store.add_book(Book(isbn="1", title="Middlemarch", author="George Eliot", price=Decimal("12.50"), copies=3))
    store.add_book(Book(isbn="2", title="Effi Briest", author="Theodor Fontane", price=Decimal("9.90"), copies=1))
    store.add_customer(Customer(email="ada@example.org", name="Ada", joined=date(2024, 5, 1)))
    return store


def test_placing_an_order_takes_the_copies(store: Store) -> None:
    order = place_order(store, 1, "ada@example.org", {"1": 2})
    assert order.total == Decimal("25.00")
    assert store.get_book("1").copies == 1


def test_too_many_copies(store: Store) -> None:
    with pytest.raises(OutOfStock):
        place_order(store, 1, "ada@example.org", {"2": 2})


def test_unknown_customers(store: Store) -> None:
    with pytest.raises(NotFound):
        place_order(store, 1, "bob@example.org", {"1": 1})


def test_paying_gives_points(store: Store) -> None:
    order = place_order(store, 1, "ada@example.org", {"1": 2})
    pay_order(order)
    assert order.customer.points == 50
