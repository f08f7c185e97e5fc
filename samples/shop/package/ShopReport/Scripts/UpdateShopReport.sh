#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts ShopReport into place. The reports it has written so far are not touched.
. "$(dirname "$0")/shop.sh"

payload=$(cd "$(dirname "$0")/../Packages/report" && pwd)

fill() {
	cp -R "$payload/." "$1"
}
shop_install_release report "$(shop_version)" fill
