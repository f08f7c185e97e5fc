#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
# While a step runs the next one is made ready. That is a guess: what the running step, or somebody, does in between counts all the same.
. "$SOURCE_ROOT/tests/cli/lib.sh"
. "$SOURCE_ROOT/tests/cli/gated.sh"

next=package/RunbookWorkingFolder/r/localhost/Web/2

# two_steps LINE…: a runbook r of Stop and Update; Stop waits until Update has been made ready, and then does this
two_steps() {
	begin_package package
	begin_model Web
	phase Stop '<RetryCount>0</RetryCount>'
	script Web Stop.sh "for i in \$(seq 400); do [ -e ../../../$next/attempt-1/outcome.tmp ] && break; sleep 0.05; done" \
		"[ -e ../../../$next/attempt-1/outcome.tmp ] || exit 9" 'touch ../../../ready' "$@"
	phase Update '<RetryCount>0</RetryCount>'
	script Web Update.sh 'echo ran >>../../../tally'
	end_web
	# A file that has only just changed could change again without its times telling it: such a script is made ready by nobody.
	sleep 3.1
}

# The size and the time of the script are those that it had.
a_script_that_the_step_before_changes_is_noticed() {
	two_steps 'touch -r Update.sh then' 'sed -i s/ran/RAN/ Update.sh' 'touch -r then Update.sh'
	must_fail 7 runbook execute -runbookid=r
	has err 'Update.sh has changed since it was imported'
	absent tally
	is "$(state_of r 2)" NotStarted
	is "$(find $next/Log -name '*.log')" ''
	must_succeed runbook execute -runbookid=r -acceptchange -reason='meant'
	is "$(cat tally)" RAN
}

# The control: a script that is written again as it was may run.
a_script_that_stays_the_same_may_be_touched() {
	two_steps 'cp Update.sh copy' 'mv copy Update.sh'
	must_succeed runbook execute -runbookid=r
	is "$(cat tally)" ran
}

an_interpreter_that_the_step_before_replaces_is_the_one_that_counts() {
	cp "$(command -v sh)" shell
	two_steps 'cp ../../../shell ../../../other' 'echo >>../../../other' 'mv ../../../other ../../../shell'
	sed -i "1s|.*|#!$(pwd)/shell|" package/Web/Scripts/Update.sh
	must_succeed runbook import -runbookfile=package/r.xml -replace
	sleep 3.1
	must_succeed runbook execute -runbookid=r
	is "$(cat tally)" ran
	has $next/attempt-1/started "$(sha256sum <shell | cut -d ' ' -f 1)"
}

a_run_that_is_stopped_leaves_nothing_of_the_next_step() {
	two_steps 'while [ ! -e ../../../go ]; do sleep 0.05; done'
	"$RUNBOOK" execute -runbookid=r >r.out 2>r.err &
	engine=$!
	await ready
	must_succeed runbook stop -runbookid=r
	touch go
	ends 5
	is "$(state_of r 1)" Completed
	is "$(state_of r 2)" NotStarted
	is "$(find $next/Log -name '*.log')" ''
	must_succeed runbook execute -runbookid=r
	is "$(cat tally)" ran
	is "$(find $next/Log -name '*.log' | wc -l)" 1
	is "$(find package -name '*.tmp')" ''
}

# The lock of what was made ready goes with the engine; the next one runs the step.
an_engine_that_is_killed_leaves_the_next_step_free() {
	two_steps 'while [ ! -e ../../../go ]; do sleep 0.05; done'
	"$RUNBOOK" execute -runbookid=r >r.out 2>r.err &
	engine=$!
	await ready
	kill -9 "$engine"
	wait "$engine" || :
	touch go
	must_succeed runbook execute -runbookid=r
	is "$(cat tally)" ran
}

run_case 'a script that the step before changes is noticed' a_script_that_the_step_before_changes_is_noticed
run_case 'control: a script that stays the same may be touched' a_script_that_stays_the_same_may_be_touched
run_case 'an interpreter that the step before replaces is the one that counts' an_interpreter_that_the_step_before_replaces_is_the_one_that_counts
run_case 'a run that is stopped leaves nothing of the next step' a_run_that_is_stopped_leaves_nothing_of_the_next_step
run_case 'an engine that is killed leaves the next step free' an_engine_that_is_killed_leaves_the_next_step_free
finish
