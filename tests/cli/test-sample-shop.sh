#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample shop: version 1 on a machine that has nothing of it, orders, version 2; and what its README says of failures.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

shop=$SOURCE_ROOT/samples/shop
manual_step=4

# Every case has a shop of its own, on a port of its own, and stops it however the case ends.
use_shop() {
	need_command python3
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	mkdir -p "$HOME/.config"
	printf 'SHOP_HOME=%s\nSHOP_PORT=%s\n' "$HOME/my shop" "$port" >"$HOME/.config/shop.conf"
	database="$HOME/my shop/data/shop.db"
	trap 'sh "$shop/stop.sh"' EXIT
	"$shop/build.sh" packages >/dev/null
}

install_1() {
	must_succeed runbook quickinstallall packages/shop-1.zip -runbookid=shop-1 -generatedvt
	has_line out 'Start executing runbook : shop-1'
	has_line out 'schema 1 (001-create.sql): 240 customers, 600 orders, 24 products'
}

# Up to the manual step.
begin_2() {
	must_succeed runbook package extract packages/shop-2.zip -target=shop-2
	must_succeed runbook generate -runbookid=shop-2 -topologyfile=shop-2/DefaultTopologyData.xml \
		-servicemodelfile=shop-2/DefaultServiceModelData.xml -runbookfile=shop-2/shop-2.xml -generatedvt
	must_succeed runbook import -runbookfile=shop-2/shop-2.xml
	must_fail 5 runbook execute -runbookid=shop-2
	has_line out "Executing step: $manual_step"
}

go_on_with_2() {
	runbook execute -runbookid=shop-2 "-setstepcomplete=$manual_step" -reason='snapshot taken'
}

# number DESCRIPTION: of the step that is described so
number() {
	xpath shop-2/shop-2.xml "string(//Step[Description='$1 on machine: localhost']/ID)"
}

get() {
	python3 -B "$shop/lib/shop.py" get "$1"
}

# query SQL [DATABASE]: one value
query() {
	python3 -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[2]).execute(sys.argv[1]).fetchone()[0])' "$1" "${2:-$database}"
}

# The orders of version 1, as version 2 is to have them: rows, amounts, dates.
same_orders() {
	python3 - "$1" "$database" <<'END'
import sqlite3
import sys

old, new = (sqlite3.connect(path) for path in sys.argv[1:])
expected = [
    (*row[:-1], round(row[-1] * 100))
    for row in old.execute("SELECT id, customer_id, product_id, quantity, ordered_on, total FROM orders ORDER BY id")
]
found = new.execute(
    "SELECT o.id, o.customer_id, l.product_id, l.quantity, o.ordered_on, o.total_cents FROM orders o"
    " JOIN order_lines l ON l.order_id = o.id AND l.amount_cents = o.total_cents ORDER BY o.id"
).fetchall()
if found != expected:
    sys.exit(f"{len(expected)} orders before, {len(found)} now, or they differ")
for table, columns in (("customers", "*"), ("products", "id, name")):
    sql = f"SELECT {columns} FROM {table} ORDER BY id"
    if old.execute(sql).fetchall() != new.execute(sql).fetchall():
        sys.exit(f"{table} differ")
print(len(found))
END
}

# All but the manual one, on a shop that is at version 2.
every_step_again() {
	last=$(xpath shop-2/shop-2.xml 'count(//Step)')
	must_succeed runbook execute -runbookid=shop-2 "-rerunstep=1..$((manual_step - 1))"
	must_succeed runbook execute -runbookid=shop-2 "-rerunstep=$((manual_step + 1))..$last"
	has_line out 'the database has schema 2 already'
	has out 'is complete; keeping it'
	is "$(query 'PRAGMA user_version' "$saved")" 1
	is "$(query 'SELECT count(*) FROM order_lines')" 645
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
	# Without the Stop steps: the services run from folders that Update replaces.
	must_succeed runbook execute -runbookid=shop-2 "-rerunstep=$(number 'Update script for service model: ShopWeb')..$last"
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
}

two_versions() {
	use_shop
	install_1
	is "$(get /version)" '{"service": "ShopWeb", "version": "1.0.0", "schema": 1}'
	"$shop/orders.sh" 40
	is "$(query 'SELECT count(*) FROM orders')" 640

	begin_2
	must_succeed go_on_with_2
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
	is "$(query 'PRAGMA user_version')" 2
	is "$(query "SELECT count(*) FROM pragma_table_info('products') WHERE name = 'price_cents'")" 1
	saved="shop-2/RunbookWorkingFolder/shop-2/Backup/ShopDatabase/shop.db"
	is "$(query 'SELECT count(*) FROM orders' "$saved")" 640
	is "$(same_orders "$saved")" 640
	get /orders/640 >order
	has order '"total": {"amount": "10.36", "currency": "EUR"}'
	"$shop/orders.sh" 5
	is "$(query 'SELECT count(*) FROM order_lines')" 645
	every_step_again
	must_succeed runbook list
	for model in ShopDatabase ShopReport ShopWeb; do
		has_line out "$(printf '%s\t Version: 2.0.0' "$model")"
	done
}

# restore MODEL SCRIPT: by hand, with what the engine would give it
restore() {
	must_succeed env PATH="$(dirname "$RUNBOOK"):$PATH" \
		RUNBOOK_BACKUP_FOLDER="$PWD/shop-2/RunbookWorkingFolder/shop-2/Backup/$1" sh "shop-2/$1/Scripts/$2"
}

# From version 2 to version 1.
back_to_1() {
	"$shop/orders.sh" 3
	sh "$shop/stop.sh"
	for model in ShopReport ShopWeb ShopDatabase; do
		restore "$model" "Restore$model.sh"
		restore "$model" "Restore$model.sh"
	done
	is "$(query 'PRAGMA user_version')" 1
	is "$(query 'SELECT count(*) FROM orders' shop-2/RunbookWorkingFolder/shop-2/Backup/ShopDatabase/shop.db.replaced)" 603
	must_succeed runbook execute -runbookid=shop-1 -rerunstep=14..19
	has_line out 'schema 1, 240 customers, 24 products, 600 orders'
	is "$(get /version)" '{"service": "ShopWeb", "version": "1.0.0", "schema": 1}'
}

web_is_down() {
	use_shop
	install_1
	begin_2
	start=$(number 'Start script for service model: ShopWeb')
	dvt=$(number 'DVT script for service model: ShopWeb')
	must_succeed runbook execute -runbookid=shop-2 "-setstepcomplete=$manual_step" -reason=done "-untilstep=$((dvt - 1))"
	kill "$(cat "$HOME/my shop/run/web.lock")"
	must_fail 4 runbook execute -runbookid=shop-2 -retrypause=0
	has_line out "Executing step: $dvt"
	grep -qF "ShopWeb does not answer GET /version on port $port: [Errno 111] Connection refused" out err || fail 'no reason'
	must_succeed runbook execute -runbookid=shop-2 "-rerunstep=$start..$dvt"
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
	back_to_1
}

migration_fails() {
	use_shop
	install_1
	python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE products SET price = -1 WHERE id = 3"); d.commit()' \
		"$database"
	begin_2
	must_fail 4 go_on_with_2
	grep -qF '002-cents.sql: CHECK constraint failed: price_cents >= 0; the database is as it was' out err || fail 'no reason'
	is "$(query 'PRAGMA user_version')" 1
	is "$(query 'SELECT price FROM products WHERE id = 3')" -1.0
	python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute("UPDATE products SET price = 1.99 WHERE id = 3"); d.commit()' \
		"$database"
	must_succeed runbook execute -runbookid=shop-2 "-rerunstep=$(number 'GlobalUpdate script for service model: ShopDatabase')"
	is "$(same_orders shop-2/RunbookWorkingFolder/shop-2/Backup/ShopDatabase/shop.db)" 600
}

same_bytes() {
	need_command python3
	"$shop/build.sh" one >/dev/null
	cp -R "$SOURCE_ROOT/samples" samples
	find samples -exec touch -d 2001-02-03 {} +
	umask 077
	samples/shop/build.sh 'two folders/down' >/dev/null
	for name in shop-1.zip shop-2.zip; do
		same "one/$name" "two folders/down/$name"
	done
}

for_developers() {
	use_shop
	must_succeed runbook devinstall packages/shop-1.zip
	is "$(get /version)" '{"service": "ShopWeb", "version": "1.0.0", "schema": 1}'
	must_succeed runbook devinstall packages/shop-2.zip
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
}

run_case 'version 1, orders, version 2: all new, no row lost; every step again' two_versions
run_case 'a service that is down is found by its DVT and started again; the restore scripts lead back' web_is_down
# answers FILE: what a customer sees, the files of the programs, the schema and every row
shop_state() {
	{
		for path in /version / /products /orders/1 /orders/620; do
			get "$path"
		done
		(cd "$HOME/my shop" && find web report database -type f -exec sha256sum {} + | sort -k 2)
		python3 -c 'import sqlite3, sys; print("\n".join(sqlite3.connect(sys.argv[1]).iterdump()))' "$database"
	} >"$1"
}

generate_2() {
	must_succeed runbook generate "-runbookid=$1" -topologyfile=shop-2/DefaultTopologyData.xml \
		-servicemodelfile=shop-2/DefaultServiceModelData.xml "-runbookfile=shop-2/$1.xml" -generatedvt
	must_succeed runbook import "-runbookfile=shop-2/$1.xml"
	must_fail 5 runbook execute "-runbookid=$1"
}

# Version 2 comes, its DVT finds something wrong, version 1 comes back; version 2 again from a new runbook, signed off.
taken_back() {
	use_shop
	install_1
	"$shop/orders.sh" 20
	shop_state before
	must_succeed runbook package extract packages/shop-2.zip -target=shop-2
	generate_2 shop-2
	dvt=$(number 'DVT script for service model: ShopWeb')
	must_succeed runbook execute -runbookid=shop-2 "-setstepcomplete=$manual_step" -reason=done "-untilstep=$((dvt - 1))"
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
	"$shop/orders.sh" 2
	kill "$(cat "$HOME/my shop/run/web.lock")"
	must_fail 4 runbook execute -runbookid=shop-2 -retrypause=0
	has_line out "Executing step: $dvt"

	must_succeed runbook executerestore -runbookid=shop-2 -reason='ShopWeb 2 dies'
	shop_state after
	same before after
	is "$(query 'SELECT count(*) FROM orders' shop-2/RunbookWorkingFolder/shop-2/Backup/ShopDatabase/shop.db.replaced)" 622
	must_succeed runbook list
	has_line out "$(printf 'ShopWeb\t Version: 1.0.0')"
	must_fail 7 runbook execute -runbookid=shop-2 -rerunstep="$dvt"

	generate_2 shop-2b
	must_succeed runbook execute -runbookid=shop-2b "-setstepcomplete=$manual_step" -reason='snapshot taken'
	is "$(get /version)" '{"service": "ShopWeb", "version": "2.0.0", "schema": 2}'
	is "$(query 'SELECT count(*) FROM orders')" 620
	must_succeed runbook signoff -runbookid=shop-2b -reason='works for a week'
	must_succeed runbook status -runbookid=shop-2b
	has out 'Signed off by'
	must_succeed runbook list -history
	is "$(grep -c 'ShopWeb [12]\.0\.0' out)" 4
}

run_case 'version 2 fails its DVT and is taken back; then again from a new runbook, signed off' taken_back
run_case 'a migration that fails changes nothing, and is run again' migration_fails
run_case 'devinstall' for_developers
run_case 'the same sources give the same packages' same_bytes
finish
