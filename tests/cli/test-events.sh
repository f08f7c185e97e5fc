#!/bin/sh
# SPDX-License-Identifier: MIT
# -events and -notify: what is told, and that nothing of it touches the run.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

import_it() {
	end_package
	topology t.xml "${1:-}" localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
}

small_package() {
	begin_package package
	model One Stop Update
	import_it
}

valid() {
	python3 -B "$SOURCE_ROOT/tests/cli/json-schema.py" --lines "$SOURCE_ROOT/runbook/schema/events.schema.json" "$1" >out || fail "$1"
}

# told FILE EXPRESSION: over the events e, one word each
told() {
	python3 -c 'import json, sys
print(*(eval(sys.argv[2]) for e in map(json.loads, open(sys.argv[1]))))' "$1" "$2"
}

events_of_a_run() {
	small_package
	must_succeed runbook execute -runbookid=r -events=events
	valid events
	is "$(told events 'e["event"]')" 'started stepStarted stepEnded stepStarted stepEnded stepStarted stepEnded completed'
	is "$(told events 'e["sequence"]')" '1 2 3 4 5 6 7 8'
	is "$(told events 'e.get("state", "-")')" '- - Completed - Completed - Completed -'
	is "$(told events 'e.get("attempt", "-")')" '- 1 1 1 1 None None -'
	is "$(tail -n 1 events | python3 -c 'import json, sys; e = json.load(sys.stdin); print(e["stepsDone"], e["stepCount"], e["runExitCode"])')" '3 3 0'
	is "$(stat -c %a events)" 600
	# What is done is done: a further run has a beginning and an end, behind what is there.
	must_succeed runbook execute -runbookid=r -events=events
	valid events
	is "$(told events 'e["event"]' | cut -d' ' -f9-)" 'started completed'
}

# Alone on standard output: neither our lines nor those of the scripts.
events_on_standard_output() {
	begin_package package
	model One Stop Update
	script One Update.sh 'echo something' 'exit 3'
	import_it
	must_fail 4 runbook execute -runbookid=r -json -events=events
	has err 'step 2 of r failed'
	mv out lines
	valid lines
	is "$(told lines 'e["event"]')" 'started stepStarted stepEnded stepStarted stepEnded stepFailed'
	must_succeed cmp lines events
	must_succeed runbook execute -runbookid=r -setstepcomplete=2 -reason=x -json
	mv out lines
	valid lines
	is "$(told lines 'e["event"]')" 'started stepStarted stepEnded completed'
}

# Whoever reads them may go away.
standard_output_without_a_reader() {
	small_package
	{ runbook execute -runbookid=r -json 2>err || touch failed; } | true
	absent failed
	has err 'no further events are written: standard output: Broken pipe; the run goes on'
	has err 'all 3 steps are done'
}

events_of_a_failure() {
	begin_package package
	begin_model One
	phase Update '<RetryCount>1</RetryCount>'
	phase Start
	end_model
	script One Update.sh 'printf "no\033[31m\033[2K disk \"C:\\\\\" \377\n"' 'exit 3'
	import_it
	must_fail 4 runbook execute -runbookid=r -events=events -retrypause=0
	valid events
	is "$(told events 'e["event"]')" 'started stepStarted stepEnded stepStarted stepEnded stepFailed'
	is "$(told events '(e.get("exitCode"), e.get("runExitCode"), e.get("step"))' | tail -c 13)" '(None, 4, 1)'
	has events 'no\\x1b[2K disk'
	script One Update.sh ':'
	must_fail 7 runbook execute -runbookid=r -rerunstep=1 -events=again
	is "$(told again 'e["event"]')" 'started stopped'
	must_succeed runbook execute -runbookid=r -rerunstep=1 -acceptchange -reason=mended -untilstep=1 -events=until
	valid until
	is "$(told until 'e["event"]')" 'started stepStarted stepEnded stopped'
}

events_of_a_manual_step() {
	begin_package package
	model One Update
	import_it 'Make a snapshot'
	must_fail 5 runbook execute -runbookid=r -events=events
	valid events
	is "$(told events 'e["event"]')" 'started waiting'
	has events 'Make a snapshot'
}

events_of_a_recovery() {
	begin_package package
	begin_model One
	phase Update
	end_model
	script One Update.sh 'touch "'"$(pwd)"'/running"' 'while [ -e "'"$(pwd)"'/running" ]; do sleep 0.05; done'
	import_it
	"$RUNBOOK" execute -runbookid=r -events=first >engine.out 2>&1 &
	engine=$!
	until [ -e running ]; do sleep 0.05; done
	kill -KILL "$engine"
	wait "$engine" || true
	rm running
	must_succeed runbook execute -runbookid=r -events=second -notify='cat >>told'
	valid first
	valid second
	is "$(told first 'e["event"]')" 'started stepStarted'
	is "$(told second 'e["event"]')" 'started recovered stepEnded stepStarted stepEnded completed'
	case $(told second 'e.get("how", "")') in
	*followed* | *recorded*) ;;
	*) fail 'how it was recovered' ;;
	esac
	is "$(told told 'e["event"]')" 'started recovered completed'
}

notified() {
	small_package
	# shellcheck disable=SC2016 # the command is a shell's own
	must_succeed runbook execute -runbookid=r -notify='cat >>told; echo "$RUNBOOK_EVENT $RUNBOOK_ID" >>names; echo said'
	valid told
	is "$(told told 'e["event"]')" 'started completed'
	is "$(cat names)" 'started r
completed r'
	lacks out said
	has err said
	# Notified also by a machine's own setting.
	echo 'notify=cat >>told' >"$RUNBOOK_CONF"
	must_succeed runbook execute -runbookid=r
	is "$(told told 'e["event"]')" 'started completed started completed'
}

# trouble NOTE OPTION…: the run is as it would be without, and one note says what is wrong
trouble() {
	note=$1
	shift
	small_package
	must_succeed runbook execute -runbookid=r "$@"
	has err "$note"
	is "$(grep -c 'the run goes on' err)" 1
	is "$(grep -c 'The step completed' out)" 3
}

# is_gone PID: it has ended, whether or not somebody has seen it
is_gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status"
}

hanging_hook() {
	start=$(date +%s)
	trouble 'took longer than 1 s and was ended' -notify='sleep 1000 & echo $! >pid; wait' -notifytimeout=1
	[ $(($(date +%s) - start)) -lt 60 ] || fail 'the run waited'
	# The engine waits for the command's end no longer than it is worth; the end comes all the same.
	for _ in $(seq 600); do
		is_gone "$(cat pid)" && return
		sleep 0.05
	done
	fail 'the command goes on'
}

fifo_as_file() {
	mkfifo fifo
	trouble 'fifo: ' -events=fifo
}

leaving_does_not_wait() {
	begin_package package
	begin_model One
	phase Update
	end_model
	script One Update.sh 'touch "'"$(pwd)"'/running"' 'while [ -e "'"$(pwd)"'/running" ]; do sleep 0.05; done'
	import_it
	"$RUNBOOK" execute -runbookid=r -events=events -notify='sleep 1000' -notifytimeout=1000 >engine.out 2>&1 &
	engine=$!
	until [ -e running ]; do sleep 0.05; done
	kill -TERM "$engine"
	code=0
	wait "$engine" || code=$?
	is "$code" 143
	is "$(told events 'e["event"]' | tail -c 8)" stopped
	# The process that notifies holds nothing: another run can begin at once.
	rm running
	must_succeed runbook execute -runbookid=r
	# What is left of it would live as long as its command.
	for process in /proc/[0-9]*; do
		if grep -qzxF "RUNBOOK_LEDGER=$RUNBOOK_LEDGER" "$process/environ" 2>/dev/null; then
			kill -KILL "${process#/proc/}" || true
		fi
	done
}

schema_is_strict() {
	line='{"event":"started","sequence":1,"time":"2026-01-02T03:04:05.0000000+00:00","runbookId":"r","machine":"m","user":"u","stepCount":1,"stepsDone":0}'
	echo "$line" >good
	valid good
	for change in 's/started/begun/' 's/"stepsDone":0/"stepsGone":0/' 's/"sequence":1/"sequence":"1"/' 's/2026-/2026 /' 's/,"user":"u"//'; do
		echo "$line" | sed "$change" >wrong
		must_end 1 python3 -B "$SOURCE_ROOT/tests/cli/json-schema.py" --lines "$SOURCE_ROOT/runbook/schema/events.schema.json" wrong
	done
}

need_python() {
	command -v python3 >/dev/null || {
		echo '1..0 # SKIP python3 is not installed'
		exit 0
	}
}

need_python
run_case 'the events of a run' events_of_a_run
run_case 'of a failing step with a retry, of a refusal, of a part' events_of_a_failure
run_case 'on standard output nothing else is written' events_on_standard_output
run_case 'whoever reads them may go away' standard_output_without_a_reader
run_case 'of a step that somebody has to do' events_of_a_manual_step
run_case 'of a step that an earlier engine left' events_of_a_recovery
run_case 'a command is notified of beginning and end' notified
run_case 'a failing command is only noted' trouble 'failed with exit code 3' -notify='exit 3'
run_case 'a missing command is only noted' trouble 'failed with exit code 127' -notify='/nonexistent/command'
run_case 'a command that does not read its input is fine' trouble 'was ended by signal 15 (TERM)' -notify='kill -TERM $$'
run_case 'a hanging command is ended' hanging_hook
run_case 'a file that cannot be opened is only noted' trouble 'no events are written: ' -events=/nonexistent/events
run_case 'a FIFO that nobody reads is only noted' fifo_as_file
run_case 'an engine that leaves at once does not wait for the command' leaving_does_not_wait
run_case 'the schema refuses what is wrong' schema_is_strict
finish
