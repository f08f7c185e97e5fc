#!/bin/sh
# SPDX-License-Identifier: MIT
# import, export, list, settopology, status, logs: what is recorded and how it is shown.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# A runbook r of four steps on this machine, imported.
imported() {
	begin_package package
	model Base Stop Update Restore
	model Web Start
	end_package
	topology t.xml '' localhost:Base,Web
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
}

# on_terminal COMMAND: its output as a terminal gets it. The standard input must not end before the command does.
on_terminal() {
	env script --version >out 2>&1 || skip 'script is not installed'
	[ -p keyboard ] || mkfifo keyboard
	exec 3<>keyboard
	env script -qec "$1" /dev/null <&3 | tr -d '\r' >out
	exec 3>&-
}

empty_ledger() {
	must_succeed runbook list
	is "$(cat out)" "$(printf 'List of Runbook ID on the system: \n\n\nList of services installed on the system: \n\n')"
	has_line out 'List of Runbook ID on the system: '
	has_line out 'List of services installed on the system: '
	has err "nothing was imported into the ledger $RUNBOOK_LEDGER"
	must_succeed runbook list -json
	is "$(tr -d ' \n' <out)" '{"runbooks":[],"services":[]}'
	must_succeed runbook status
	has_line out "No runbook was imported into the ledger $RUNBOOK_LEDGER."
	must_fail 3 runbook status -runbookid=r
	must_fail 3 runbook export -runbookid=r -runbookfile=r.xml
	absent r.xml
	must_fail 3 runbook logs -runbookid=r -stepid=1
	must_fail 7 runbook settopology -topologyfile=t.xml
	absent t.xml
	must_fail 3 runbook ledger check
	has_line err "runbook: ledger $RUNBOOK_LEDGER: no such file"
	must_fail 3 runbook ledger backup -target=copy.db
	absent copy.db
	absent "$RUNBOOK_LEDGER"
}

list_after_a_run() {
	imported
	must_succeed runbook execute -runbookid=r -untilstep=3
	must_succeed runbook list
	has out 'Base'
	lacks out 'Web'
	must_succeed runbook execute -runbookid=r
	generate_runbook s t.xml
	must_succeed runbook import -runbookfile=package/s.xml
	must_succeed runbook list
	cat >expected <<EOF
List of Runbook ID on the system:$(printf ' ')

r
s

List of services installed on the system:$(printf ' ')

Base$(printf '\t') Version: 1.2.3.4
Web$(printf '\t') Version: 1.2.3.4
EOF
	same out expected
	must_succeed runbook list -json
	is "$(from_json out '[d["services"][1][key] for key in ("name", "version", "runbookId")]')" '["Web","1.2.3.4","r"]'
}

import_reports() {
	begin_package package
	model Base Stop Update Restore
	end_package
	topology t.xml '' localhost:Base
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	has out "Runbook r imported: 3 steps, 0 of them done already; package $PWD/package"
	has out 'runbook execute -runbookid=r'
	must_succeed runbook import -runbookfile=package/r.xml -ledger="$PWD/other.db"
	has out "runbook execute -runbookid=r -ledger=$PWD/other.db"
	must_fail 7 runbook import -runbookfile=package/r.xml
	must_succeed runbook import -runbookfile=package/r.xml -replace -quiet
	is "$(cat out err)" ''
	must_succeed runbook execute -runbookid=r
	must_fail 7 runbook import -runbookfile=package/r.xml -replace
	# Of the rest of the document, which is not read, nothing is said.
	has err 'has started: it is kept; execute goes on with it'
	lacks err warning
}

import_refuses() {
	begin_package package
	model Base Stop Update Restore
	end_package
	topology t.xml '' localhost:Base
	generate_runbook r t.xml
	rm package/Base/Scripts/Stop.sh package/Base/Scripts/Update.sh
	must_fail 3 runbook import -runbookfile=package/r.xml
	has err Base/Scripts/Stop.sh
	has err Base/Scripts/Update.sh
	must_fail 3 runbook import -runbookfile=none.xml
	must_fail 3 runbook import -runbookfile=t.xml -packagepath=package
	must_succeed runbook list
	is "$(sed -n 3p out)" ''
}

export_and_status() {
	imported
	must_succeed runbook execute -runbookid=r -untilstep=1
	must_succeed runbook export -runbookid=R -runbookfile='an export.xml'
	has out 'exported to an export.xml'
	is "$(xpath 'an export.xml' 'string(/RunbookData/RunbookID)')" r
	is "$(xpath 'an export.xml' 'string(/RunbookData/RunbookStepList/Step[not(StepState="Completed")][1]/ID)')" 2
	must_succeed runbook export -runbookid=r -runbookfile=-
	same out 'an export.xml'
	must_succeed runbook status
	has out 'r: 5 steps: 4 NotStarted, 1 Completed'
	has out '   1  Completed        1  '
	has out '   2  NotStarted       0  -            Update script for service model: Base'
	has out 'Step 2 is next:'
	has_line out '  runbook execute -runbookid=r'
	lacks out '(Unknown)'
	must_succeed runbook report -runbookid=r -format=text
	lacks out Unknown
	must_succeed runbook status -runbookid=r -json -ledger="$RUNBOOK_LEDGER"
	is "$(from_json out '[d["runbook"]["counts"]["Completed"], d["steps"][0]["lastAttempt"]["exitCode"], d["steps"][1]["state"], d["next"]["step"]]')" '[1,0,"NotStarted",2]'
	is "$(from_json out 'd["next"]["commands"][0]')" "runbook execute -runbookid=r -ledger=$RUNBOOK_LEDGER"
	must_succeed runbook execute -runbookid=r -untilstep=3
	must_succeed runbook status
	has out 'r: 5 steps: 2 NotStarted, 3 Completed'
	must_succeed runbook execute -runbookid=r
	must_succeed runbook status -runbookid=r
	has_line out 'All steps are done.'
}

step_logs() {
	imported
	must_succeed runbook execute -runbookid=r -untilstep=1
	must_succeed runbook logs -runbookid=r -stepid=1
	is "$(cat out)" 'this is Base/Stop.sh'
	must_succeed runbook logs -runbookid=r -stepid=1 -attempt=1
	is "$(cat out)" 'this is Base/Stop.sh'
	must_succeed runbook execute -runbookid=r -rerunstep=1 -untilstep=1
	must_succeed runbook logs -runbookid=r -stepid=1 -list
	is "$(wc -l <out)" 2
	has out '1  Completed'
	has out '2  Completed'
	has out "$PWD/package/RunbookWorkingFolder/r/"
	log=$(sed -n 's|^1  .*  /|/|p' out)
	must_fail 3 runbook logs -runbookid=r -stepid=1 -attempt=3
	must_fail 3 runbook logs -runbookid=r -stepid=2
	must_fail 3 runbook logs -runbookid=r -stepid=99
	awk 'BEGIN { printf "x"; for (i = 0; i < 100000; i++) printf "%s", "ü€" }' >"$log"
	must_succeed runbook logs -runbookid=r -stepid=1 -attempt=1
	same out "$log"
	on_terminal "'$RUNBOOK' logs -runbookid=r -stepid=1 -attempt=1"
	lacks out '\x'
	rm -r package/RunbookWorkingFolder/r/*/Base/1/Log
	must_fail 3 runbook logs -runbookid=r -stepid=1
	has err 'no such file'
}

topology_of_this_machine() {
	imported
	must_succeed runbook execute -runbookid=r -untilstep=3
	must_succeed runbook settopology -topologyfile=one.xml -machine=me -quiet
	is "$(xpath one.xml 'count(//ServiceModelList/string)')" 1
	must_succeed runbook execute -runbookid=r
	topology there.xml 'Back it up' localhost:Old other:Web
	must_succeed runbook settopology -topologyfile=there.xml -machine=me
	is "$(xpath there.xml 'string(//Machine[1]/Name)')" me
	is "$(xpath there.xml 'string(//Machine[1]/ServiceModelList/string[2])')" Web
	is "$(xpath there.xml 'count(//Machine[1]/ServiceModelList/string)')" 2
	is "$(xpath there.xml 'string(//Machine[2]/Name)')" other
	is "$(xpath there.xml 'string(//BackupScript/Description)')" 'Back it up'
	must_succeed runbook settopology -topologyfile=new.xml -machine=me -json
	is "$(from_json out 'd["services"]')" '["Base","Web"]'
	generate_runbook again new.xml
}

ids_without_case() {
	imported
	must_succeed runbook status -runbookid=R
	must_fail 3 runbook status -runbookid=q
	has err r
}

# damage_page FILE NUMBER
damage_page() {
	printf '\377\377\377\377\377\377\377\377' |
		dd of="$1" bs=1 seek=$((($2 - 1) * $(sqlite3 "$1" 'PRAGMA page_size') + 8)) conv=notrunc 2>dd.err
}

damaged_ledger() {
	imported
	for text in 'this is no database, whatever its name says' ''; do
		printf '%s' "$text" >other.db
		code=0
		runbook list -ledger=other.db >out 2>err || code=$?
		[ -z "$text" ] || is "$code" 7
	done
	must_fail 7 runbook list -ledger=package
	must_fail 3 runbook ledger check -ledger=other.db
	has err 'the file is empty'
	must_succeed runbook ledger check
	has err 'nothing is wrong'
	must_succeed runbook ledger check -json
	is "$(from_json out 'd["problems"]')" '[]'
	must_succeed runbook ledger backup -target=copy.db -json
	is "$(from_json out 'd["target"]')" copy.db
	must_succeed runbook ledger check -ledger=copy.db -quiet
	is "$(cat out err)" ''
	# Whatever is wrong, each is told in a line of its own.
	damage_page copy.db 3
	must_fail 1 runbook ledger check -ledger=copy.db -json
	is "$(from_json out 'len(d["problems"]) > 0')" true
	for page in $(seq 3 "$(sqlite3 copy.db 'PRAGMA page_count')"); do
		damage_page copy.db "$page"
	done
	must_fail 1 runbook ledger check -ledger=copy.db
	has err 'copy.db: '
	lacks err '\x0a'
}

# The package was moved before it began: every command that is printed says so, too.
a_moved_package() {
	imported
	mv package "it's moved"
	must_fail 3 runbook execute -runbookid=r
	has_line err '  if it was moved: runbook execute -runbookid=r -packagepath=DIR'
	echo 'exit 3' >>"it's moved/Base/Scripts/Update.sh"
	must_fail 7 runbook execute -runbookid=r -packagepath="it's moved"
	sed -n 's/^ *if that is meant: //p' err | sed "s/…/mended/" >pasted
	has pasted "-packagepath='$PWD/it'\\''s moved'"
	PATH="$(dirname "$RUNBOOK"):$PATH" must_fail 4 sh -e pasted
	sed -n 's/^ *or call it done: *//p' err >pasted
	PATH="$(dirname "$RUNBOOK"):$PATH" must_succeed sh -e pasted
}

a_broken_machine() {
	imported
	rm -rf package/RunbookWorkingFolder
	mkdir -p package/RunbookWorkingFolder/r
	touch package/RunbookWorkingFolder/r/localhost
	must_fail 1 runbook execute -runbookid=r -ledger="$RUNBOOK_LEDGER"
	has_line err "  go on:      runbook execute -runbookid=r -ledger=$RUNBOOK_LEDGER"
	rm package/RunbookWorkingFolder/r/localhost
	must_succeed runbook execute -runbookid=r
}

escape=$(printf '\033')

# What a package or a script says is shown, not executed; colours only where they are wanted.
terminal() {
	begin_package package
	begin_model One
	phase Stop
	end_model
	# shellcheck disable=SC2016 # for the step's shell
	script One Stop.sh 'printf "\033]0;owned\007text\n"'
	end_package
	topology t.xml '' localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	must_succeed runbook execute -runbookid=r -untilstep=1
	must_succeed runbook logs -runbookid=r -stepid=1
	has out "${escape}]0;owned"
	on_terminal "'$RUNBOOK' logs -runbookid=r -stepid=1"
	has out 'Step 1, attempt 1, Completed: '
	has_line out '\x1b]0;owned\x07text'
	lacks out "$escape"
	on_terminal "'$RUNBOOK' status -runbookid=r"
	has out "${escape}[32m"
	on_terminal "NO_COLOR=1 '$RUNBOOK' status -runbookid=r"
	has out Completed
	lacks out "$escape"
	must_succeed runbook status -runbookid=r
	lacks out "$escape"
	# The table is cut to fit; what is to be copied is not.
	on_terminal "stty cols 40 rows 20; NO_COLOR=1 '$RUNBOOK' status -runbookid=r"
	has out '    1  Completed    Stop script for ser…'
	has out '  runbook execute -runbookid=r'
	# A picture of its own, which q ends.
	(sleep 0.5; echo q >keyboard) &
	on_terminal "stty cols 60 rows 12; TERM=xterm '$RUNBOOK' status -watch"
	has out "${escape}[?1049h"
	has out "${escape}[?1049l"
	has out 'runbook execute -runbookid=r'
}

run_case 'an empty ledger: nothing to show, nothing made' empty_ledger
run_case 'list, to the letter' list_after_a_run
run_case 'import: report, doubled id, -replace' import_reports
run_case 'import refuses what is not whole, and records nothing' import_refuses
run_case 'export and status in the middle of a runbook' export_and_status
run_case 'logs of steps and attempts' step_logs
run_case 'settopology changes this machine only' topology_of_this_machine
run_case 'ids without case' ids_without_case
run_case 'a file that is no ledger' damaged_ledger
run_case 'the commands for a package that was moved can be pasted' a_moved_package
run_case 'a run that the machine fails tells how it goes on' a_broken_machine
run_case 'a terminal gets colours and no control characters' terminal
finish
