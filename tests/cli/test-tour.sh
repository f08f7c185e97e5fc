#!/bin/sh
# SPDX-License-Identifier: MIT
# samples/tour.sh: the screens that the README shows are those that an admin sees.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

the_tour() {
	need_command tmux
	must_succeed sh "$SOURCE_ROOT/samples/tour.sh" "$RUNBOOK"
	is "$(grep -c '^==> ' out)" 5
	# The running step, its sub-step and its last line, on both terminals.
	is "$(grep -c '2.2 database/copy: copying' out)" 2
	has out '  line 7: cp: error writing '
	has out '  cause: The disk is full'
	has out '  run it again:      runbook execute -runbookid=shop -rerunstep=2'
	has out 'runbook shop is complete: all 4 steps are done'
	has out 'All steps are done'
	is "$(find "$TMPDIR" -mindepth 1 | wc -l)" 0
}

run_case 'a run in progress, a second terminal, a failure, and going on' the_tour
finish
