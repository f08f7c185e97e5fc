#!/bin/sh
# SPDX-License-Identifier: MIT
# The way of a real update, walked on a sample: installs what is missing, builds runbook, installs version 1 of a small shop
# with one command, takes orders, and updates it to version 2 step by step. Asks nothing. From any folder, as root or as a user
# with sudo (needed only for what is missing).
#
# usage: samples/try.sh [FOLDER]		everything is kept in FOLDER, default ~/runbook-sample
#	samples/try.sh --remove [FOLDER]	stops the shop and removes FOLDER
#
# The last line is `sample updated to version 2`, and the exit code 0, only if everything was as it should be.
set -eu
umask 022

top=$(cd "$(dirname "$0")/.." && pwd)
shop=$top/samples/shop
mark=.made-by-runbook-sample

fail() {
	echo "try.sh: $*" >&2
	exit 1
}

say() {
	printf '\n==> %s\n' "$*"
}

# quietly COMMAND…: its output is shown only if it fails
quietly() {
	if ! "$@" >"$log" 2>&1 </dev/null; then
		cat "$log" >&2
		fail "failed: $*"
	fi
}

# expect CODE COMMAND…: shows the command and what it prints, and that it ends as it should
expect() {
	expected=$1
	shift
	line=
	for word; do
		case $word in
		-*=*[!A-Za-z0-9_./:-]*) word="${word%%=*}='${word#*=}'" ;;
		esac
		line="$line $word"
	done
	printf '\n$%s\n' "$line"
	code=0
	"$@" </dev/null || code=$?
	[ "$code" -eq "$expected" ] || fail "exit code $code instead of $expected:$line"
}

# Removes the folder of an earlier run, services first. Nothing that this script has not made itself.
remove_sandbox() {
	if [ -e "$sandbox/$mark" ]; then
		echo "Stopping the shop of $sandbox and removing that folder"
		HOME="$sandbox/home" sh "$shop/stop.sh"
		rm -rf "$sandbox"
	elif [ -e "$sandbox" ] && [ -n "$(ls -A "$sandbox")" ]; then
		fail "$sandbox is there and was not made by this script; name another folder"
	fi
}

# From here on nothing of the user's is touched: home, ledger and settings are below the folder.
enter_sandbox() {
	mkdir -p "$sandbox/home/.config"
	: >"$sandbox/$mark"
	printf 'SHOP_HOME=%s\nSHOP_PORT=%s\n' "$sandbox/home/shop" "$(free_port)" >"$sandbox/home/.config/shop.conf"
	export HOME="$sandbox/home" RUNBOOK_LEDGER="$sandbox/ledger.db" RUNBOOK_CONF="$sandbox/runbook.conf"
	PATH=$top/build:$PATH
	cd "$sandbox"
}

# The shop's usual port, or any free one if somebody has that.
free_port() {
	python3 -c '
import socket
for port in (8642, 0):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break'
}

# get PATH: what the shop answers
get() {
	python3 -B "$shop/lib/shop.py" get "$1"
}

# The schema and the rows of the shop's database.
state() {
	PYTHONPATH="$shop/lib" python3 -B -c '
import shop
db = shop.open_database(shop.DATABASE)
schema = db.execute("PRAGMA user_version").fetchone()[0]
print(f"schema {schema}:", ", ".join(f"{rows} {table}" for table, rows in shop.count_rows(db).items()))'
}

show_shop() {
	say "The shop now"
	for path in /version "/orders/$1"; do
		echo "GET $path"
		get "$path"
	done
	state
}

build() {
	say "Installing what is missing"
	sh "$top/samples/install-packages.sh"
	say "Building runbook in $top/build"
	log=$(mktemp)
	[ -f "$top/build/build.ninja" ] || quietly meson setup --buildtype=release "$top/build" "$top"
	quietly ninja -C "$top/build" runbook
	rm -f "$log"
}

install_version_1() {
	say "Version 1, in one go: the package goes onto a machine that has nothing of it"
	expect 0 runbook quickinstallall packages/shop-1.zip -runbookid=shop-1
	show_shop 600
	case $(get /version) in
	*'"version": "1.0.0", "schema": 1'*) ;;
	*) fail "the shop is not at version 1" ;;
	esac
}

update_to_version_2() {
	say "Version 2, step by step: extract, generate, import, execute"
	expect 0 runbook package extract packages/shop-2.zip -target=shop-2
	cp shop-2/DefaultTopologyData.xml topology.xml
	expect 0 runbook settopology -topologyfile=topology.xml
	expect 0 runbook generate -runbookid=shop-2 -topologyfile=topology.xml \
		-servicemodelfile=shop-2/DefaultServiceModelData.xml -runbookfile=shop-2/shop-2.xml -generatedvt
	expect 0 runbook import -runbookfile=shop-2/shop-2.xml
	say "The run stops at step 4, which somebody has to do by hand (exit code 5)"
	expect 5 runbook execute -runbookid=shop-2
	say "Once that is done, the run goes on"
	expect 0 runbook execute -runbookid=shop-2 -setstepcomplete=4 -reason='snapshot taken'
	expect 0 runbook export -runbookid=shop-2 -runbookfile=shop-2-done.xml
}

check_version_2() {
	after=$(state)
	show_shop "$1"
	case $(get /version) in
	*'"version": "2.0.0", "schema": 2'*) ;;
	*) fail "the shop is not at version 2" ;;
	esac
	echo "before: $2"
	echo "after:  $after"
	[ "schema 2:${2#schema 1:}" = "$after" ] || fail "rows were lost"
	expect 0 runbook list
	expect 0 runbook status -runbookid=shop-2
}

remove=
if [ "${1-}" = --remove ]; then
	remove=yes
	shift
fi
[ $# -le 1 ] || fail "usage: $0 [--remove] [FOLDER]"
sandbox=${1:-${HOME:?}/runbook-sample}
case $sandbox in
/*) ;;
*) sandbox=$PWD/$sandbox ;;
esac
if [ -n "$remove" ]; then
	remove_sandbox
	exit
fi

echo "This builds runbook in $top/build and tries it on a sample in $sandbox."
build
remove_sandbox
enter_sandbox
say "Building the packages"
"$shop/build.sh" packages
install_version_1
say "Customers order"
"$shop/orders.sh" 25
before=$(state)
update_to_version_2
check_version_2 625 "$before"

cat <<END

The shop runs at version 2 on http://127.0.0.1:$(sed -n 's/^SHOP_PORT=//p' "$HOME/.config/shop.conf")/
Its files, the packages, the ledger and the logs are in $sandbox.
To stop it and remove all of that: $top/samples/try.sh --remove $sandbox
sample updated to version 2
END
