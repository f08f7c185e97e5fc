#!/bin/sh
# SPDX-License-Identifier: MIT
# What `meson install` puts into place: the program under both names, manual, completion, schemas, and nothing else.
# usage: install.sh BUILD-FOLDER PREFIX
set -u

build=$1
prefix=$2
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/runbook-install.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
problems=0

problem() {
	echo "$*"
	problems=$((problems + 1))
}

meson install -C "$build" --no-rebuild --destdir "$work" >"$work/log" 2>&1 || {
	cat "$work/log"
	exit 1
}
root=$work$prefix

{
	echo bin/AXUpdateInstaller.exe
	echo bin/runbook
	echo share/bash-completion/completions/AXUpdateInstaller.exe.bash
	echo share/bash-completion/completions/runbook.bash
	echo share/man/man1/runbook.1
	for schema in "$top"/runbook/schema/*; do
		echo "share/runbook/schema/${schema##*/}"
	done
} | sort >"$work/expected"
(cd "$root" && find . ! -type d | sed 's|^\./||' | sort) >"$work/installed"
diff -u "$work/expected" "$work/installed" || problem "what is installed is not what should be"

[ "$(readlink "$root/bin/AXUpdateInstaller.exe")" = runbook ] || problem "AXUpdateInstaller.exe is no link to runbook beside it"
for name in runbook AXUpdateInstaller.exe; do
	"$root/bin/$name" --version >"$work/$name.out" || problem "$name --version fails"
	[ -s "$work/$name.out" ] || problem "$name --version says nothing"
done
cmp "$work/runbook.out" "$work/AXUpdateInstaller.exe.out" || problem "the two names differ in what they say"
grep -q '^\.TH ' "$root/share/man/man1/runbook.1" || problem "the manual is no man page"
for name in runbook AXUpdateInstaller.exe; do
	bash -n "$root/share/bash-completion/completions/$name.bash" || problem "the completion of $name is no bash script"
done
for schema in "$top"/runbook/schema/*; do
	cmp "$schema" "$root/share/runbook/schema/${schema##*/}" || problem "${schema##*/} is not the one of the tree"
done
echo "$problems problems"
[ "$problems" = 0 ]
