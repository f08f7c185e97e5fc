# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
#
# Runs for what a test does to them or around them. Included behind lib.sh.

# gated ID [LINE…]: a runbook of four steps (Stop, Update, installation info, Start) of the service model named like it. Its Update begins with these
# lines, and runs until the file ID.go appears
gated() {
	gated_id=$1
	shift
	begin_package "$gated_id.package"
	begin_model "$gated_id"
	phase Stop
	phase Update '<RetryCount>0</RetryCount>'
	script "$gated_id" Update.sh "$@" 'echo first line' "echo \$RUNBOOK_STEP >>../../../$gated_id.tally" "touch ../../../$gated_id.running" \
		"while [ ! -e ../../../$gated_id.go ]; do sleep 0.05; done" 'echo last line'
	phase Start
	end_model
	end_package
	topology topology.xml '' "localhost:$gated_id"
	generate_runbook "$gated_id" topology.xml -etwmanifest=never
	must_succeed runbook import -runbookfile="$gated_id.package/$gated_id.xml"
}

# begin ID [OPTION…]: executes in the background until its Update runs; the engine's process is $engine
begin() {
	id=$1
	shift
	"$RUNBOOK" execute -runbookid="$id" "$@" >"$id.out" 2>"$id.err" &
	engine=$!
	await "$id.running"
}

await() {
	for _ in $(seq 400); do
		if [ -e "$1" ]; then
			return
		fi
		sleep 0.05
	done
	fail "$1 never came"
}

# await_line FILE LINE
await_line() {
	for _ in $(seq 400); do
		if grep -qxF -- "$2" "$1"; then
			return
		fi
		sleep 0.05
	done
	fail "$1 never had the line: $2"
}

# ends CODE: the engine ends with it
ends() {
	code=0
	wait "$engine" || code=$?
	if [ "$code" -ne "$1" ]; then
		cat ./*.out ./*.err
		fail "the engine ended with $code instead of $1"
	fi
}

state_of() {
	sqlite3 -cmd '.timeout 20000' "$RUNBOOK_LEDGER" "SELECT State FROM StepStatus WHERE RunbookId = '$1' AND Step = $2"
}

# asking: a runbook of one step that fails if it gets anything from a terminal or from standard input
asking() {
	begin_package package
	begin_model Web
	phase Stop '<RetryCount>0</RetryCount>'
	script Web Stop.sh 'if (read answer </dev/tty) 2>/dev/null; then exit 3; fi' 'if read answer; then exit 4; fi' \
		'touch ../../../finished' 'echo nobody was asked'
	end_web
}
