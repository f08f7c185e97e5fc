#!/bin/sh
# SPDX-License-Identifier: MIT
# The verb logs: one attempt, all, lines that match, errors, the end, and what is still being written.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# two_steps: a runbook `one`; step 1 (Stop) writes three lines, step 2 (Update) what the arguments say
two_steps() {
	begin_package package
	begin_model Web
	phase Stop
	phase Update
	end_model
	script Web Stop.sh 'echo "first of stop"' 'echo "second of stop"' 'echo "third of stop"'
	script Web Update.sh "$@"
	end_package
	topology topology.xml '' "localhost:Web"
	generate_runbook one topology.xml
	must_succeed runbook import -runbookfile=package/one.xml
}

choosing() {
	two_steps 'echo "first of update"; echo "cp: x: No space left on device" >&2; exit 3'
	must_fail 4 runbook execute -runbookid=one -quiet
	must_fail 4 runbook execute -runbookid=one -quiet -rerunstep=2
	must_succeed runbook logs -runbookid=one -stepid=1
	is "$(cat out)" "$(printf 'first of stop\nsecond of stop\nthird of stop')"
	must_succeed runbook logs -runbookid=one -stepid=1 -tail=2
	is "$(cat out)" "$(printf 'second of stop\nthird of stop')"
	must_succeed runbook logs -runbookid=one -grep='^first'
	is "$(cat out)" "$(printf 'step 1, attempt 1:1: first of stop\nstep 2, attempt 1:1: first of update\nstep 2, attempt 2:1: first of update')"
	must_succeed runbook logs -runbookid=one -stepid=2 -attempt=1 -grep='(?i)FIRST'
	is "$(cat out)" '1: first of update'
	must_succeed runbook logs -runbookid=one -grep=nothing
	is "$(cat out)" ''
	has err 'no such line'
	must_succeed runbook logs -runbookid=one
	has out 'Step 1, attempt 1, Completed: '
	has out 'Step 2, attempt 2, Failed: '
	must_succeed runbook logs -runbookid=one -list
	is "$(wc -l <out)" 3
	must_fail 2 runbook logs -runbookid=one -grep='('
	must_fail 2 runbook logs -runbookid=one -attempt=1
	has err '-attempt needs -stepid'
}
run_case 'logs are chosen by step, attempt, pattern and end' choosing

errors() {
	two_steps 'echo "fine"; echo "cp: x: No space left on device"; echo "0 errors"; exit 3'
	must_fail 4 runbook execute -runbookid=one -quiet
	must_succeed runbook logs -runbookid=one -errors
	has_line out 'step 2, attempt 1:2: cp: x: No space left on device'
	has_line out 'step 2, attempt 1: exit code 3'
	has_line out '  cause: The disk is full: no space or no inodes are left. (DiskFull)'
	lacks out 'fine'
	lacks out '0 errors'
	must_succeed runbook logs -runbookid=one -errors -json
	is "$(wc -l <out)" 1
	is "$(from_json out 'd["code"]')" DiskFull
	is "$(from_json out 'd["line"]')" 2
}
run_case '-errors shows the lines that tell of a failure, and what they mean' errors

since() {
	two_steps 'exit 0'
	must_succeed runbook execute -runbookid=one -quiet
	must_succeed runbook logs -runbookid=one -since=1h -grep=first
	is "$(wc -l <out)" 1
	must_succeed runbook logs -runbookid=one -since=2100-01-01T00:00:00 -grep=first
	is "$(cat out)" ''
	must_fail 2 runbook logs -runbookid=one -since=yesterday
	has err '-since=yesterday'
}
run_case '-since leaves out attempts that ended before' since

json() {
	# shellcheck disable=SC2016 # for the script
	two_steps 'printf "a\033[31m\"b\\\\\377\n\nü\tx\r\nno end"'
	must_succeed runbook execute -runbookid=one -quiet
	must_succeed runbook logs -runbookid=one -stepid=2 -json
	is "$(wc -l <out)" 4
	python3 - out <<'END'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert [e["text"] for e in events] == ["a\\x1b[31m\"b\\\\xff", "", "ü\tx", "no end"], events
assert [e["line"] for e in events] == [1, 2, 3, 4] and all(e["step"] == 2 and e["attempt"] == 1 for e in events)
END
}
run_case '-json is one object per line, whatever the bytes are' json

follow() {
	# shellcheck disable=SC2016 # for the script
	two_steps 'echo begun' 'until [ -e "$RUNBOOK_LOG_DIR/go" ]; do sleep 0.05; done' 'echo "password=hunter2 ended"'
	runbook execute -runbookid=one >execute.out 2>&1 &
	engine=$!
	for _ in $(seq 600); do
		if grep -q begun execute.out; then
			break
		fi
		sleep 0.05
	done
	runbook logs -runbookid=one -follow >one.out 2>&1 &
	first=$!
	runbook logs -runbookid=one -stepid=2 -follow -json >two.out 2>&1 &
	second=$!
	for _ in $(seq 600); do
		if grep -q begun one.out && grep -q begun two.out; then
			break
		fi
		sleep 0.05
	done
	lacks one.out ended
	touch "$(find package/RunbookWorkingFolder -path '*/2/Log')/go"
	wait "$first" || fail "the first has failed: $(cat one.out)"
	wait "$second" || fail "the second has failed: $(cat two.out)"
	wait "$engine"
	is "$(cat one.out)" "$(printf 'begun\npassword=*** ended')"
	is "$(wc -l <two.out)" 2
	# Once it has ended, following shows it and ends; without a step there is nothing to follow.
	must_succeed runbook logs -runbookid=one -stepid=2 -follow -tail=1
	is "$(cat out)" 'password=*** ended'
	must_succeed runbook logs -runbookid=one -follow
	has err 'nothing of runbook one is running'
}
run_case '-follow shows what is written from several terminals, and ends with the attempt' follow

finish
