#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
# A run and the sessions around it: signals, stop; restarts; runs side by side.
. "$SOURCE_ROOT/tests/cli/lib.sh"
. "$SOURCE_ROOT/tests/cli/gated.sh"

a_hang_up_changes_nothing() {
	gated a
	begin a
	kill -HUP "$engine"
	sleep 0.2
	touch a.go
	ends 0
	is "$(cat a.tally)" 2
}

an_interrupt_lets_the_step_finish() {
	gated a
	begin a
	kill -INT "$engine"
	sleep 0.2
	is "$(state_of a 2)" InProgress
	touch a.go
	ends 130
	is "$(state_of a 2)" Completed
	is "$(state_of a 3)" NotStarted
	has a.err 'runbook execute -runbookid=a'
	must_succeed runbook execute -runbookid=a
	is "$(cat a.tally)" 2
}

# kill SIGNAL… until the engine leaves; the step goes on and is adopted
leaves_at_once() {
	leave_code=$1
	shift
	gated a
	begin a
	for signal; do
		kill "-$signal" "$engine"
		sleep 0.2
	done
	ends "$leave_code"
	if [ "$leave_code" -ne 137 ]; then
		has_line a.err '  look at it: runbook attach -runbookid=a'
		has_line a.err '  go on:      runbook execute -runbookid=a'
	fi
	is "$(state_of a 2)" InProgress
	must_succeed runbook status -runbookid=a
	has out 'Step 2 is running; follow it'
	touch a.go
	await a.package/RunbookWorkingFolder/a/localhost/a/2/attempt-1/outcome
	must_succeed runbook status -runbookid=a
	has out 'Step 2 has ended, and how is not recorded yet'
	must_succeed runbook execute -runbookid=a
	has_line out 'last line'
	is "$(cat a.tally)" 2
}

a_closed_output_does_not_end_a_run() {
	gated a
	touch a.go
	("$RUNBOOK" execute -runbookid=a 2>/dev/null; echo $? >code) | head -n 1 >/dev/null
	is "$(cat code)" 0
}

stopped_between_steps() {
	gated a
	begin a
	must_succeed runbook stop -runbookid=a -reason='lunch'
	sleep 0.2
	is "$(state_of a 2)" InProgress
	touch a.go
	ends 5
	has a.err 'lunch'
	is "$(state_of a 2)" Completed
	is "$(state_of a 3)" NotStarted
	must_succeed runbook execute -runbookid=a
	must_succeed runbook stop -runbookid=a
	has err 'is not being executed'
	must_succeed runbook stop -runbookid=a -json
	is "$(from_json out d)" '{"runbookId":"a","engine":false,"step":false,"survivors":false}'
}

stopped_now() {
	gated a
	begin a
	must_succeed runbook stop -runbookid=a -now -reason='wrong package'
	ends 4
	is "$(state_of a 2)" Failed
	has a.err 'wrong package'
	# Nobody needs to guess from the signal that the script was sent.
	lacks a.err 'cause:'
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT Reason FROM AttemptHistory WHERE Step = 2")" \
		"stopped by $(id -un): wrong package"
}

stopped_now_without_an_engine() {
	gated a
	begin a
	kill -9 "$engine"
	ends 137
	must_succeed runbook stop -runbookid=a -now
	must_fail 4 runbook execute -runbookid=a
	is "$(state_of a 2)" Failed
}

runs_side_by_side() {
	gated a
	gated b
	begin a
	touch b.go
	must_succeed runbook execute -runbookid=b
	touch a.go
	ends 0
}

runs_of_one_service_model() {
	gated a
	cp -r a.package other.package
	sed 's|<RunbookID>a<|<RunbookID>other<|g' a.package/a.xml >other.package/other.xml
	rm other.package/a.xml
	must_succeed runbook import -runbookfile=other.package/other.xml
	begin a
	must_fail 6 runbook execute -runbookid=other
	has err 'service model a is being updated by process'
	has_line err '  look at it: runbook attach -runbookid=a'
	must_fail 6 runbook execute -runbookid=other -ledger="$RUNBOOK_LEDGER"
	has_line err "  look at it: runbook attach -runbookid=a -ledger=$RUNBOOK_LEDGER"
	# Also when only the step is left of the first run.
	kill -9 "$engine"
	ends 137
	must_fail 6 runbook execute -runbookid=other
	has err 'step 2 of runbook a, which still runs'
	has_line err '  look at it: runbook status -runbookid=a'
	touch a.go
	must_succeed runbook execute -runbookid=a
}

# kill_supervisor ID: that of its Update, which goes on; the engine says that nobody can know
kill_supervisor() {
	kill -9 "$(sed -n 's/^supervisor=//p' "$1.package/RunbookWorkingFolder/$1/localhost/$1/2/attempt-1/started")"
}

a_step_outlives_its_supervisor() {
	gated a
	begin a
	kill_supervisor a
	ends 8
	has a.err 'its supervisor was killed while it ran'
	has_line a.err '  script: a/Scripts/Update.sh'
	has a.err 'still running: sh ('
	has a.err 'runbook stop -runbookid=a -now'
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT substr(LeftBehind, 1, 36) FROM AttemptHistory WHERE Step = 2")" \
		'lives on without its supervisor: sh '
	for decision in -rerunstep=2 '-setstepcomplete=2 -reason=seen' -autoresume; do
		# shellcheck disable=SC2086 # a list of options
		must_fail 7 runbook execute -runbookid=a $decision
		has err 'step 2: its supervisor is dead, but of its script there still run: sh ('
	done
	must_succeed runbook stop -runbookid=a -now
	has err 'was ended'
	must_fail 8 runbook execute -runbookid=a
	lacks err 'still running'
	touch a.go
	must_succeed runbook execute -runbookid=a -rerunstep=2
	is "$(wc -l <a.tally)" 2
}

# It has no environment any more by which it could be known: only where there is a control group.
a_step_without_environment_outlives_its_supervisor() {
	begin_package package
	begin_model Web
	phase Stop '<RetryCount>0</RetryCount>'
	script Web Stop.sh 'touch ../../../running' 'exec env -i sleep 600'
	end_web
	"$RUNBOOK" execute -runbookid=r >r.out 2>r.err &
	engine=$!
	await running
	started=package/RunbookWorkingFolder/r/localhost/Web/1/attempt-1/started
	supervisor=$(sed -n 's/^supervisor=//p' "$started")
	for _ in $(seq 400); do
		if pgrep -x -s "$supervisor" sleep >/dev/null; then
			break
		fi
		sleep 0.05
	done
	kill -9 "$supervisor"
	ends 8
	if [ ! -d "$(sed -n 's/^cgroup=//p' "$started")" ]; then
		pkill -9 -s "$supervisor"
		skip 'no control group can be made here'
	fi
	has r.err 'still running: sleep ('
	must_succeed runbook stop -runbookid=r -now
	must_fail 8 runbook execute -runbookid=r
	lacks err 'still running'
}

what_outlives_its_supervisor_keeps_its_service_model() {
	gated a
	cp -r a.package other.package
	sed 's|<RunbookID>a<|<RunbookID>other<|g' a.package/a.xml >other.package/other.xml
	rm other.package/a.xml
	must_succeed runbook import -runbookfile=other.package/other.xml
	begin a
	kill_supervisor a
	ends 8
	must_fail 6 runbook execute -runbookid=other
	has err 'step 2 of runbook a, which still runs'
	must_succeed runbook stop -runbookid=a -now
	touch a.go
	must_succeed runbook execute -runbookid=other
}

# ---- Sessions ----------------------------------------------------------------------------------------------------------

no_step_reads_the_terminal() {
	asking
	must_succeed python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
		"$RUNBOOK" execute -runbookid=r
	[ -e finished ]
}

# As cron and systemd start it: no terminal, a session of its own, hardly an environment.
a_run_needs_no_environment() {
	asking
	must_succeed env -i setsid --wait "$RUNBOOK" execute -runbookid=r -ledger="$RUNBOOK_LEDGER"
	[ -e finished ]
}

nohup_keeps_a_run() {
	gated a
	nohup "$RUNBOOK" execute -runbookid=a >a.out 2>a.err &
	engine=$!
	await a.running
	kill -HUP "$engine"
	touch a.go
	ends 0
}

the_end_of_tmux_ends_no_run() {
	need_command tmux
	gated a
	tmux -S tmux.socket -f /dev/null new-session -d "'$RUNBOOK' execute -runbookid=a" || skip 'tmux does not work here'
	await a.running
	tmux -S tmux.socket kill-server
	touch a.go
	for _ in $(seq 400); do
		if [ "$(state_of a 3)" = Completed ]; then
			break
		fi
		sleep 0.05
	done
	is "$(state_of a 2) $(state_of a 3)" 'Completed Completed'
}

# ---- Memory -----------------------------------------------------------------------------------------------------------

# need_memory_group: $group is a control group, of the first or the second version, that may have 48 MiB
need_memory_group() {
	group=/sys/fs/cgroup/memory/runbook-test-$$
	limit=memory.limit_in_bytes
	if [ ! -d /sys/fs/cgroup/memory ]; then
		group=/sys/fs/cgroup/runbook-test-$$
		limit=memory.max
	fi
	{ mkdir "$group" && echo 50331648 >"$group/$limit"; } 2>/dev/null || skip 'cannot make a memory control group here'
}

# Its interpreter is a child of the step's shell, or the step itself.
a_step_without_memory_is_called_that() {
	need_memory_group
	restarting "echo \$\$ >$group/cgroup.procs" "$1 python3 -c 'print(len(bytearray(1 << 28)))'"
	must_fail 4 runbook execute -runbookid=r -retrypause=0
	rmdir "$group"
	has err "killed by the kernel's OOM killer"
	has_line out '[runbook] the step was killed by the kernel, which had no memory left'
}

a_step_that_kills_itself_has_memory() {
	restarting 'kill -9 $$'
	must_fail 4 runbook execute -runbookid=r -retrypause=0
	has err 'ended by signal 9 (KILL)'
}

# ---- Restarts: a boot id of our own is bind-mounted over the kernel's ----------------------------------------------

# boots N COMMAND…: as on the N-th boot of the machine
boots() {
	printf '00000000-0000-0000-0000-%012d' "$1" >boot_id
	shift
	unshare --mount sh -c 'mount --bind boot_id /proc/sys/kernel/random/boot_id && exec "$@"' sh "$@"
}

need_boots() {
	boots 1 true 2>/dev/null || skip 'cannot bind-mount a boot id here'
}

# restarting LINE…: a runbook of two steps, the first with that script
restarting() {
	begin_package package
	begin_model Web
	phase Stop
	script Web Stop.sh 'echo $RUNBOOK_ATTEMPT >>../../../tally' "$@"
	phase Start
	end_web
}

a_step_asks_for_a_restart() {
	need_boots
	restarting 'echo reboot=next >"$RUNBOOK_RESULT"'
	must_fail 5 boots 1 "$RUNBOOK" execute -runbookid=r
	has err 'asked for a restart of this machine'
	is "$(state_of r 1)" Completed
	must_fail 5 boots 1 "$RUNBOOK" execute -runbookid=r
	absent witness
	must_succeed boots 2 "$RUNBOOK" execute -runbookid=r
	is "$(cat tally)" 1
	has_line witness Web/Start.sh
}

a_step_asks_to_come_again_behind_a_restart() {
	need_boots
	restarting 'if [ "$RUNBOOK_ATTEMPT" = 1 ]; then echo reboot=same >"$RUNBOOK_RESULT"; fi'
	must_fail 5 boots 1 "$RUNBOOK" execute -runbookid=r
	must_fail 5 boots 1 "$RUNBOOK" execute -runbookid=r
	is "$(wc -l <tally)" 1
	must_succeed boots 2 "$RUNBOOK" execute -runbookid=r
	is "$(wc -l <tally)" 2
}

restarts_do_not_go_on_for_ever() {
	need_boots
	restarting 'echo reboot=same >"$RUNBOOK_RESULT"'
	for boot in 1 2 3 4; do
		must_fail 5 boots "$boot" "$RUNBOOK" execute -runbookid=r
	done
	must_fail 8 boots 5 "$RUNBOOK" execute -runbookid=r
	is "$(wc -l <tally)" 5
	is "$(state_of r 1)" Interrupted
}

parent_of() {
	ps -o ppid= -p "$1" | tr -d ' '
}

# The machine goes down under the step, with or without having been asked.
the_machine_goes_down() {
	need_boots
	restarting "$1" 'touch ../../../running' 'sleep 60'
	boots 1 "$RUNBOOK" execute -runbookid=r >out 2>err &
	await running
	supervisor=$(sed -n 's/^supervisor=//p' package/RunbookWorkingFolder/r/localhost/Web/1/attempt-1/started)
	# The engine first, above the nursery: it must not see how the others end.
	kill -9 "$(parent_of "$(parent_of "$supervisor")")"
	wait || true
	pkill -9 -s "$supervisor"
	sleep 0.2
	rm running
}

a_restart_under_a_step_is_unknown() {
	the_machine_goes_down ':'
	must_fail 8 boots 2 "$RUNBOOK" execute -runbookid=r
	has err 'the machine restarted while it ran'
	is "$(wc -l <tally)" 1
}

a_restart_under_a_step_that_asked_for_it() {
	the_machine_goes_down 'echo reboot=next >"$RUNBOOK_RESULT"'
	must_succeed boots 2 "$RUNBOOK" execute -runbookid=r
	is "$(wc -l <tally)" 1
	is "$(state_of r 1)" Completed
}

an_interrupted_step_can_be_resumed() {
	the_machine_goes_down ':'
	sed -i 's/^sleep 60/exit 0/' package/Web/Scripts/Stop.sh
	must_succeed boots 2 "$RUNBOOK" execute -runbookid=r -autoresume -acceptchange -reason=shorter
	is "$(wc -l <tally)" 2
}

run_case 'a hang-up changes nothing' a_hang_up_changes_nothing
run_case 'an interrupt lets the step finish' an_interrupt_lets_the_step_finish
run_case 'a second interrupt leaves at once' leaves_at_once 130 INT INT
run_case 'TERM leaves at once' leaves_at_once 143 TERM
run_case 'kill -9 leaves the step running' leaves_at_once 137 KILL
run_case 'a closed output does not end a run' a_closed_output_does_not_end_a_run
run_case 'stop lets the step finish' stopped_between_steps
run_case 'stop -now ends the step' stopped_now
run_case 'stop -now without an engine' stopped_now_without_an_engine
run_case 'runs of different service models go on side by side' runs_side_by_side
run_case 'a service model is updated by one run at a time' runs_of_one_service_model
run_case 'a step outlives its supervisor' a_step_outlives_its_supervisor
run_case 'a step without environment outlives its supervisor' a_step_without_environment_outlives_its_supervisor
run_case 'what outlives its supervisor keeps its service model' what_outlives_its_supervisor_keeps_its_service_model
run_case 'no step reads the terminal' no_step_reads_the_terminal
run_case 'a run needs no environment' a_run_needs_no_environment
run_case 'nohup keeps a run' nohup_keeps_a_run
run_case 'the end of tmux ends no run' the_end_of_tmux_ends_no_run
run_case 'a step killed for lack of memory is called that' a_step_without_memory_is_called_that exec
run_case 'a child killed for lack of memory is called that' a_step_without_memory_is_called_that ''
run_case 'a step that kills itself is not' a_step_that_kills_itself_has_memory
run_case 'a step asks for a restart' a_step_asks_for_a_restart
run_case 'a step asks to come again behind a restart' a_step_asks_to_come_again_behind_a_restart
run_case 'restarts do not go on for ever' restarts_do_not_go_on_for_ever
run_case 'a restart under a step is unknown' a_restart_under_a_step_is_unknown
run_case 'a restart under a step that asked for it is its end' a_restart_under_a_step_that_asked_for_it
run_case 'an interrupted step can be resumed' an_interrupted_step_can_be_resumed
finish
