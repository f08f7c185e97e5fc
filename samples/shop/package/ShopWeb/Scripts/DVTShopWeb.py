#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Checks what a customer of ShopWeb would see: the new version, all products, the newest order."""

import contextlib
import json
import sys

import shop


def database_says():
    with contextlib.closing(shop.open_database(shop.DATABASE)) as db:
        schema = db.execute("PRAGMA user_version").fetchone()[0]
        newest = db.execute("SELECT max(id) FROM orders").fetchone()[0]
        return schema, shop.count_rows(db)["products"], newest


def ask(path):
    """The answer to GET path, which also goes into the log."""
    text = shop.get(path)
    print(f"GET {path}: {text}", end="")
    return json.loads(text)


def check():
    """What is wrong with the answers, as sentences."""
    schema, products, newest = database_says()
    version = shop.package_version()
    answer = ask("/version")
    if answer["version"] != version:
        yield f"ShopWeb is version {answer['version']}, not {version}"
    if answer["schema"] != schema:
        yield f"ShopWeb works on schema {answer['schema']}, the database has {schema}"
    if len(json.loads(shop.get("/products"))) != products:
        yield f"ShopWeb does not show the {products} products of the database"
    order = ask(f"/orders/{newest}")
    if order["id"] != newest:
        yield f"ShopWeb shows order {order['id']} for {newest}"
    if f"<title>Shop {version}</title>" not in shop.get("/"):
        yield "the page of ShopWeb is not the new one"


def dvt():
    problems = list(check())
    if problems:
        sys.exit("\n".join(problems))
    print(f"ShopWeb {shop.package_version()} answers on port {shop.PORT}")


shop.run(dvt)
