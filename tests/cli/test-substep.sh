#!/bin/sh
# SPDX-License-Identifier: MIT
# Sub-steps: run by name, once; in the ledger while they run; run again only from where somebody says.
# The lines of a step are for the step.
# shellcheck disable=SC2016
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# step LINE…: a package with one step of those lines, imported as r
step() {
	begin_package "$PWD/package"
	begin_model A
	phase Update
	end_model
	end_package
	script A Update.sh "$@"
	topology topology.xml '' localhost:A
	generate_runbook r topology.xml
	must_succeed runbook import -runbookfile="$package/r.xml"
}

# sql STATEMENT: as an admin asks the ledger, read only
sql() {
	sqlite3 -readonly -separator ' ' "$RUNBOOK_LEDGER" "$1"
}

# sub_steps: number, name, state and attempt of each run
sub_steps() {
	sql "SELECT SubStep, GroupName || '/' || Name, State, Attempt, coalesce(Parent, '-') FROM SubStepHistory ORDER BY SubStep, Run"
}

# wait_for COMMAND…: until it succeeds
wait_for() {
	turns=0
	until "$@"; do
		turns=$((turns + 1))
		[ "$turns" -lt 1200 ] || fail "in vain: $*"
		sleep 0.05
	done
}

recorded() {
	step 'runbook substep PreReqs/One -- sh -c "echo one of \$RUNBOOK_SUBSTEP"' 'runbook substep "Db Sync/Two words" -- sh -c "exit 0"' \
		'runbook substep PreReqs/One -- echo again'
	must_succeed runbook execute -runbookid=r
	has_line out 'Executing sub-step: 1.1 PreReqs/One'
	has_line out 'one of PreReqs/One'
	has_line out 'Executing sub-step: 1.2 Db Sync/Two words'
	has_line out 'Sub-step 1.1 PreReqs/One is completed already'
	lacks out again
	is "$(sub_steps)" '1 PreReqs/One Completed 1 -
2 Db Sync/Two words Completed 1 -'
	is "$(sql "SELECT count(*) FROM SubStepHistory WHERE ExitCode = 0 AND Signal IS NULL AND Seconds >= 0 AND EndTime >= StartTime")" 2
}

# completed COUNT: so many sub-steps
completed() {
	[ "$(sql "SELECT count(*) FROM DataUpgradeStatus WHERE Status = 'Completed'")" = "$1" ]
}

# The query of the AX 2012 documentation, word for word.
documented_query() {
	printf '%s\n' "ATTACH '$RUNBOOK_LEDGER' AS DBUPGRADE;" 'SELECT StartTime, EndTime, Steps, SubSteps, Status' \
		'FROM [DBUPGRADE].[DATAUPGRADESTATUS]' 'ORDER BY EndTime DESC;' | sqlite3 -readonly -separator '|' >rows
}

while_running() {
	need_command sqlite3
	step 'runbook substep PreReqs/One -- true' 'runbook substep PreReqs/Outer -- sh -c "runbook substep PreReqs/Inner -- cat $PWD/fifo"'
	mkfifo "$package/A/Scripts/fifo"
	runbook execute -runbookid=r >log 2>&1 &
	engine=$!
	wait_for grep -q 'Executing sub-step: 1.3' log
	kill -9 "$engine"
	wait "$engine" || true
	documented_query
	is "$(head -n 1 rows | cut -d '|' -f 3-)" 'PreReqs|One|Completed'
	is "$(tail -n 2 rows | cut -d '|' -f 2- | sort)" '|PreReqs|Inner|InProgress
|PreReqs|Outer|InProgress'
	is "$(sql 'SELECT SubSteps, Status, EndTime IS NULL FROM DataUpgradeStatus')" 'Inner InProgress 1
Outer InProgress 1
One Completed 0'
	grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\|[0-9]{4}-[0-9-]{5} [0-9:]{8}\.[0-9]{3}\|PreReqs\|One\|' rows ||
		fail 'times'
	# Nobody but the sub-steps themselves is there to record their end.
	echo 'it ends' >"$package/A/Scripts/fifo"
	wait_for completed 3
	must_succeed runbook execute -runbookid=r
	is "$(sub_steps)" '1 PreReqs/One Completed 1 -
2 PreReqs/Outer Completed 1 -
3 PreReqs/Inner Completed 1 2'
}

exit_codes() {
	step 'runbook substep G/Fails -- sh -c "exit 9"; echo "code $?"' 'runbook substep G/Killed -- sh -c "kill -9 \$\$"; echo "code $?"' \
		'runbook substep G/None -- nosuchprogram; echo "code $?"' 'runbook substep G/NotRun -- /etc/passwd; echo "code $?"' \
		'umask 027; runbook substep G/Umask -- sh -c "umask"' 'runbook substep "no name" -- true; echo "code $?"' \
		'runbook substep G/ -- true; echo "code $?"' 'runbook substep G/X; echo "code $?"' \
		'runbook substep G/Term -- sh -c "kill -TERM \$PPID; sleep 60"; echo "code $?"' \
		'runbook substep G/Pipe -- sh -c "yes 2>/dev/null | head -n 1"'
	must_succeed runbook execute -runbookid=r
	is "$(sed -n 's/^code //p' out | tr '\n' ' ')" '9 137 127 126 2 2 2 143 '
	has out 'sub-step 1.1 G/Fails: exit code 9'
	has out 'sub-step 1.2 G/Killed: ended by signal 9 (KILL)'
	has out 'sub-step 1.3 G/None: could not be started: nosuchprogram: No such file or directory'
	has_line out 0027
	is "$(sql "SELECT count(*) FROM SubStepHistory WHERE State = 'Failed'")" 5
	is "$(sql "SELECT Signal FROM SubStepHistory WHERE Name = 'Killed'")" 9
}

# A secret in a name would be in the ledger for ever; in a reason it is masked, also where the table is drawn for a terminal.
secrets() {
	step 'runbook substep "G/with password=Tr0ub4dor" -- true; echo "code $?"' 'exit 3'
	must_fail 4 runbook execute -runbookid=r -reason='x'
	has_line out 'code 2'
	is "$(sql 'SELECT count(*) FROM SubStepName')" 0
	# What the document says is kept in the ledger as it is, so only what is shown can mask it.
	topology manual.xml 'Log in with password=Tr0ub4dor and save it' localhost:A
	generate_runbook manual manual.xml
	must_succeed runbook import -runbookfile="$package/manual.xml"
	env script --version >out 2>&1 || skip 'script is not installed'
	env script -qec "stty cols 120; TERM=xterm '$RUNBOOK' status -runbookid=manual" /dev/null >out </dev/null
	has out 'waits for you: Log in with password='
	lacks out Tr0ub4dor
}

outside() {
	must_fail 2 runbook substep G/N -- true
	has err 'this is no step'
	absent "$RUNBOOK_LEDGER"
	step 'env >environment' 'runbook substep G/N -- true'
	must_succeed runbook execute -runbookid=r
	# A process that outlives its step cannot change what is recorded of it.
	# shellcheck disable=SC2046
	must_fail 7 env $(grep '^RUNBOOK_' "$package/A/Scripts/environment") "$RUNBOOK" substep G/Late -- true
	has err 'attempt 1 of step 1 has ended'
	is "$(sub_steps)" '1 G/N Completed 1 -'
}

# fails_at NAME: a step of five sub-steps, the fourth and fifth in the third, that notes in `ran` what was run; NAME fails as long as it is in `broken`
fails_at() {
	step "cd '$PWD'" 'part() { echo "$1" >>ran; ! grep -qx "$1" broken; }' 'case ${1:-} in "") ;; *) part "$1"; exit ;; esac' \
		'run() { runbook substep G/"$1" -- sh "$0" "$1" || exit; }' 'run One' 'run Two' \
		'case $RUNBOOK_SUBSTEP in esac' 'runbook substep G/Outer -- sh -c "runbook substep G/InnerOne -- sh \"$0\" InnerOne && runbook substep G/InnerTwo -- sh \"$0\" InnerTwo" "$0" || exit' \
		'run Last'
	echo "$1" >broken
}

ran() {
	tr '\n' ' ' <ran
	: >ran
}

run_again() {
	fails_at InnerTwo
	must_fail 4 runbook execute -runbookid=r
	is "$(ran)" 'One Two InnerOne InnerTwo '
	# What is done is not run again, but the sub-step that failed, and what it is part of.
	must_fail 4 runbook execute -runbookid=r -rerunstep=1
	is "$(ran)" 'InnerTwo '
	: >broken
	must_succeed runbook execute -runbookid=r -rerunstep=1
	is "$(ran)" 'InnerTwo Last '
	# All are done.
	must_succeed runbook execute -runbookid=r -rerunstep=1
	is "$(ran)" ''
	must_succeed runbook execute -runbookid=r -rerunstep=1.6 -reason='once more'
	is "$(ran)" 'Last '
	must_succeed runbook execute -runbookid=r -rerunstep=1.4
	is "$(ran)" 'InnerOne InnerTwo Last '
	must_succeed runbook execute -runbookid=r -rerunstep=1.1
	is "$(ran)" 'One Two InnerOne InnerTwo Last '
	must_succeed runbook export -runbookid=r -runbookfile=r.xml
	is "$(xpath r.xml "string(//Override[Reason = 'once more']/Detail)")" 'from sub-step 1.6 on'
	is "$(xpath r.xml "count(//StepDetail/SubStep[Name = 'InnerTwo'])")" 5
	is "$(xpath r.xml "string(//StepDetail/SubStep[Name = 'InnerTwo'][1]/State)")" Failed
	is "$(xpath r.xml "string(//StepDetail/SubStep[Name = 'InnerTwo'][1]/Parent)")" 3
}

shown() {
	fails_at InnerTwo
	must_fail 4 runbook execute -runbookid=r
	must_succeed runbook status -runbookid=r
	grep -qE '^  1\.2  Completed +[0-9.]+ s +G/Two$' out || fail 'no line of 1.2'
	grep -qE '^  1\.5  Failed +[0-9.]+ s +  G/InnerTwo$' out || fail 'no line of 1.5'
	must_succeed runbook status -runbookid=r -json -summary
	is "$(from_json out '[(s["subStep"], s["name"], s["state"], s["done"], s["parent"]) for s in d["troubled"][0]["subSteps"]][2:]')" \
		'[[3,"Outer","Failed",false,null],[4,"InnerOne","Completed",true,3],[5,"InnerTwo","Failed",false,3]]'
	is "$(from_json out 'd["next"]["step"]')" 1
	must_succeed runbook status -json
	is "$(from_json out 'd["runbooks"][0]["troubled"][0]["step"]')" 1
	must_fail 2 runbook status -watch
	has err 'this is none'
	: >broken
	must_succeed runbook execute -runbookid=r -rerunstep=1
	must_succeed runbook status -runbookid=r
	lacks out 1.5
	must_succeed runbook status -runbookid=r -summary
	lacks out Description
	has_line out 'All steps are done.'
}

wrong_place() {
	fails_at Two
	must_fail 3 runbook execute -runbookid=r -rerunstep=1.1
	has err 'step 1 has no sub-steps so far'
	must_fail 4 runbook execute -runbookid=r
	must_fail 3 runbook execute -runbookid=r -rerunstep=1.3
	has err 'no sub-step 1.3: those of step 1 so far are 1.1 to 1.2'
	: >broken
	must_succeed runbook execute -runbookid=r -rerunstep=1.2
	echo One >broken
	must_fail 4 runbook execute -runbookid=r -rerunstep=1.1
	must_fail 7 runbook execute -runbookid=r -rerunstep=1.4
	has err 'sub-step 1.4 cannot come yet: 1.1 is not done'
	must_fail 2 runbook execute -runbookid=r -rerunstep=1.0
	must_fail 2 runbook execute -runbookid=r -rerunstep=1.2.3
}

# Killed with -9 at each of its writes, and before and behind the work of its command: it completes only when it did.
killed() {
	need_command strace
	step "cd '$PWD'" 'export ASAN_OPTIONS=detect_leaks=0' \
		'injected="-e inject=pwrite64,write,fdatasync,fsync:signal=KILL:when=$(cat point)"' \
		'[ -s point ] || injected=' \
		'strace -qq -o trace $injected runbook substep G/Part -- sh -c "echo begun >>witness; echo ended >>witness"'
	point=0
	interrupted=0
	while :; do
		point=$((point + 1))
		echo "$point" >point
		: >witness
		code=0
		runbook execute -runbookid=r "-rerunstep=1$([ "$point" -eq 1 ] || [ "$(sql 'SELECT count(*) FROM SubStepName')" = 0 ] || echo .1)" >out 2>err || code=$?
		is "$(sql "SELECT count(*) FROM SubStepHistory WHERE State = 'InProgress'")" 0
		[ "$code" -ne 0 ] || break
		is "$code" 4
		is "$(sql "SELECT count(*) FROM SubStepHistory WHERE State = 'Completed' AND Attempt = $point")" 0 ||
			has_line witness ended
		interrupted=$((interrupted + $(sql "SELECT count(*) FROM SubStepHistory WHERE State = 'Interrupted' AND Attempt = $point")))
		[ "$point" -lt 200 ] || fail 'it never ends'
	done
	has_line witness ended
	is "$(sql "SELECT count(*) FROM SubStepHistory WHERE State = 'Completed'")" 1
	[ "$interrupted" -gt 0 ] || fail "none was cut off"
	must_succeed runbook ledger check
}

# The process of the sub-step dies in the middle of its command; the script goes on, and tries it again.
lost() {
	step "cd '$PWD'" 'runbook substep G/Lost -- sh -c "kill -9 \$PPID; exec sleep 60"; echo "code $?"' \
		'runbook substep G/Lost -- true; echo "code $?"' 'runbook substep G/AtEnd -- sh -c "kill -9 \$PPID"; true'
	must_succeed runbook execute -runbookid=r
	is "$(sed -n 's/^code //p' out | tr '\n' ' ')" '137 0 '
	is "$(sub_steps)" '1 G/Lost Interrupted 1 -
1 G/Lost Completed 1 -
2 G/AtEnd Interrupted 1 -'
}

twice_at_once() {
	step "cd '$PWD'; mkfifo fifo" 'runbook substep G/Slow -- sh -c "echo >started; cat fifo" &' 'until [ -e started ]; do sleep 0.02; done' \
		'runbook substep G/Slow -- true; echo "code $?"' 'echo >fifo; wait'
	must_succeed runbook execute -runbookid=r
	has_line out 'code 6'
	has out 'sub-step 1.1 G/Slow: it is running already'
	is "$(sub_steps)" '1 G/Slow Completed 1 -'
}

# defined_step: a step without a script of its own that names three, whose second fails while `broken` is there
defined_step() {
	step 'echo never'
	for part in One Two Three; do
		script A "Part$part.sh" "echo $part >>'$PWD/ran'" "test $part != One || ! test -e '$PWD/alter' || echo '# altered' >>PartTwo.sh" \
			"test $part != Two || ! test -e '$PWD/broken'"
	done
	python3 - "$package/r.xml" "$1" <<'END'
import re
import sys

path, own = sys.argv[1:]
text = open(path, encoding="utf-8").read()
parts = "".join(f"<SubStep><Name>{name}</Name><Group>{group}</Group><FileName>Part{part}.sh</FileName><Description>part {part}</Description></SubStep>"
                for name, group, part in [("First", "G", "One"), ("", "G", "Two"), ("Third", "", "Three")])
start = text.index("<Step>")
step = text[start:text.index("</Step>", start)]
new = re.sub(r"<DynamicStepDefinition ?/>", f"<DynamicStepDefinition>{parts}</DynamicStepDefinition>", step)
new = new.replace("<FileName>Update.sh</FileName>", f"<FileName>{own}</FileName>")
assert new != step
open(path, "w", encoding="utf-8").write(text.replace(step, new))
END
	must_succeed runbook import -runbookfile="$package/r.xml" -replace
}

defined() {
	need_command python3
	touch broken
	defined_step ''
	must_succeed runbook execute -runbookid=r -dryrun
	lacks out 'would stop'
	has_line out '  sub-steps: 3'
	absent ran
	must_fail 4 runbook execute -runbookid=r
	has_line out 'Executing sub-step: 1.2 G/PartTwo.sh'
	is "$(ran)" 'One Two '
	rm broken
	echo '# mended' >>"$package/A/Scripts/PartTwo.sh"
	must_succeed runbook execute -runbookid=r -dryrun -rerunstep=1
	has out 'would stop: A/Scripts/PartTwo.sh has changed'
	must_succeed runbook execute -runbookid=r -dryrun -rerunstep=1 -acceptchange -reason=x
	lacks out 'would stop'
	must_fail 7 runbook execute -runbookid=r -rerunstep=1
	has err 'A/Scripts/PartTwo.sh has changed since the runbook was imported'
	must_succeed runbook execute -runbookid=r -rerunstep=1 -acceptchange -reason='mended'
	is "$(ran)" 'Two Three '
	must_succeed runbook execute -runbookid=r -rerunstep=1.2
	is "$(ran)" 'Two Three '
	is "$(sub_steps | sort -u)" '1 G/First Completed 1 -
2 G/PartTwo.sh Completed 2 -
2 G/PartTwo.sh Completed 3 -
2 G/PartTwo.sh Failed 1 -
3 /Third Completed 2 -
3 /Third Completed 3 -'
}

# Behind the check of the service model's files: by the sub-step before it.
defined_changed() {
	need_command python3
	defined_step ''
	touch alter
	must_fail 4 runbook execute -runbookid=r
	has err 'sub-step 1.2 PartTwo.sh: has changed since it was imported'
	is "$(ran)" 'One '
	# What is accepted with the files of the service model is accepted for the sub-step, too.
	rm alter
	must_succeed runbook execute -runbookid=r -rerunstep=1 -acceptchange -reason=meant
	is "$(ran)" 'Two Three '
}

defined_beside_own() {
	need_command python3
	defined_step Update.sh
	must_succeed runbook execute -runbookid=r
	has_line out never
	is "$(ran)" 'One Two Three '
	must_fail 3 sh -c "rm '$package/A/Scripts/PartThree.sh'; sed 's/>r</>s</' '$package/r.xml' >'$package/s.xml'; '$RUNBOOK' import -runbookfile='$package/s.xml'"
	has err 'PartThree.sh'
}

result_verb() {
	step 'runbook result output.rows=42 "output.text=two
lines" "output.rows=43"' 'runbook result nonsense=1; echo "code $?"' 'runbook result; echo "code $?"' 'runbook result "skip=not here"'
	must_succeed runbook execute -runbookid=r
	is "$(sed -n 's/^code //p' out | tr '\n' ' ')" '2 2 '
	has err 'step 1 is skipped: not here'
	is "$(sql 'SELECT group_concat(Name || Value) FROM Output')" 'rows43,texttwo
lines'
	must_fail 2 runbook result reboot=next
	has err 'this is no step'
}

need_sqlite() {
	command -v sqlite3 >/dev/null || {
		echo '1..0 # SKIP sqlite3 is not installed'
		exit 0
	}
}

need_sqlite
run_case 'sub-steps are run by name, once, and recorded' recorded
run_case 'the ledger shows them while they run, without an engine' while_running
run_case 'exit codes are passed on' exit_codes
run_case 'no secret gets into a name or onto a terminal' secrets
run_case 'outside of a step there are none' outside
run_case 'what is done is not run again, unless somebody names it' run_again
run_case 'status shows those of a step that failed' shown
run_case 'a sub-step that is not there, or not yet' wrong_place
run_case 'killed at any write, none completes that did not' killed
run_case 'one whose process is gone is Interrupted' lost
run_case 'one at a time' twice_at_once
run_case 'a definition runs its scripts' defined
run_case 'a sub-step changes the script of the next' defined_changed
run_case 'a definition beside a script of its own' defined_beside_own
run_case 'the result of a step' result_verb
finish
