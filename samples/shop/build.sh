#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh OUTDIR: builds shop-1.zip and shop-2.zip, two versions of the same deployable package. Needs python3 only.
# The same sources give the same archives, byte for byte.
set -eu

[ $# -eq 1 ] || {
	echo "usage: build.sh OUTDIR" >&2
	exit 2
}
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

set_version() {
	find "$2" \( -name '*.xml' -o -name '*.nuspec' \) -exec sed -i "s/@VERSION@/$1/g" {} +
}

# build VERSION ARCHIVE: $work holds what all versions up to this one bring; a newer one replaces files and adds some.
build() {
	cp -R "versions/$1/." "$work"
	root=$work/root-$1
	cp -R "$work/package" "$root"
	for model in ShopDatabase ShopWeb ShopReport; do
		cp lib/shop.sh lib/shop.py "$root/$model/Scripts"
	done
	cp lib/service.py "$root/ShopReport/Packages/report"
	cp -R "$work/web" "$work/web-$1"
	cp lib/service.py "$work/web-$1/content"
	for payload in "$root/ShopDatabase/Packages/database" "$root/ShopReport/Packages/report" "$work/web-$1/content"; do
		echo "$1" >"$payload/VERSION"
	done
	set_version "$1" "$root"
	set_version "$1" "$work/web-$1"
	mkdir "$root/ShopWeb/Packages"
	python3 ../pack.py "$root/ShopWeb/Packages/ShopWeb.$1.nupkg" "$work/web-$1"
	python3 ../pack.py "$out/$2" "$root"
	echo "$out/$2"
}

cp -R package web "$work"
build 1.0.0 shop-1.zip
build 2.0.0 shop-2.zip
