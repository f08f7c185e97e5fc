#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts ShopWeb into place, from the folder `content` of its .nupkg.
. "$(dirname "$0")/shop.sh"

shop_install_release web "$(dirname "$0")/../Packages/ShopWeb.$(shop_version).nupkg" -subfolder=content
