#!/bin/sh
# SPDX-License-Identifier: MIT
# execute and executestep: where a run stops, what it says, how it goes on, and who decided.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# Makes and imports the runbook r of the package begun before.
import_it() {
	end_package
	topology t.xml "${1:-}" "localhost:${2:-One}"
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
}

lines_of_a_run() {
	begin_package package
	model One Stop Update
	import_it
	must_succeed runbook execute -runbookid=r
	cat >expected <<EOF
Start executing runbook : r
Executing step: 1
Stop script for service model: One on machine: localhost
this is One/Stop.sh
The step completed
Executing step: 2
Update script for service model: One on machine: localhost
this is One/Update.sh
The step completed
Executing step: 3
Updating installation info for service model: One on machine: localhost
One is at version 1.2.3.4
The step completed
EOF
	same out expected
	is "$(cat witness)" 'One/Stop.sh
One/Update.sh'
	must_succeed runbook execute -runbookid=r
	is "$(wc -l <witness)" 2
	find package/RunbookWorkingFolder -path '*/1/Log/*.log' >logs
	is "$(wc -l <logs)" 1
}

failing_step() {
	begin_package package
	begin_model One
	phase Stop
	phase Update
	phase Start
	end_model
	script One Update.sh 'echo first line' 'echo "the disk is on fire" >&2' 'exit 3'
	import_it
	must_fail 4 runbook execute -runbookid=r
	has_line out 'The step failed'
	has err 'the disk is on fire'
	has err 'runbook execute -runbookid=r -rerunstep=2'
	lacks out 'Executing step: 3'
	must_succeed runbook export -runbookid=r -runbookfile=r.xml
	is "$(xpath r.xml "string(//RunbookStepList/Step[StepState/text()='Failed']/ID)")" 2
	is "$(xpath r.xml "string(//RunbookStepList/Step/StepState[text()='Failed'])")" Failed
	is "$(xpath r.xml 'string(//RunbookLogs/Log/StepID)')" 2
	has r.xml 'the disk is on fire'
	must_succeed runbook status -runbookid=r
	has out '   2  Failed '
	has out 'Step 2 failed: mend the cause, then run it again:'
	has_line out '  runbook execute -runbookid=r -rerunstep=2'

	script One Update.sh 'echo mended'
	must_fail 7 runbook execute -runbookid=r -rerunstep=2
	has err -acceptchange
	must_succeed runbook execute -runbookid=r -rerunstep=2 -acceptchange -reason='put the fire out'
	has_line out mended
	must_succeed runbook export -runbookid=r -runbookfile=r.xml
	is "$(xpath r.xml 'count(//Step[not(StepState="Completed")])')" 0
	has r.xml 'put the fire out'
	must_succeed runbook status -runbookid=r
	has out 'AcceptChange by '
	has out 'put the fire out'
	must_succeed runbook logs -runbookid=r -stepid=2 -attempt=1
	has_line out 'the disk is on fire'
}

manual_step() {
	begin_package package
	model One Stop Update
	import_it 'Please back up &lt;all&gt; of it'
	must_fail 5 runbook execute -runbookid=r
	has_line out 'Please back up <all> of it'
	has err 'runbook execute -runbookid=r -setstepcomplete=2'
	lacks out 'Executing step: 3'
	must_succeed runbook status -runbookid=r
	has out 'Step 2 waits for you: Please back up <all> of it:'
	must_fail 5 runbook execute -runbookid=r
	must_succeed runbook execute -runbookid=r -setstepcomplete=2 -reason='dump 17 on tape'
	is "$(wc -l <witness)" 2
	must_succeed runbook export -runbookid=r -runbookfile=r.xml
	is "$(xpath r.xml 'string(//Step[2]/CompletedManually)')" true
	has r.xml 'dump 17 on tape'
	has r.xml "$(id -un)"
	must_succeed runbook status -runbookid=r
	has out "SetComplete by $(id -un), 20"
	has out ': dump 17 on tape'
}

who_by_sudo() {
	[ "$(id -u)" -eq 0 ] || skip 'only root is asked for SUDO_USER'
	begin_package package
	model One Stop
	import_it
	must_succeed env SUDO_USER=alice "$RUNBOOK" execute -runbookid=r -setstepcomplete=1 -reason=x
	must_succeed runbook status -runbookid=r
	has out "by $(id -un) (alice), "
}

other_machine() {
	begin_package package
	model One Stop
	end_package
	topology t.xml '' m1:One m2:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml -machine=m1
	must_fail 5 runbook execute -runbookid=r -machine=M1
	has_line out 'The step is not applicable for current machine, please execute it on machine: m2'
	is "$(wc -l <witness)" 1
	must_succeed runbook export -runbookid=r -runbookfile=package/carried.xml
	must_succeed runbook import -runbookfile=package/carried.xml -ledger=second.db -machine=m2
	has out '1 of them done already'
	must_fail 5 runbook execute -runbookid=r -ledger=second.db -machine=m2
	is "$(wc -l <witness)" 2
	must_succeed runbook status -runbookid=r -machine=m1
	has out 'Step 2 is for machine m2'
	has_line out '  runbook mergestepdata -runbookid=r -runbookfile=r-m2.xml -machine=m1'
}

# Two machines with a ledger each: what the second did is known to the first without anybody saying so.
merged() {
	begin_package package
	model One Stop
	end_package
	topology t.xml '' m1:One m2:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml -machine=m1
	must_fail 5 runbook execute -runbookid=r -machine=m1
	must_succeed runbook export -runbookid=r -runbookfile=package/r.xml
	must_succeed runbook import -runbookfile=package/r.xml -machine=m2 -ledger=second.db
	must_fail 5 runbook execute -runbookid=r -machine=m2 -ledger=second.db
	must_succeed runbook export -runbookid=r -runbookfile=r-m2.xml -ledger=second.db
	must_succeed runbook mergestepdata -runbookid=r -runbookfile=r-m2.xml -machine=m1
	has out 'Runbook r: 1 steps taken over from r-m2.xml'
	must_succeed runbook mergestepdata -runbookid=r -runbookfile=r-m2.xml -machine=m1 -json
	is "$(from_json out "d['steps']")" 0
	must_succeed runbook status -runbookid=r -machine=m1
	has out '   2  Completed '
	has out 'Merged by '
	must_fail 5 runbook execute -runbookid=r -machine=m1
	is "$(wc -l <witness)" 2
	sed 's/<RunbookID>r</<RunbookID>other</' r-m2.xml >other.xml
	must_fail 7 runbook mergestepdata -runbookid=r -runbookfile=other.xml -machine=m1
}

choosing_steps() {
	begin_package package
	model One Stop Backup Update Start
	import_it
	must_succeed runbook execute -runbookid=r -untilstep=2
	is "$(wc -l <witness)" 2
	must_succeed runbook executestep -runbookid=r -stepid=3
	is "$(wc -l <witness)" 3
	lacks out 'Executing step: 4'
	must_succeed runbook execute -runbookid=r
	is "$(wc -l <witness)" 4
	must_succeed runbook execute -runbookid=r -rerunstep=1..2
	is "$(wc -l <witness)" 6
	must_fail 3 runbook execute -runbookid=r -rerunstep=99
	has err 'steps 1 to 5'
	must_fail 3 runbook executestep -runbookid=r -stepid=99
	must_fail 3 runbook execute -runbookid=r -setstepcomplete=99
	must_fail 3 runbook execute -runbookid=none
	has err r
}

without_backup() {
	begin_package package
	model One Stop Backup Update
	import_it 'Back it up'
	must_succeed runbook execute -runbookid=r '-backup=False'
	is "$(cat witness)" 'One/Stop.sh
One/Update.sh'
	must_succeed runbook status -runbookid=r
	has out '   2  Skipped '
	has out '   3  Skipped '
}

dry_run() {
	begin_package package
	model One Stop Update
	import_it 'Back it up'
	must_succeed runbook execute -runbookid=r -dryrun
	has out "$PWD/package/One/Scripts/Update.sh"
	absent witness
	absent package/RunbookWorkingFolder
	must_succeed runbook execute -runbookid=r -dryrun -json
	from_json out 'd' >/dev/null
}

# What the system was asked for: no new process, and nothing opened for writing but what the terminal gets.
dry_run_seen_from_outside() {
	need_strace
	begin_package package
	model One Stop Backup Update Start
	import_it
	straced -e trace=process,openat,openat2,mkdir,mkdirat,unlink,unlinkat,rename,renameat2 \
		"$RUNBOOK" execute -runbookid=r -dryrun >out
	has out 'One/Scripts/Update.sh'
	is "$(grep -cE '\b(execve|execveat)\(' trace)" 1
	for call in fork vfork clone clone3; do
		lacks trace " $call("
	done
	grep -E '\b(mkdir|mkdirat|unlink|unlinkat|rename|renameat2)\(|O_CREAT|O_WRONLY' trace | grep -v '/proc/\|-shm\|-wal' >writes || :
	is "$(cat writes)" ''
	absent witness
	absent package/RunbookWorkingFolder
}

retries() {
	begin_package package
	begin_model One
	phase Update '<RetryCount>2</RetryCount>'
	end_model
	script One Update.sh "echo try >>'$PWD/tries'" "[ \"\$(wc -l <'$PWD/tries')\" -ge 3 ]"
	import_it
	must_succeed runbook execute -runbookid=r -retrypause=0
	is "$(wc -l <tries)" 3
	has_line err 'step 1 failed; attempts left: 1, the next in 0.0 s'
	must_succeed runbook logs -runbookid=r -stepid=1 -list
	is "$(wc -l <out)" 3
}

spaces_everywhere() {
	mkdir 'some where'
	begin_package 'some where/a package'
	model One Stop Update
	end_package
	topology 'the topology.xml' '' localhost:One
	generate_runbook r 'the topology.xml'
	cd 'some where'
	must_succeed runbook import -runbookfile='a package/r.xml' -ledger='a ledger.db'
	ledger="$PWD/a ledger.db"
	cd /
	"$RUNBOOK" execute -runbookid=r -ledger="$ledger" >"$TMPDIR/out" 2>"$TMPDIR/err" || fail "$(cat "$TMPDIR/out" "$TMPDIR/err")"
	has "$TMPDIR/out" 'The step completed'
}

# What a step inherits must not depend on how runbook itself protects its files and its output.
surroundings_of_a_step() {
	begin_package package
	begin_model One
	phase Update
	end_model
	# shellcheck disable=SC2016 # for the step's shell
	script One Update.sh 'umask' "grep -E '^Sig(Blk|Ign)' /proc/self/status" 'ls /proc/self/fd' 'echo "cwd $PWD"'
	import_it
	(
		umask 022
		must_succeed runbook execute -runbookid=r
	)
	has_line out 0022
	grep -qE '^SigIgn:\s+0000000000000000$' out || fail 'ignored signals'
	grep -qE '^SigBlk:\s+0000000000000000$' out || fail 'blocked signals'
	has_line out "cwd $PWD/package/One/Scripts"
}

# While a step runs, everything that only reads goes on, and a second run is told that it is busy.
readers_while_running() {
	begin_package package
	begin_model One
	phase Stop
	phase Update
	end_model
	script One Update.sh "touch '$PWD/started'" "while [ ! -e '$PWD/go' ]; do sleep 0.05; done"
	import_it
	runbook execute -runbookid=r >run.out 2>run.err &
	running=$!
	while [ ! -e started ]; do sleep 0.05; done
	must_succeed runbook status -runbookid=r
	has out '   2  InProgress '
	must_succeed runbook list
	must_succeed runbook export -runbookid=r -runbookfile=r.xml
	is "$(xpath r.xml 'string(//Step[2]/StepState)')" InProgress
	must_succeed runbook logs -runbookid=r -stepid=1
	must_succeed runbook execute -runbookid=r -dryrun
	must_fail 6 runbook execute -runbookid=r
	touch go
	wait "$running" || fail "$(cat run.out run.err)"
	must_succeed runbook status -runbookid=r
	has_line out 'All steps are done.'
}

# Nothing of a reader needs to write: not the ledger, not its folder.
read_only_ledger() {
	[ "$(id -u)" -ne 0 ] || skip 'root can write everywhere'
	begin_package package
	model One Stop
	import_it
	must_succeed runbook execute -runbookid=r
	chmod 500 "${RUNBOOK_LEDGER%/*}"
	chmod 400 "$RUNBOOK_LEDGER"
	code=0
	runbook status -runbookid=r >out 2>err || code=$?
	chmod 700 "${RUNBOOK_LEDGER%/*}"
	is "$code" 0
	has_line out 'All steps are done.'
}

run_case 'the lines of a run, to the letter; a second run does nothing' lines_of_a_run
run_case 'a step that fails, is mended and run again' failing_step
run_case 'a manual step: exit 5, set complete, with who, when and why' manual_step
run_case 'who came by way of sudo is named' who_by_sudo
run_case 'a step of another machine' other_machine
run_case 'what another machine did is taken over' merged
run_case 'until, only, again, again from A to B' choosing_steps
run_case 'without backup' without_backup
run_case 'a dry run starts nothing and writes nothing' dry_run
run_case 'a dry run, seen from outside' dry_run_seen_from_outside
run_case 'retries' retries
run_case 'spaces, and any working folder' spaces_everywhere
run_case 'what a step inherits' surroundings_of_a_step
run_case 'readers while a step runs' readers_while_running
run_case 'a ledger that may only be read' read_only_ledger
finish
