# SPDX-License-Identifier: MIT
"""What ShopWeb 2 answers: an order has lines, and a price is an amount of cents in a currency."""

import datetime
import html


def _money(cents, currency):
    return {"amount": f"{cents // 100}.{cents % 100:02}", "currency": currency}


def products(db):
    rows = db.execute("SELECT id, name, price_cents, currency FROM products ORDER BY id")
    return [{"id": number, "name": name, "price": _money(cents, currency)} for number, name, cents, currency in rows]


def _lines(db, number, currency):
    rows = db.execute(
        "SELECT p.name, l.quantity, l.amount_cents FROM order_lines l JOIN products p ON p.id = l.product_id"
        " WHERE l.order_id = ? ORDER BY l.line",
        (number,),
    )
    return [{"product": name, "quantity": quantity, "amount": _money(cents, currency)} for name, quantity, cents in rows]


def order(db, number):
    row = db.execute(
        "SELECT o.id, c.name, o.ordered_on, o.total_cents, o.currency FROM orders o"
        " JOIN customers c ON c.id = o.customer_id WHERE o.id = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    number, customer, day, cents, currency = row
    return {
        "id": number,
        "customer": customer,
        "ordered_on": day,
        "lines": _lines(db, number, currency),
        "total": _money(cents, currency),
    }


def take_order(db, customer, product, quantity):
    if quantity < 1:
        raise ValueError("the quantity is not positive")
    price = db.execute("SELECT price_cents, currency FROM products WHERE id = ?", (product,)).fetchone()
    if price is None:
        raise ValueError(f"there is no product {product}")
    cents, currency = price
    number = db.execute(
        "INSERT INTO orders (customer_id, ordered_on, total_cents, currency) VALUES (?, ?, ?, ?)",
        (customer, datetime.date.today().isoformat(), cents * quantity, currency),
    ).lastrowid
    db.execute("INSERT INTO order_lines VALUES (?, 1, ?, ?, ?)", (number, product, quantity, cents * quantity))
    return number


def page(db, version):
    rows = "".join(
        f"<tr><td>{html.escape(p['name'])}<td>{p['price']['amount']} {p['price']['currency']}\n" for p in products(db)
    )
    orders = db.execute("SELECT count(*) FROM orders").fetchone()[0]
    return (
        f"<!DOCTYPE html>\n<title>Shop {version}</title>\n<h1>Shop</h1>\n"
        f"<table>\n<tr><th>Product<th>Price\n{rows}</table>\n<p>{orders} orders so far.</p>\n"
    )
