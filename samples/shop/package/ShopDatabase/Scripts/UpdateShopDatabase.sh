#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the migrations of this version into place. The database itself is changed by GlobalUpdate, which runs only once
# however many machines there are.
. "$(dirname "$0")/shop.sh"

payload=$(cd "$(dirname "$0")/../Packages/database" && pwd)

fill() {
	cp -R "$payload/." "$1"
}
shop_install_release database "$(shop_version)" fill
