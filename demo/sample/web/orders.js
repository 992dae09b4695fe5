// The orders' page: asks the server for a customer's orders and shows them.

const table = document.querySelector("#orders");

async function loadOrders(email) {
  const response = await fetch(`/api/orders?customer=${email}`);
  if (!response.ok) {
    showError(`orders: ${response.status}`);
    return [];
  }
  const orders = await response.json();
  return orders;
}

function showOrders(orders) {
  table.replaceChildren();
  for (const order of orders) {
    const item = document.createElement("li");
    item.textContent = `${order.number}, ${order.total}`;
    item.addEventListener("click", () => payOrder(order));
    table.append(item);
  }
}

async function payOrder(order) {
  const response = await fetch(`/api/orders/${order.number}/pay`, { method: "POST" });
  if (!response.ok) {
    showError(`order ${order.number}: ${response.status}`);
  }
}
