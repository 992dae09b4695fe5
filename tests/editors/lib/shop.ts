/** A small project to open, with a hole in the middle of one of its files. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PRICES = `"""What things cost."""

from decimal import Decimal

PRICES = {
    "apple": Decimal("0.45"),
    "bread": Decimal("2.90"),
    "coffee": Decimal("7.25"),
}
`;

const RECEIPT = `"""What the customer takes home."""

from cart import Cart


def receipt(cart: Cart) -> str:
    """One line for each item, and the total below."""
    lines = [f"{name:<12}{count:>4}" for name, count in cart.items.items()]
    return "\\n".join([*lines, f"{'total':<12}{cart.total():>7}"])
`;

const ABOVE = `"""What the customer wants to buy."""

from decimal import Decimal

from prices import PRICES


class Cart:
    """A cart, and how many of each thing are in it."""

    def __init__(self) -> None:
        self.items: dict[str, int] = {}

    def add(self, name: str, count: int = 1) -> None:
        """Put something into the cart."""
        self.items[name] = self.items.get(name, 0) + count

`;

const SIGNATURE = "    def total(self) -> Decimal:\n";

const BODY = `        """What everything in the cart costs together."""
        total = sum(PRICES[name] * count for name, count in self.items.items())
        return round(Decimal(total), 2)
`;

const BELOW = `
    def clear(self) -> None:
        """Put everything back."""
        self.items.clear()
`;

export const SHOP = {
  /** The file with the hole. */
  file: "cart.py",
  /** What is typed into the hole, and where: on this line, counted from 1. */
  typed: SIGNATURE.trim(),
  line: ABOVE.split("\n").length,
  /** What belongs into the hole after that. */
  ghost: BODY.trim(),
  /** The file with the hole filled. */
  whole: ABOVE + SIGNATURE + BODY + BELOW,
};

/** The project's files. */
export function shopFiles(): Record<string, string> {
  return { "prices.py": PRICES, "receipt.py": RECEIPT, [SHOP.file]: `${ABOVE}    \n${BELOW}` };
}

/** Writes the project into a new folder. */
export function writeShop(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(shopFiles())) writeFileSync(join(folder, name), text);
}

const GET_BOOK = `class Store:
    def get_book(self, isbn: str) -> Book:
        book = self._books.get(isbn)
        if book is None:
            raise NotFound("book", isbn)
        return book

    def get_customer(self, email: str) -> Customer:
        customer = self._customers.get(email)
        if customer is None:
            raise NotFound("customer", email)
        return customer

    def get_order(self, number: int) -> Order:
        order = self._orders.get(number)
        `;

/** Code that goes on like the code above it: what your own code alone can tell. */
export const FAMILIAR = {
  text: GET_BOOK,
  typed: "if order is None:",
  ghost: 'raise NotFound("order", number)',
  whole: `${GET_BOOK}if order is None:\n            raise NotFound("order", number)`,
};
