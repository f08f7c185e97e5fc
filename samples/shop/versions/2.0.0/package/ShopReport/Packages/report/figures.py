# SPDX-License-Identifier: MIT
"""The figures of ShopReport 2: one row per day and currency, from cents."""

COLUMNS = ("day", "orders", "items", "revenue", "currency")


def sales(db):
    return db.execute(
        "SELECT o.ordered_on, count(DISTINCT o.id), sum(l.quantity),"
        " printf('%d.%02d', sum(l.amount_cents) / 100, sum(l.amount_cents) % 100), o.currency"
        " FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY o.ordered_on, o.currency ORDER BY o.ordered_on"
    ).fetchall()
