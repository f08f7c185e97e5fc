#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
# What must never be taken for a success, one case each, named after it.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# one_step [LINE…]: a runbook r of one step, Update of Web, with that script, imported
one_step() {
	begin_package package
	begin_model Web
	phase Update "${elements:-<RetryCount>0</RetryCount>}"
	script Web Update.sh "$@"
	end_web
}

execute() {
	runbook execute -runbookid=r -retrypause=0 "$@"
}

state_of() {
	sqlite3 "$RUNBOOK_LEDGER" "SELECT State FROM StepStatus WHERE Step = $1"
}

exhausted_retries_are_failed() {
	elements='<RetryCount>2</RetryCount>'
	one_step 'echo x >>../../../tally' 'exit 3'
	must_fail 4 execute
	is "$(state_of 1)" Failed
	is "$(wc -l <tally)" 3
	lacks out 'The step completed'
	must_fail 4 execute
	is "$(wc -l <tally)" 3
}

a_retry_really_executes() {
	elements='<RetryCount>1</RetryCount>'
	one_step 'echo x >>../../../tally' '[ "$RUNBOOK_ATTEMPT" = 2 ]'
	must_succeed execute
	is "$(wc -l <tally)" 2
	is "$(sqlite3 "$RUNBOOK_LEDGER" 'SELECT group_concat(State) FROM AttemptHistory WHERE Step = 1')" Failed,Completed
}

# The engine dies in the pause behind the first of two failures.
retries_survive_a_crash() {
	elements='<RetryCount>1</RetryCount>'
	one_step 'echo x >>../../../tally' 'exit 3'
	"$RUNBOOK" execute -runbookid=r -retrypause=60 >out 2>err &
	engine=$!
	for _ in $(seq 100); do
		[ "$(state_of 1)" = Failed ] && break
		sleep 0.1
	done
	kill -9 "$engine"
	wait "$engine" || true
	must_fail 4 execute
	is "$(wc -l <tally)" 2
	must_fail 4 execute
	is "$(wc -l <tally)" 2
}

a_required_step_cannot_be_skipped() {
	one_step 'exit 3'
	must_fail 4 execute
	must_fail 4 execute -backup=false
	must_fail 2 runbook execute -runbookid=r -skip=1
	is "$(state_of 1)" Failed
}

a_later_step_cannot_be_set_complete() {
	one_step 'exit 3'
	must_fail 7 execute -setstepcomplete=2 -reason=because
	has err 'step 1 comes first'
	must_fail 3 execute -setstepcomplete=9 -reason=because
	is "$(state_of 2)" NotStarted
}

a_running_step_cannot_be_set_complete() {
	one_step 'touch ../../../running' 'while [ ! -e ../../../go ]; do sleep 0.05; done'
	"$RUNBOOK" execute -runbookid=r >first.out 2>first.err &
	engine=$!
	while [ ! -e running ]; do sleep 0.05; done
	must_fail 6 execute -setstepcomplete=1 -reason=because
	kill -9 "$engine"
	wait "$engine" || true
	is "$(state_of 1)" InProgress
	touch go
	# The step is taken up and ends by itself; only then there is something to decide, and nothing is left to.
	must_succeed execute -setstepcomplete=1 -reason=because
	is "$(state_of 1)" Completed
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT count(*) FROM Override")" 0
}

an_exit_by_signal_is_never_0() {
	for signal in TERM KILL SEGV HUP; do
		rm -rf package "$RUNBOOK_LEDGER"*
		one_step "kill -$signal \$\$"
		must_fail 4 execute
		has err "($signal)"
		is "$(state_of 1)" Failed
	done
}

a_missing_script_is_never_0() {
	one_step 'exit 0'
	rm package/Web/Scripts/Update.sh
	must_fail 3 execute
	has err 'Update.sh'
	is "$(state_of 1)" NotStarted
}

a_missing_interpreter_is_never_0() {
	begin_package package
	model Web Stop Update
	printf '#!/no/such/interpreter\n' >package/Web/Scripts/Update.sh
	end_package
	topology topology.xml '' localhost:Web
	generate_runbook r topology.xml -etwmanifest=never
	must_succeed runbook import -runbookfile=package/r.xml
	must_fail 3 execute
	has err '/no/such/interpreter'
	# Found before the first step runs.
	is "$(state_of 1)" NotStarted
	absent witness
}

an_empty_runbook_is_never_0() {
	begin_package package
	model Web Update
	end_package
	topology topology.xml '' localhost:Other
	must_fail 7 runbook generate -runbookid=r -topologyfile=topology.xml \
		-servicemodelfile=package/DefaultServiceModelData.xml -runbookfile=package/r.xml
	absent package/r.xml
	printf '<RunbookData><RunbookID>r</RunbookID><RunbookStepList/></RunbookData>' >package/r.xml
	must_fail 7 runbook import -runbookfile=package/r.xml
}

an_unreadable_outcome_is_never_a_success() {
	for damage in ': >"$f"' 'printf "# runbook outcome 1\nexit_code=0\n" >"$f"' 'head -c 20 "$f" >x; cp x "$f"' \
		'rm "$f"; mkdir "$f"' 'printf "exit_code=0\nend=outcome\n" >"$f"'; do
		rm -rf package "$RUNBOOK_LEDGER"* running go
		one_step 'touch ../../../running' 'while [ ! -e ../../../go ]; do sleep 0.05; done'
		"$RUNBOOK" execute -runbookid=r >first.out 2>first.err &
		engine=$!
		while [ ! -e running ]; do sleep 0.05; done
		kill -9 "$engine"
		wait "$engine" || true
		touch go
		f=package/RunbookWorkingFolder/r/localhost/Web/1/attempt-1/outcome
		while [ ! -e "$f" ]; do sleep 0.05; done
		while ! flock -n -s "${f%outcome}lock" true; do sleep 0.05; done
		eval "$damage"
		must_fail 8 execute
		is "$(state_of 1)" Interrupted
		lacks out 'The step completed'
	done
}

a_result_that_is_not_understood_is_never_a_success() {
	one_step 'echo rebot=next >"$RUNBOOK_RESULT"'
	must_fail 4 execute
	has err 'reboot=next'
	is "$(state_of 1)" Failed
}

a_changed_script_is_not_run() {
	one_step 'echo x >>../../../tally' 'exit 3'
	must_fail 4 execute
	printf '#!/bin/sh\necho changed\n' >package/Web/Scripts/Update.sh
	must_fail 7 execute -rerunstep=1
	has err 'step 1: Web/Scripts/Update.sh has changed since the runbook was imported'
	lacks out changed
	must_fail 2 execute -acceptchange
	must_succeed execute -acceptchange -reason='mended the path'
	has_line out changed
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT Reason FROM Override WHERE Kind = 'AcceptChange'")" 'mended the path'
}

# Behind the check of the service model's files: by the step before it.
a_script_changed_by_a_step_is_not_run() {
	begin_package package
	begin_model Web
	phase Stop '<RetryCount>0</RetryCount>'
	script Web Stop.sh 'echo "touch ../../../changed" >>Update.sh'
	phase Update '<RetryCount>0</RetryCount>'
	script Web Update.sh 'echo x >>../../../tally'
	end_web
	must_fail 7 execute
	has err 'Update.sh has changed since it was imported'
	absent tally
	must_fail 7 execute
	has err 'step 2: Web/Scripts/Update.sh has changed since the runbook was imported'
	must_succeed execute -acceptchange -reason=why
	is "$(wc -l <tally)" 1
}

a_removed_working_folder_is_unknown() {
	one_step 'touch ../../../running' 'while [ ! -e ../../../go ]; do sleep 0.05; done'
	"$RUNBOOK" execute -runbookid=r >first.out 2>first.err &
	engine=$!
	while [ ! -e running ]; do sleep 0.05; done
	kill -9 "$engine"
	wait "$engine" || true
	rm -rf package/RunbookWorkingFolder
	touch go
	must_fail 8 execute
	is "$(state_of 1)" Interrupted
}

need_command sqlite3
for name in exhausted_retries_are_failed a_retry_really_executes retries_survive_a_crash a_required_step_cannot_be_skipped \
	a_later_step_cannot_be_set_complete a_running_step_cannot_be_set_complete an_exit_by_signal_is_never_0 \
	a_missing_script_is_never_0 a_missing_interpreter_is_never_0 an_empty_runbook_is_never_0 \
	an_unreadable_outcome_is_never_a_success a_result_that_is_not_understood_is_never_a_success a_changed_script_is_not_run \
	a_script_changed_by_a_step_is_not_run \
	a_removed_working_folder_is_unknown; do
	run_case "$(echo "$name" | tr _ ' ')" "$name"
done
finish
