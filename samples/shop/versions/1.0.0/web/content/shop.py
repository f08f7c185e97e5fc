# SPDX-License-Identifier: MIT
"""What ShopWeb 1 answers: an order is for one product, and a price is a number."""

import datetime
import html


def products(db):
    rows = db.execute("SELECT id, name, price FROM products ORDER BY id")
    return [{"id": number, "name": name, "price": price} for number, name, price in rows]


def order(db, number):
    row = db.execute(
        "SELECT o.id, c.name, p.name, o.quantity, o.total, o.ordered_on FROM orders o"
        " JOIN customers c ON c.id = o.customer_id JOIN products p ON p.id = o.product_id WHERE o.id = ?",
        (number,),
    ).fetchone()
    return row and dict(zip(("id", "customer", "product", "quantity", "total", "ordered_on"), row))


def take_order(db, customer, product, quantity):
    if quantity < 1:
        raise ValueError("the quantity is not positive")
    done = db.execute(
        "INSERT INTO orders (customer_id, product_id, quantity, total, ordered_on)"
        " SELECT ?, id, ?, round(price * ?, 2), ? FROM products WHERE id = ?",
        (customer, quantity, quantity, datetime.date.today().isoformat(), product),
    )
    if done.rowcount != 1:
        raise ValueError(f"there is no product {product}")
    return done.lastrowid


def page(db, version):
    items = "".join(f"<li>{html.escape(p['name'])}: {p['price']:.2f}</li>\n" for p in products(db))
    orders = db.execute("SELECT count(*) FROM orders").fetchone()[0]
    return f"<!DOCTYPE html>\n<title>Shop {version}</title>\n<h1>Shop</h1>\n<ul>\n{items}</ul>\n<p>{orders} orders so far.</p>\n"
