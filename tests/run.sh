#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the tests need, builds runbook twice and runs all its tests. From any folder, as root or as a user with sudo:
#
#	tests/run.sh [MESON-OPTION]…		for instance tests/run.sh -Dshared=/path/to/shared
#
# build-dev	gcc, warnings are errors, AddressSanitizer and UndefinedBehaviorSanitizer: all tests
# build-plain	clang, warnings are errors: all tests, and the unit tests once more under valgrind
#
# The last line is `N passed, N failed`, with `, N skipped` behind it if there were any. Fails if a test failed or none ran.
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
results=
failed_stages=0

say() {
	printf '\n==> %s\n' "$*"
}

# What cannot even be built counts as one failure, so that the last line never sounds better than it was.
stage() {
	say "$1"
	shift
	"$@" </dev/null && return 0
	echo "FAILED: $*" >&2
	failed_stages=$((failed_stages + 1))
	return 1
}

# configure FOLDER COMPILER OPTION…: a folder that an earlier run left half made is made anew
configure() {
	folder=$top/$1
	export CC="$2"
	shift 2
	if [ -f "$folder/build.ninja" ]; then
		meson configure "$folder" -Dwerror=true "$@" && meson setup --reconfigure "$folder" "$top" && return 0
	fi
	rm -rf "$folder"
	meson setup "$folder" "$top" -Dwerror=true "$@"
}

# run_tests FOLDER LOG ARGUMENT…: the verdict is read from meson's log, which must be of this run
run_tests() {
	folder=$top/$1
	log=$1/meson-logs/$2
	shift 2
	rm -f "$top/$log"
	results="$results $log"
	meson test -C "$folder" --no-rebuild --print-errorlogs --no-suite slow "$@" </dev/null
}

# build_and_test FOLDER COMPILER OPTION…
build_and_test() {
	name=$1
	rm -f "$top/$name/meson-logs/testlog.json"
	stage "Configuring $name ($2)" configure "$@" || return
	stage "Building $name" ninja -C "$top/$name" || return
	say "Testing $name"
	run_tests "$name" testlog.json
}

summary() {
	say "Summary"
	# shellcheck disable=SC2086 # a list of paths below the top folder, none with white space
	python3 -B "$top/tests/summary.py" "$failed_stages" "$top" $results
}

if stage "Installing what is missing" sh "$top/samples/install-packages.sh" test; then
	build_and_test build-dev gcc -Db_sanitize=address,undefined "$@"
	# Debian 12's valgrind cannot read the DWARF 5 of its clang.
	build_and_test build-plain clang -Db_sanitize=none -Dc_args=-gdwarf-4 "$@"
	if [ -f "$top/build-plain/meson-logs/testlog.json" ]; then
		say "Testing build-plain: unit tests under valgrind"
		run_tests build-plain testlog-valgrind.json --setup valgrind --suite unit
	fi
fi
summary
