-- SPDX-License-Identifier: MIT
-- Money becomes whole cents in a currency (sums of floating point prices are off by a cent sooner or later), and an
-- order gets lines, so that it can hold more than one product. Runs in one transaction that the migrator opens and commits.

CREATE TABLE new_products (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
	currency TEXT NOT NULL CHECK (length(currency) = 3)
) STRICT;
INSERT INTO new_products SELECT id, name, CAST(round(price * 100) AS INTEGER), 'EUR' FROM products;

CREATE TABLE new_orders (
	id INTEGER PRIMARY KEY,
	customer_id INTEGER NOT NULL REFERENCES customers (id),
	ordered_on TEXT NOT NULL,
	total_cents INTEGER NOT NULL,
	currency TEXT NOT NULL CHECK (length(currency) = 3)
) STRICT;
INSERT INTO new_orders SELECT id, customer_id, ordered_on, CAST(round(total * 100) AS INTEGER), 'EUR' FROM orders;

CREATE TABLE order_lines (
	order_id INTEGER NOT NULL REFERENCES orders (id),
	line INTEGER NOT NULL,
	product_id INTEGER NOT NULL REFERENCES products (id),
	quantity INTEGER NOT NULL CHECK (quantity > 0),
	amount_cents INTEGER NOT NULL,
	PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;
INSERT INTO order_lines SELECT id, 1, product_id, quantity, CAST(round(total * 100) AS INTEGER) FROM orders;

-- A row that breaks the CHECK takes the whole migration back: nothing is converted unless all of it is right.
CREATE TEMP TABLE proof (of TEXT, holds INTEGER CHECK (holds = 1));
INSERT INTO proof VALUES
	('every product is there', (SELECT count(*) FROM products) = (SELECT count(*) FROM new_products)),
	('every order is there', (SELECT count(*) FROM orders) = (SELECT count(*) FROM new_orders)),
	('the money is the same', (SELECT CAST(round(sum(total) * 100) AS INTEGER) FROM orders)
		= (SELECT sum(amount_cents) FROM order_lines));
DROP TABLE proof;

DROP TABLE orders;
ALTER TABLE new_orders RENAME TO orders;
DROP TABLE products;
ALTER TABLE new_products RENAME TO products;

CREATE INDEX orders_by_customer ON orders (customer_id, ordered_on);
