#!/bin/sh
# SPDX-License-Identifier: MIT
# build.sh OUTDIR: builds the deployable package ax2012-data-upgrade.zip. Needs python3 only; the same sources give the same bytes.
set -eu

[ $# -eq 1 ] || {
	echo "usage: build.sh OUTDIR" >&2
	exit 2
}
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
python3 -B "$here/../pack.py" "$1/ax2012-data-upgrade.zip" "$here/package"
echo "$1/ax2012-data-upgrade.zip"
