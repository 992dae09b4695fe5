"""Books, customers and orders."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass
class Book:
    isbn: str
    title: str
    author: str
    price: Decimal
    copies: int = 0

    @property
    def available(self) -> bool:
        return self.copies > 0


@dataclass
class Customer:
    email: str
    name: str
    joined: date
    points: int = 0


@dataclass
class OrderLine:
    book: Book
    quantity: int

    @property
    def total(self) -> Decimal:
        return self.book.price * self.quantity


@dataclass
class Order:
    number: int
    customer: Customer
    placed: date
    lines: list[OrderLine] = field(default_factory=list)
    paid: bool = False

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))
