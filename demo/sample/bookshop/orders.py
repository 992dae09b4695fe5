"""Placing and paying orders."""

import logging
from datetime import date

from bookshop.errors import OutOfStock, ShopError
from bookshop.models import Order, OrderLine
from bookshop.store import Store

logger = logging.getLogger(__name__)

POINTS_PER_EURO = 2


def place_order(store: Store, number: int, email: str, wanted: dict[str, int]) -> Order:
    """Reserve the copies and write the order down."""
    customer = store.get_customer(email)
    order = Order(number=number, customer=customer, placed=date.today())
    for isbn, quantity in wanted.items():
        book = store.get_book(isbn)
        if book.copies < quantity:
            logger.warning("order %s: not enough copies of %s", number, isbn)
            raise OutOfStock(isbn, quantity, book.copies)
        book.copies -= quantity
        order.lines.append(OrderLine(book=book, quantity=quantity))
    store.add_order(order)
    logger.info("order %s placed by %s", order.number, customer.email)
    return order


def pay_order(order: Order) -> None:
    """Mark the order as paid and give the customer points."""
    if order.paid:
        logger.warning("order %s: paid already", order.number)
        raise ShopError(f"order {order.number} is paid already")
    order.paid = True
    order.customer.points += int(order.total) * POINTS_PER_EURO
    logger.info("order %s paid by %s", order.number, order.customer.email)
