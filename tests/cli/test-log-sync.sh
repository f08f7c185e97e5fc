#!/bin/sh
# SPDX-License-Identifier: MIT
# Every log is made durable, with the kernel's help and without it.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# traced [OPTION]…: a runbook r of three scripts is executed; the file `trace` says what was synced
traced() {
	need_strace
	begin_package package
	begin_model Web
	phase Stop
	phase Update
	phase Start
	end_web
	must_succeed straced -y -e trace=io_setup,io_submit,io_getevents,fdatasync "$@" "$RUNBOOK" execute -runbookid=r
	is "$(find package -name '*.log' | wc -l)" 3
}

count() {
	grep -cE "$1" trace || :
}

in_the_background() {
	traced
	[ "$(count 'io_setup.* = 0$')" -gt 0 ] || skip 'the system has no asynchronous input and output for us'
	is "$(count 'io_submit.*FDSYNC.*/Log/[^>]*\.log>.* = 1$')" 3
	is "$(count 'io_getevents.* res=0, .* = 1$')" 3
	is "$(count 'fdatasync.*/Log/')" 0
}

by_ourselves() {
	traced "$@"
	is "$(count 'fdatasync\(.*/Log/[^>]*\.log>')" 3
}

run_case 'a log is synced in the background' in_the_background
run_case 'without asynchronous input and output' by_ourselves -e inject=io_setup:error=ENOSYS
run_case 'where it fails' by_ourselves -e inject=io_submit:error=EINVAL
finish
