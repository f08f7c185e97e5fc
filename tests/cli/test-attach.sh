#!/bin/sh
# SPDX-License-Identifier: MIT
# Looking on at a run from other sessions: detach, attach.
. "$SOURCE_ROOT/tests/cli/lib.sh"
. "$SOURCE_ROOT/tests/cli/gated.sh"

detached() {
	gated a
	must_succeed runbook execute -runbookid=a -detach
	has err 'runbook attach -runbookid=a'
	await a.running
	is "$(state_of a 2)" InProgress
	must_fail 6 runbook execute -runbookid=a
	has err 'runbook a is being updated by process'
	must_fail 6 runbook execute -runbookid=a -detach
	"$RUNBOOK" attach -runbookid=a -ledger="$RUNBOOK_LEDGER" >attach1 2>attach1.err &
	one=$!
	"$RUNBOOK" attach -runbookid=a >attach2 &
	two=$!
	"$RUNBOOK" attach -runbookid=a -json >attach3 2>attach3.err &
	three=$!
	await_line attach1 'first line'
	await_line attach2 'first line'
	touch a.go
	wait "$one"
	wait "$two"
	wait "$three"
	is "$(from_json attach3 'd["runbook"]["counts"]["Completed"]')" 4
	is "$(cat attach3.err)" ''
	has_line attach1 'last line'
	same attach1 attach2
	has_line attach1.err 'All steps are done.'
	is "$(state_of a 4)" Completed
	must_succeed runbook attach -runbookid=a -ledger="$RUNBOOK_LEDGER"
	has_line err 'nothing of runbook a is running'
	has_line err 'All steps are done.'
}

an_interrupt_ends_only_the_look() {
	gated a
	begin a
	"$RUNBOOK" attach -runbookid=a >look.out 2>look.err &
	look=$!
	await_line look.out 'first line'
	# Should it wait for the step, that must end.
	(sleep 10; touch a.go) &
	guard=$!
	kill -INT "$look"
	code=0
	wait "$look" || code=$?
	is "$code" 130
	is "$(state_of a 2)" InProgress
	lacks look.err 'stopping when'
	kill "$guard"
	touch a.go
	ends 0
	is "$(state_of a 4)" Completed
}

# The engine dies, and then the step ends: who looked on sees no more of the run, and is told how it goes on.
a_look_outlives_the_engine() {
	gated a
	gated b
	begin a
	# What was imported later is not what runs.
	must_succeed runbook status
	has_line out 'Runbook   a'
	"$RUNBOOK" attach -runbookid=a -ledger="$RUNBOOK_LEDGER" >look.out 2>look.err &
	look=$!
	await_line look.out 'first line'
	kill -9 "$engine"
	ends 137
	touch a.go
	wait "$look"
	has_line look.out 'last line'
	has_line look.err "  runbook execute -runbookid=a -ledger=$RUNBOOK_LEDGER"
}

many_look_on_and_many_stop() {
	gated a
	begin a
	for i in 1 2 3 4 5 6 7 8 9 10; do
		"$RUNBOOK" attach -runbookid=a >"attach$i" 2>&1 &
		eval "look$i=\$!"
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		await_line "attach$i" 'first line'
	done
	for i in 1 2 3 4 5; do
		"$RUNBOOK" stop -runbookid=a -now -reason="of $i" 2>"stop$i" &
		eval "stop$i=\$!"
	done
	for i in 1 2 3 4 5; do
		eval "wait \$stop$i"
	done
	ends 4
	for i in 1 2 3 4 5 6 7 8 9 10; do
		eval "wait \$look$i"
	done
	is "$(state_of a 2)" Failed
	has a.err 'stopped by'
}

run_case 'a detached run is attached to by two' detached
run_case 'an interrupt ends only the look of who looks on' an_interrupt_ends_only_the_look
run_case 'who looks on is told how the run goes on when its engine is dead' a_look_outlives_the_engine
run_case 'many look on, many stop' many_look_on_and_many_stop
finish
