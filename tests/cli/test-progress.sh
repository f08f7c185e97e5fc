#!/bin/sh
# SPDX-License-Identifier: MIT
# What a terminal shows of a run; everybody else gets the lines that scripts read.
# The lines of a step are for the step.
# shellcheck disable=SC2016
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

escape=$(printf '\033')

# steps_of LINE…: a package with a Stop step of those lines and an Update step that says nothing, imported as r
steps_of() {
	env script --version >out 2>&1 || skip 'script is not installed'
	begin_package "$PWD/package"
	begin_model A
	phase Stop
	phase Update
	end_model
	end_package
	script A Stop.sh "$@"
	script A Update.sh true
	topology topology.xml '' localhost:A
	generate_runbook r topology.xml
	must_succeed runbook import -runbookfile="$package/r.xml"
}

# on_terminal SETTINGS [OPTION…]: executes r on a terminal of 80 columns; what it gets is in the files raw and out, its exit code in code
on_terminal() {
	settings=$1
	shift
	code=0
	env script -qfec "stty cols 80 rows 24; $settings exec '$RUNBOOK' execute -runbookid=r $*" /dev/null </dev/null >raw || code=$?
	tr -d '\r' <raw >out
}

# too_wide COLUMNS: whether any row that was drawn, each time it was, is wider
too_wide() {
	python3 -c 'import re, sys
text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", open("raw", encoding="utf-8").read())
rows = [row for row in re.split(r"[\r\n]+", text) if row[:1] in ("✓", "✗", "▸")]
sys.exit(not rows or max(map(len, rows)) <= int(sys.argv[1]))' "$1"
}

drawn() {
	steps_of 'echo working' 'sleep 1' 'printf "\033]0;owned\007 password=Tr0ub4dor\n"' 'sleep 1'
	on_terminal TERM=xterm
	has out 'Start executing runbook : r'
	has out '▸'
	has out 'working'
	grep -q "✓.*    1  Stop script for service model: A on machine: localhost  *2\.[0-9] s" out || fail 'no line of step 1'
	grep -q '✓.*    2  Update script' out || fail 'no line of step 2'
	has out "${escape}[32m"
	# Between two pictures the cursor is at the left: what a terminal shows of ^C cannot go on into the next row.
	grep -qF "$(printf '\033[J\r\033[?2026l')" raw || fail 'the cursor stays at the end of the row'
	lacks out 'Executing step'
	lacks out 'The step completed'
	lacks out "${escape}]0;owned"
	lacks out Tr0ub4dor
	has out 'runbook r is complete'
	is "$code" 0
	need_command python3
	if too_wide 80; then fail 'a row is wider than the terminal'; fi
	too_wide 70 || fail 'the control: rows do reach that far'
}

expected() {
	steps_of 'sleep 2.2'
	on_terminal TERM=xterm
	lacks out 'of about'
	on_terminal TERM=xterm -rerunstep=1
	has out 's of about 2 s'
}

failed() {
	# The sub-step ends once the screen has shown it, however slow that is.
	steps_of "cd '$PWD'" 'runbook substep PreReqs/One -- sh -c "i=0; until grep -q \"1.1 PreReqs/One\" raw || [ \$((i += 1)) -gt 600 ]; do sleep 0.1; done; exit 3"'
	on_terminal TERM=xterm
	has out '1.1 PreReqs/One'
	grep -q '✗.*    1  Stop script' out || fail 'no line of step 1'
	has out 'step 1 of r failed: exit code 3'
	is "$code" 4
	has out 'runbook execute -runbookid=r -rerunstep=1'
}

without_colour() {
	steps_of 'echo working'
	on_terminal 'NO_COLOR=1 TERM=xterm'
	has out '✓    1  Stop script'
	lacks out "${escape}[32m"
	lacks out "${escape}[33m"
}

# plain WHAT: the lines of always
plain() {
	has_line out 'Executing step: 1'
	has_line out 'Stop script for service model: A on machine: localhost'
	has_line out 'The step completed'
	lacks out '✓'
	lacks out '▸'
}

not_drawn() {
	steps_of 'echo working'
	must_succeed runbook execute -runbookid=r
	plain
	has_line out working
	lacks out "$escape"
	on_terminal TERM=dumb -rerunstep=1
	plain
	has_line out working
	on_terminal TERM=xterm -rerunstep=1 -quiet
	plain
	lacks out working
}

run_case 'steps are drawn, and nothing unsafe reaches the terminal' drawn
run_case 'how long a step took tells how long it may take' expected
run_case 'a failure, with its sub-step' failed
run_case 'without colour' without_colour
run_case 'no terminal, a dumb one, -quiet: the lines of always' not_drawn
finish
