// The shop window: asks the server for books and shows them.

const list = document.querySelector("#books");
const cart = document.querySelector("#cart");

async function loadBooks() {
  const response = await fetch("/api/books");
  if (!response.ok) {
    showError(`books: ${response.status}`);
    return [];
  }
  const books = await response.json();
  return books;
}

function showBooks(books) {
  list.replaceChildren();
  for (const book of books) {
    const item = document.createElement("li");
    item.textContent = `${book.title}, ${book.author}`;
    item.addEventListener("click", () => addToCart(book));
    list.append(item);
  }
}

function addToCart(book) {
  const item = document.createElement("li");
  item.textContent = `${book.title}: ${book.price}`;
  cart.append(item);
}

function showError(message) {
  const box = document.querySelector("#error");
  box.textContent = message;
  box.hidden = false;
}

loadBooks().then(showBooks);
