# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
#
# A run that waits in the middle, for what a test does to it. Included behind lib.sh.

# gated ID: a runbook of three steps (Stop, Update, installation info, of the service model named like it) whose Update runs until the file ID.go appears
gated() {
	begin_package "$1.package"
	begin_model "$1"
	phase Stop
	phase Update '<RetryCount>0</RetryCount>'
	script "$1" Update.sh 'echo first line' "echo \$RUNBOOK_STEP >>../../../$1.tally" "touch ../../../$1.running" \
		"while [ ! -e ../../../$1.go ]; do sleep 0.05; done" 'echo last line'
	phase Start
	end_model
	end_package
	topology topology.xml '' "localhost:$1"
	generate_runbook "$1" topology.xml -etwmanifest=never
	must_succeed runbook import -runbookfile="$1.package/$1.xml"
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
