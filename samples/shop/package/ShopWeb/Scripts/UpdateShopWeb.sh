#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks ShopWeb from its .nupkg (a zip file; python3 unpacks it, as unzip is not on every machine) and puts it into place.
. "$(dirname "$0")/shop.sh"

version=$(shop_version)
nupkg=$(cd "$(dirname "$0")/../Packages" && pwd)/ShopWeb.$version.nupkg

fill() {
	python3 -m zipfile -e "$nupkg" "$1/nupkg"
	mv "$1/nupkg/content/"* "$1"
	rm -rf "$1/nupkg"
}
[ -e "$nupkg" ] || shop_fail "$nupkg is missing"
shop_install_release web "$version" fill
