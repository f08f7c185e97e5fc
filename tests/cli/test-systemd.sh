#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
# A run under systemd: as a service, in a scope, in a user's session; and what is left when systemd ends it.
#
# The script starts itself again in a jail with a systemd of its own; it is skipped where that cannot be made.
if [ -z "${RUNBOOK_TEST_SYSTEMD:-}" ]; then
	exec python3 -B "$SOURCE_ROOT/tests/cli/systemd.py" test-systemd.sh
fi
. "$SOURCE_ROOT/tests/cli/lib.sh"
. "$SOURCE_ROOT/tests/cli/gated.sh"

# in_service [OPTION…] COMMAND…: as the service u.service; what it prints goes to u.out and u.err
in_service() {
	systemd-run --quiet --collect --unit=u --setenv=RUNBOOK_LEDGER --setenv=RUNBOOK_CONF \
		--property="StandardOutput=append:$PWD/u.out" --property="StandardError=append:$PWD/u.err" "$@"
}

# in_scope [OPTION…] COMMAND…: in the scope u.scope, as our child
in_scope() {
	systemd-run --quiet --collect --scope --unit=u "$@"
}

# what_is_left UNIT: the unit, unless systemd has forgotten it; processes of the program and of scripts; control groups of attempts
what_is_left() {
	systemctl show --property=LoadState "$1" | grep -vxF LoadState=not-found || true
	pgrep -a '^runbook' || true
	pgrep -af Scripts/ || true
	find /sys/fs/cgroup -name 'runbook-attempt-*' 2>/dev/null || true
}

# ended UNIT [LOOKS]: waits until nothing of it is left
ended() {
	for _ in $(seq "${2:-300}"); do
		left=$(what_is_left "$1")
		[ -n "$left" ] || return 0
		sleep 0.05
	done
	fail "of the run in $1 is left: $left"
}

# await_state ID STEP STATE
await_state() {
	for _ in $(seq 200); do
		if [ "$(state_of "$1" "$2")" = "$3" ]; then
			return
		fi
		sleep 0.05
	done
	fail "step $2 is $(state_of "$1" "$2") and never was $3"
}

# ran TIMES: what the scripts themselves have written: Update so many times, all others once
ran() {
	is "$(wc -l <a.tally)" "$1"
	is "$(sort witness | tr '\n' ' ')" 'a/Start.sh a/Stop.sh '
}

# Before anything else: no mistake made here may reach this machine.
the_jail_is_closed() {
	read -r _ outside _ </proc/self/uid_map
	[ "$outside" -gt 65535 ] || fail "root is user $outside outside"
	for path in /usr /usr/bin/env /proc/sys/kernel/hostname; do
		[ ! -w "$path" ] || fail "$path can be written to"
	done
	for path in /old /root /home /srv /var/lib; do
		is "$(ls -A "$path" 2>/dev/null)" ''
	done
}

# ---- To the end --------------------------------------------------------------------------------------------------------

completes() {
	asking
	must_succeed "$@" "$RUNBOOK" execute -runbookid=r
	[ -e finished ]
	is "$(state_of r 1)" Completed
	must_succeed runbook logs -runbookid=r -stepid=1
	has_line out 'nobody was asked'
	ended u.service
	ended u.scope
}

# As anybody would type it: the ledger of this machine, and nothing in the environment.
completes_as_it_is_typed() {
	unset RUNBOOK_LEDGER RUNBOOK_CONF HOME
	asking
	must_succeed systemd-run --wait -p KillMode=process "$RUNBOOK" execute -runbookid=r
	[ -e finished ]
	must_succeed runbook status -runbookid=r -ledger=/var/lib/runbook/ledger.db
	has out 'All steps are done'
}

passes_its_code_on() {
	one_step 'exit 3'
	must_fail 4 "$@" "$RUNBOOK" execute -runbookid=one -retrypause=0
	is "$(state_of one 1)" Failed
	ended u.service
	ended u.scope
}

# ---- Ended in the middle -----------------------------------------------------------------------------------------------

# begin COMMAND… : the run, until its Update runs
begin() {
	"$@" "$RUNBOOK" execute -runbookid=a >begin.log 2>&1 &
	await a.running
}

begin_scope() {
	in_scope "$@" "$RUNBOOK" execute -runbookid=a >u.out 2>u.err &
	await a.running
}

# goes_on: after somebody has asked for it, and to the end
goes_on() {
	touch a.go
	must_succeed runbook execute -runbookid=a -rerunstep=2
	ran 2
	must_succeed runbook status -runbookid=a
	has out 'All steps are done'
	ended u.service
}

# was_ended [BY]: the step got the signal as well, so that its outcome is known; an engine that was slow to leave may have recorded it
was_ended() {
	must_succeed runbook status -runbookid=a
	grep -E '^Step 2 (has ended, and how is not recorded yet|failed)' out
	must_fail 4 runbook execute -runbookid=a
	grep -E "ended by signal ${1:-15 .TERM.}" err
	is "$(state_of a 2)" Failed
	is "$(wc -l <a.tally)" 1
	goes_on
}

# Its supervisor was killed with it: nobody can know.
was_killed() {
	must_succeed runbook status -runbookid=a
	has out 'Step 2 does not run any more, and how it ended cannot be known'
	must_fail 8 runbook execute -runbookid=a
	is "$(state_of a 2)" Interrupted
	is "$(wc -l <a.tally)" 1
}

stopped() {
	gated a
	begin in_service
	must_succeed systemctl stop u
	ended u.service
	was_ended
}

stopped_while_it_will_not_end() {
	gated a 'trap "" TERM'
	begin in_service --property=TimeoutStopSec=1
	must_succeed systemctl stop u
	ended u.service
	was_killed
	goes_on
}

stopped_scope() {
	gated a
	begin_scope
	must_succeed systemctl stop u.scope
	ended u.scope
	was_ended
}

killed() {
	gated a
	begin in_service
	must_succeed systemctl kill --signal=KILL u
	ended u.service
	was_killed
	goes_on
}

killed_and_taken_as_done() {
	gated a
	begin in_service
	must_succeed systemctl kill --signal=KILL u
	ended u.service
	must_succeed runbook execute -runbookid=a -setstepcomplete=2 -reason='looked'
	ran 1
}

# What does not end with the service need not: systemd leaves the step to its supervisor, and the next command follows it.
stopped_alone() {
	gated a
	begin in_service --property=KillMode=process
	must_succeed systemctl stop u
	await_line u.err 'runbook: leaving at signal 15 (TERM); the running step goes on unless it was sent that, too'
	must_succeed runbook status -runbookid=a
	has out 'Step 2 is running'
	touch a.go
	must_succeed runbook execute -runbookid=a
	has_line out 'last line'
	ran 1
	ended u.service
}

# ---- In the background -------------------------------------------------------------------------------------------------

# With its main process ends the service, and everything in it: in the middle of the step here.
detached_ends_with_its_service() {
	gated a
	must_succeed in_service sh -c "'$RUNBOOK' execute -runbookid=a -detach; while [ ! -e '$PWD/a.running' ]; do sleep 0.05; done"
	await a.running
	ended u.service
	was_ended
}

# The same at any moment: however far the run has come, the next command goes on from there. A script born just behind systemd's TERM has to be killed, and
# then systemd-run fails.
detached_is_warned() {
	gated a
	in_service --property=TimeoutStopSec=1 --wait "$RUNBOOK" execute -runbookid=a -detach || is $? 1
	has u.err 'this is the main process of a systemd service'
	ended u.service
	touch a.go
	runs=1
	code=0
	runbook execute -runbookid=a >out 2>err || code=$?
	if [ "$code" -ne 0 ]; then
		step=$(sqlite3 "$RUNBOOK_LEDGER" "SELECT Step FROM StepStatus WHERE State IN ('Failed', 'Interrupted')")
		must_succeed runbook execute -runbookid=a -rerunstep="$step"
		runs=2
	fi
	must_succeed runbook status -runbookid=a
	has out 'All steps are done'
	[ "$(wc -l <a.tally)" -le "$runs" ]
}

# detached_lives_on UNIT COMMAND…
detached_lives_on() {
	unit=$1
	shift
	gated a
	must_succeed "$@" "$RUNBOOK" execute -runbookid=a -detach
	await a.running
	is "$(state_of a 2)" InProgress
	touch a.go
	await_state a 4 Completed
	ran 1
	ended "$unit"
}

# ---- What a step has started -------------------------------------------------------------------------------------------

# started_by_a_step COMMAND…: runs a step that starts a service, to its end
started_by_a_step() {
	one_step 'setsid sleep 600 >/dev/null 2>&1 </dev/null &' 'while ! pgrep -x sleep; do sleep 0.01; done'
	must_succeed "$@" "$RUNBOOK" execute -runbookid=one
}

started_ends_with_its_service() {
	started_by_a_step in_service --wait
	ended u.service
	is "$(pgrep -x sleep)" ''
}

# started_lives_on COMMAND…
started_lives_on() {
	started_by_a_step "$@"
	sleep 0.3
	pgrep -x sleep
	pkill -x sleep
	for _ in $(seq 100); do
		if ! pgrep -x sleep; then
			break
		fi
		sleep 0.02
	done
	must_succeed runbook execute -runbookid=one
	ended u.scope
	ended u.service
}

# ---- Sessions ----------------------------------------------------------------------------------------------------------

# The scope that logind makes for whoever logs in.
begin_session() {
	gated a
	begin_scope --slice=user-0.slice --property=SendSIGHUP=yes
}

# With KillUserProcesses=yes logind stops it.
session_that_is_killed() {
	begin_session
	must_succeed systemctl stop u.scope
	ended u.scope
	was_ended '(15 .TERM.|1 .HUP.)'
}

# Without, as Debian has it, the scope is abandoned, and only the terminal is gone.
session_that_ends() {
	begin_session
	must_succeed busctl call org.freedesktop.systemd1 /org/freedesktop/systemd1/unit/u_2escope org.freedesktop.systemd1.Scope Abandon
	pkill -HUP -o -x runbook
	sleep 0.2
	is "$(state_of a 2)" InProgress
	touch a.go
	await_state a 4 Completed
	ran 1
	ended u.scope
}

# ---- Control -----------------------------------------------------------------------------------------------------------

# The record that the script began is lost with the unit: it is run again, unasked, and what it has written itself must show that.
control() {
	gated a
	begin in_service
	systemctl kill --signal=KILL u
	ended u.service
	rm a.package/RunbookWorkingFolder/a/localhost/a/2/attempt-1/started
	touch a.go
	must_succeed runbook execute -runbookid=a
	if (ran 1) >seen; then
		fail 'the second run was not noticed'
	fi
	has seen "'2' instead of '1'"
}

# Of what systemd has not ended, something must be found.
control_left_behind() {
	gated a
	begin in_service --property=KillMode=process
	systemctl stop u
	if (ended u.service 20) >seen; then
		fail 'the step that is left was not noticed'
	fi
	has seen 'of the run in u.service is left: '
	touch a.go
	must_succeed runbook execute -runbookid=a
	ended u.service
}

run_case 'the jail is closed' the_jail_is_closed
run_case 'a service completes' completes in_service --wait
run_case 'a service completes as it is typed' completes_as_it_is_typed
run_case 'a scope completes' completes in_scope
run_case 'a service passes its exit code on' passes_its_code_on in_service --wait
run_case 'a scope passes its exit code on' passes_its_code_on in_scope
run_case 'a service is stopped in the middle of a step' stopped
run_case 'a step that ignores TERM is killed with its service' stopped_while_it_will_not_end
run_case 'a scope is stopped in the middle of a step' stopped_scope
run_case 'everything in a service is killed' killed
run_case 'everything is killed, and the step taken as done' killed_and_taken_as_done
run_case 'with KillMode=process the step goes on' stopped_alone
run_case 'a detached run ends with its service' detached_ends_with_its_service
run_case 'a service that detaches is warned' detached_is_warned
run_case 'a detached run lives on in its scope' detached_lives_on u.scope in_scope
run_case 'a detached run lives on with KillMode=process' detached_lives_on u.service in_service --wait --property=KillMode=process
run_case 'what a step started ends with the service' started_ends_with_its_service
run_case 'what a step started lives on in its scope' started_lives_on in_scope
run_case 'what a step started lives on with KillMode=process' started_lives_on in_service --wait --property=KillMode=process
run_case 'a session that is killed' session_that_is_killed
run_case 'a session that ends' session_that_ends
run_case 'control: a second run is noticed' control
run_case 'control: what is left is noticed' control_left_behind
finish
