#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what Debian 12 lacks of the packages that runbook needs: to be built and to run its samples; with the word `test`
# also those its tests need. The one place where they are named. Asks nothing; needs root, or sudo if something is missing.
#
# usage: install-packages.sh [test]
set -eu

build="gcc libc6-dev meson ninja-build pkg-config libxml2-dev libarchive-dev libssl-dev libutf8proc-dev zlib1g-dev libdeflate-dev libsqlite3-dev libjansson-dev libpcre2-dev python3"
test="libcmocka-dev clang clang-format universal-ctags shellcheck valgrind strace libxml2-utils sqlite3 xz-utils bzip2 zstd
	libarchive-tools openssl groff-base p7zip-full procps tmux zip unzip chromium chromium-driver"

case "${1-}" in
'') wanted=$build ;;
test) wanted="$build $test" ;;
*)
	echo "usage: $0 [test]" >&2
	exit 2
	;;
esac

if ! command -v dpkg-query >/dev/null; then
	echo "This is no Debian. Please see to it yourself that the counterparts of these are there: $wanted"
	exit 0
fi

missing=
for package in $wanted; do
	state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || state=
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		echo "These packages are missing; only root can install them:$missing" >&2
		exit 1
	fi
}

echo "Installing:$missing"
as_root apt-get -qq update
# shellcheck disable=SC2086 # a list of names
as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 install --yes --no-install-recommends $missing </dev/null
