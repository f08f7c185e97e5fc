#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing secret is kept or shown: logs, ledger, exports, JSON, terminal.
. "$SOURCE_ROOT/tests/cli/lib.sh"

secrets() {
	python3 -B "$SOURCE_ROOT/tests/cli/secrets.py" "$@"
}

log_of() {
	find package/RunbookWorkingFolder -path '*/1/Log/*.log' | sort | tail -n 1
}

# The inputs lie beside what is searched.
inputs=$test_root/inputs
mkdir "$inputs"
secrets make "$inputs" >/dev/null || exit 1

two_hundred_secrets() {
	one_step "python3 -B '$SOURCE_ROOT/tests/cli/secrets.py' write '$inputs'; exit 3"
	must_fail 4 runbook execute -runbookid=one -secrets="$inputs/known"
	must_fail 4 secrets terminal terminal "$RUNBOOK" execute -runbookid=one -secrets="$inputs/known" -rerunstep=1 \
		-reason='the password=hunter2hunter2 was wrong'
	must_succeed runbook export -runbookid=one -runbookfile=exported.xml -secrets="$inputs/known"
	must_succeed runbook status -runbookid=one -json -secrets="$inputs/known"
	mv out status.json
	must_succeed secrets search "$inputs" .
	must_succeed secrets search "$inputs" "$case_folder/state"
	! grep -rq hunter2hunter2 . "$case_folder/state" || fail "the secret of a reason is kept"
	# Ordinary lines are there, each as it was and in its order.
	grep '^\[[0-9]*\] ' "$(log_of)" >seen
	same "$inputs/ordinary" seen
	test -s terminal || fail "nothing was shown on the terminal"
	lacks terminal "$(printf '\033[1;31m')"
}
run_case 'two hundred secrets, written in every way, are nowhere on disk nor on a terminal' two_hundred_secrets

without_masking() {
	one_step "python3 -B '$SOURCE_ROOT/tests/cli/secrets.py' write '$inputs'"
	must_fail 2 runbook execute -runbookid=one -nomask
	has err '-nomask needs -reason=TEXT'
	must_succeed runbook execute -runbookid=one -nomask -reason='to see it all'
	if secrets search "$inputs" package >finds; then
		fail "the search finds nothing even where nothing is masked"
	fi
	must_succeed runbook export -runbookid=one -runbookfile=exported.xml
	has exported.xml 'to see it all'
	has exported.xml 'the output is not masked'
}
run_case 'control: without masking they are found; that it was off is recorded with its reason' without_masking

other_sinks() {
	# shellcheck disable=SC2016 # for the script
	one_step 'printf "output.db_password=%s\noutput.note=%s\n" "two words" "see pass""word=hunter2" >"$RUNBOOK_RESULT"' 'exit 0'
	must_succeed runbook execute -runbookid=one
	must_succeed runbook export -runbookid=one -runbookfile=exported.xml
	lacks exported.xml 'two words'
	lacks exported.xml 'hunter2'
	! grep -rq -e 'two words' -e 'hunter2' package/RunbookWorkingFolder "$case_folder/state" || fail "the result is kept as it was"
	must_fail 2 runbook status -runbookid=one -reson='https://bob:hunter2@example.com'
	lacks err hunter2
}
run_case 'outputs of steps, messages and errors are masked too' other_sinks

rules_of_the_admin() {
	one_step 'echo "ticket 4711 and customer Miller"; echo "sesame opens"'
	printf '# our own\n\ncustomer (\\w+)\n' >patterns
	must_succeed env WORD=sesame "$RUNBOOK" execute -runbookid=one -secretenv=WORD -maskpattern='ticket (\d+)' -maskfile=patterns
	has_line out 'ticket *** and customer ***'
	has_line out '*** opens'
	must_fail 2 runbook execute -runbookid=one -maskpattern='(unclosed'
	has err 'is no regular expression'
	printf 'abc\n' >short
	chmod 600 short
	must_fail 3 runbook execute -runbookid=one -secrets=short
	has err 'short:1'
	lacks err abc
	chmod 644 short
	must_fail 7 runbook execute -runbookid=one -secrets=short
	has err 'chmod 600'
	must_fail 3 runbook execute -runbookid=one -secrets=missing
}
run_case 'patterns, a secrets file and variables of the admin' rules_of_the_admin

the_command_to_go_on() {
	one_step 'exit 3'
	echo 'customer (\w+)' >patterns
	must_fail 4 env WORD=sesame "$RUNBOOK" execute -runbookid=one -secretenv=WORD -maskfile=patterns
	has err "runbook execute -runbookid=one -rerunstep=1 -secretenv=WORD -maskfile=$PWD/patterns"
}
run_case 'the command to go on masks the same, from any folder' the_command_to_go_on

prompt_without_newline() {
	# shellcheck disable=SC2016 # for the script
	one_step 'printf "Really? "' 'until [ -e "$RUNBOOK_LOG_DIR/go" ]; do sleep 0.05; done' 'echo yes'
	runbook execute -runbookid=one >out 2>err &
	engine=$!
	for _ in $(seq 600); do
		log=$(log_of) 2>/dev/null
		if [ -n "$log" ] && grep -q Really "$log"; then
			break
		fi
		sleep 0.05
	done
	grep -q Really "$log" || fail "the prompt was held back"
	touch "${log%/*}/go"
	wait "$engine"
	has_line "$log" 'Really? yes'
}
run_case 'a prompt without a newline is seen while the step waits' prompt_without_newline

finish
