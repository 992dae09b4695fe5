"""What can go wrong in the shop."""


class ShopError(Exception):
    """Anything the customer should be told."""


class NotFound(ShopError):
    """There is no such thing in the shop."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"there is no {kind} {key}")
        self.kind = kind
        self.key = key


class OutOfStock(ShopError):
    """Not enough copies are left."""

    def __init__(self, isbn: str, wanted: int, left: int) -> None:
        super().__init__(f"{wanted} copies of {isbn} wanted, {left} left")
        self.isbn = isbn
        self.wanted = wanted
        self.left = left
