#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the program as it is shipped and makes faults happen to it. From any folder, best as root (power cuts need loop devices):
#
#	tests/fault/run.sh [short|full] [-part=NAME]… [-only=CASE] [-points=N]
#
# short: some minutes, as in continuous integration. full: every point of every part, half an hour on two idle cores.
# FAULT_PATIENCE=N: everything may take N times as long, for a machine that is not idle. Before the end comes the table of the README.
# The last line is `N passed, N failed`; fails if a part has a finding, or a control has none.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=$top/build-fault

[ -f "$build/build.ninja" ] || meson setup "$build" "$top" -Dbuildtype=release -Db_sanitize=none >/dev/null
ninja -C "$build" --quiet runbook fault-tracer libfault-clock.so libfault-journal.so
exec python3 -B "$top/tests/fault/fault.py" --program="$build/runbook" --tracer="$build/fault-tracer" \
	--clock="$build/libfault-clock.so" --journal="$build/libfault-journal.so" "$@"
