-- SPDX-License-Identifier: MIT
-- The first schema, with the data a new shop starts with. No random numbers: every installation begins with the same rows.
CREATE TABLE customers (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	email TEXT NOT NULL
) STRICT;

CREATE TABLE products (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	price REAL NOT NULL
) STRICT;

CREATE TABLE orders (
	id INTEGER PRIMARY KEY,
	customer_id INTEGER NOT NULL REFERENCES customers (id),
	product_id INTEGER NOT NULL REFERENCES products (id),
	quantity INTEGER NOT NULL CHECK (quantity > 0),
	total REAL NOT NULL,
	ordered_on TEXT NOT NULL
) STRICT;

INSERT INTO products (name, price) VALUES
	('Apple juice', 2.19), ('Black tea', 3.49), ('Brown sugar', 1.99), ('Butter', 2.59), ('Candles', 4.95),
	('Chocolate', 1.29), ('Coffee beans', 11.9), ('Crackers', 1.79), ('Dark bread', 3.2), ('Dried pasta', 0.99),
	('Green tea', 3.99), ('Hazelnuts', 4.49), ('Honey', 6.75), ('Linen towel', 12.5), ('Marmalade', 2.89),
	('Matches', 0.35), ('Mustard', 1.49), ('Oat flakes', 1.19), ('Olive oil', 8.9), ('Paper bags', 0.15),
	('Raisins', 2.29), ('Rice', 2.79), ('Sea salt', 1.09), ('Soap', 3.65);

WITH RECURSIVE
	number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 240),
	first (i, name) AS (VALUES (0, 'Ada'), (1, 'Ben'), (2, 'Chiara'), (3, 'David'), (4, 'Elif'), (5, 'Femke'),
		(6, 'Grace'), (7, 'Hugo'), (8, 'Ines'), (9, 'Jonas'), (10, 'Karla'), (11, 'Liam'), (12, 'Mei'),
		(13, 'Noor'), (14, 'Olga'), (15, 'Pavel')),
	last (i, name) AS (VALUES (0, 'Adams'), (1, 'Berg'), (2, 'Costa'), (3, 'Dupont'), (4, 'Ek'), (5, 'Fischer'),
		(6, 'Garcia'), (7, 'Hansen'), (8, 'Ito'), (9, 'Jensen'), (10, 'Kaya'), (11, 'Larsen'), (12, 'Moreau'),
		(13, 'Novak'), (14, 'Okafor'))
INSERT INTO customers (id, name, email)
SELECT n, first.name || ' ' || last.name, lower(first.name || '.' || last.name) || '@example.com'
FROM number JOIN first ON first.i = n % 16 JOIN last ON last.i = n % 15
ORDER BY n;

WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 600)
INSERT INTO orders (id, customer_id, product_id, quantity, total, ordered_on)
SELECT n, n * 7 % 240 + 1, p.id, n % 5 + 1, round(p.price * (n % 5 + 1), 2), date('2024-01-01', (n / 8) || ' days')
FROM number JOIN products p ON p.id = n * 11 % 24 + 1
ORDER BY n;
