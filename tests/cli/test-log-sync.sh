#!/bin/sh
# SPDX-License-Identifier: MIT
# Every log is made durable, and nothing is told of the last step before its log is; so is the blank record that an outcome is written over.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# traced [OPTION]…: a runbook r of three scripts is executed; the file `trace` says what was synced, what was written, and when
traced() {
	need_strace
	begin_package package
	begin_model Web
	phase Stop
	phase Update
	phase Start
	end_web
	must_succeed straced -y -e trace=fdatasync,write "$@" "$RUNBOOK" execute -runbookid=r
	is "$(find package -name '*.log' | wc -l)" 3
}

every_log_is_synced() {
	traced
	is "$(grep -cE 'fdatasync\(.*/Log/[^>]*\.log>' trace)" 3
}

# last_line PATTERN: the number of the last line of `trace` with it
last_line() {
	grep -nE "$1" trace | tail -n 1 | cut -d: -f1
}

# Two supervisors take turns: the first, which has step 1 and the last, syncs outcome and log of both, so that its fourth is that log.
the_last_log_is_waited_for() {
	traced -e inject=fdatasync:delay_enter=1000000:when=4
	supervisor=$(sed -nE 's|^([0-9]+) .*fdatasync\(.*/Log/Start.*|\1|p' trace)
	synced=$(last_line "^$supervisor .*fdatasync")
	told=$(last_line 'write\(1.*The step completed')
	[ "$synced" -lt "$told" ] || fail "told in line $told, synced in line $synced"
}

# Where a file system does not write a part of a file for us, all of it is synced.
the_blank_record_is_synced() {
	traced -e trace=fdatasync,write,fsync,sync_file_range -e inject=sync_file_range:error=EINVAL
	is "$(grep -cE 'fsync\(.*/attempt-1/outcome\.tmp>' trace)" 3
}

run_case 'every log is synced' every_log_is_synced
run_case 'the last one before its step is told' the_last_log_is_waited_for
run_case 'a blank record that cannot be written by itself' the_blank_record_is_synced
finish
