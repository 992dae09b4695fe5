"""Keeps what the shop has, in memory."""

from bookshop.errors import NotFound
from bookshop.models import Book, Customer, Order


class Store:
    def __init__(self) -> None:
        self._books: dict[str, Book] = {}
        self._customers: dict[str, Customer] = {}
        self._orders: dict[int, Order] = {}

    def add_book(self, book: Book) -> None:
        self._books[book.isbn] = book

    def get_book(self, isbn: str) -> Book:
        book = self._books.get(isbn)
        if book is None:
            raise NotFound("book", isbn)
        return book

    def add_customer(self, customer: Customer) -> None:
        self._customers[customer.email] = customer

    def get_customer(self, email: str) -> Customer:
        customer = self._customers.get(email)
        if customer is None:
            raise NotFound("customer", email)
        return customer

    def add_order(self, order: Order) -> None:
        self._orders[order.number] = order

    def books(self) -> list[Book]:
        return sorted(self._books.values(), key=lambda book: book.title)

    def customers(self) -> list[Customer]:
        return sorted(self._customers.values(), key=lambda customer: customer.name)
