# SPDX-License-Identifier: MIT
"""The figures of ShopReport 1."""

COLUMNS = ("day", "orders", "items", "revenue")


def sales(db):
    return db.execute(
        "SELECT ordered_on, count(*), sum(quantity), printf('%.2f', sum(total)) FROM orders GROUP BY ordered_on ORDER BY ordered_on"
    ).fetchall()
