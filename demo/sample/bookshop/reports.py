"""What the owner wants to know."""

import csv
from pathlib import Path

from bookshop.models import Book, Customer
from bookshop.store import Store


def low_stock(store: Store, limit: int = 3) -> list[Book]:
    return [book for book in store.books() if book.copies < limit]


def best_customers(store: Store, count: int = 10) -> list[Customer]:
    return sorted(store.customers(), key=lambda customer: customer.points, reverse=True)[:count]


def write_books(store: Store, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["isbn", "title", "author", "price", "copies"])
        for book in store.books():
            writer.writerow([book.isbn, book.title, book.author, book.price, book.copies])
