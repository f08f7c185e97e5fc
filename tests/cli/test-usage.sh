#!/bin/sh
# SPDX-License-Identifier: MIT
# The words of the command line: verbs, help, wrong usage, defaults, standard descriptors.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

no_verb() {
	must_fail 2 runbook
	is "$(cat out)" ''
	has err 'usage: runbook VERB'
	has err 'generate'
	has_line err 'runbook: a verb is missing'
}

version() {
	for word in --version -version --VERSION; do
		must_succeed runbook "$word"
		grep -qxE 'runbook [0-9]+\.[0-9]+\.[0-9]+' out || fail "no version: $(cat out)"
	done
}

# The verbs that the list names, one per line.
verbs() {
	runbook help | sed -n '/^Verbs:$/,/^$/s/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p'
}

every_verb_has_help() {
	verbs >verb-list
	[ "$(wc -l <verb-list)" -ge 17 ] || fail "only these verbs: $(cat verb-list)"
	while read -r verb; do
		# shellcheck disable=SC2086 # a verb may be two words
		must_succeed runbook help $verb
		has out "usage: runbook $verb"
		mv out help
		# shellcheck disable=SC2086
		must_succeed runbook $verb -help
		same out help
		# shellcheck disable=SC2086
		must_succeed runbook $verb --help -nonsense
		same out help
	done <verb-list
	for word in -help --help -h; do
		must_succeed runbook "$word"
		has out 'usage: runbook VERB'
	done
}

no_case() {
	must_succeed runbook LIST
	must_succeed runbook Help GENERATE
	must_fail 2 runbook Package Extract -Target=x
	has err 'package extract needs FILE'
	must_fail 2 runbook Ledger Backup
	has err 'option -target=FILE is missing'
}

unknown_words() {
	must_fail 2 runbook exceute
	has_line err 'runbook: unknown verb exceute; the nearest is execute (runbook help lists all)'
	must_fail 2 runbook package extrct x
	has err 'unknown verb package extrct; the nearest is package extract'
	must_fail 2 runbook package extract one two -target=x
	has err 'unexpected word two'
	must_fail 2 runbook ledger chek
	has err 'unknown verb ledger chek; the nearest is ledger check'
	must_fail 2 runbook package
	has_line err 'runbook: package needs a second word: inspect, verify, extract, sign, merge'
	must_fail 2 runbook help ledger
	has_line err 'runbook: ledger needs a second word: check, backup'
	must_fail 2 runbook help lst
	has err 'unknown verb lst; the nearest is list'
	must_fail 2 runbook list -jsn
	has_line err 'runbook: unknown option -jsn; the nearest is -json'
	must_fail 2 runbook list something
	has_line err 'runbook: unexpected word something: list takes no further words'
	must_fail 2 runbook status something
	has_line err 'runbook: unexpected word something: a runbook is named with -runbookid=ID'
	must_fail 2 runbook list -machine=../../up
	absent "$RUNBOOK_LEDGER"
}

all_usage_problems_at_once() {
	must_fail 2 runbook generate -runbookid= -topologyfil=x -etwmanifest=no -runbookfile=a -runbookfile=b
	is "$(cat err)" 'runbook: option -runbookid needs a value: -runbookid=ID
unknown option -topologyfil; the nearest is -topologyfile
option -etwmanifest=no: must be one of auto|always|never
option -runbookfile is given twice
option -topologyfile=FILE is missing
option -servicemodelfile=FILE is missing'
}

execute_options() {
	for range in 0 2..1 1..x 1-2 4294967296 5. 5.0 5.3.1 5.3..6 ''; do
		must_fail 2 runbook execute -runbookid=x "-rerunstep=$range"
	done
	must_fail 2 runbook execute -runbookid=x -setstepcomplete=1.2
	must_fail 2 runbook execute -runbookid=x -setstepcomplete=1 -rerunstep=2
	has err 'cannot be given together'
	must_fail 2 runbook execute -runbookid=x -acceptchange
	has err '-acceptchange needs -reason=TEXT'
}

defaults() {
	printf 'json = TRUE\nretrypause=3\n' >"$RUNBOOK_CONF"
	must_succeed runbook list
	has out '"runbooks"'
	must_succeed runbook list -json=false
	has out 'List of Runbook ID'
	printf 'retrypaus=3\njson=perhaps\n' >"$RUNBOOK_CONF"
	must_fail 3 runbook list
	has_line err "runbook: $RUNBOOK_CONF:1: no verb has an option -retrypaus; the nearest is -retrypause"
	printf 'json=perhaps\n' >"$RUNBOOK_CONF"
	must_fail 3 runbook list
	has_line err "runbook: $RUNBOOK_CONF:1: option -json=perhaps: must be one of true|false"
	printf 'ledger=%s/conf.db\n' "$PWD" >"$RUNBOOK_CONF"
	begin_package package
	model One Update
	end_package
	topology t.xml '' localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	absent conf.db
	unset RUNBOOK_LEDGER
	must_succeed runbook import -runbookfile=package/r.xml
	[ -f conf.db ] || fail 'the ledger of the defaults file was not used'
	must_succeed runbook import -runbookfile=package/r.xml -ledger=option.db
	[ -f option.db ] || fail '-ledger was not used'
}

default_ledger_of_a_user() {
	[ "$(id -u)" -ne 0 ] || skip 'root has a ledger of its own'
	unset RUNBOOK_LEDGER
	begin_package package
	model One Update
	end_package
	topology t.xml '' localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	[ -f "$HOME/.local/state/runbook/ledger.db" ] || fail 'not under HOME'
	must_succeed env XDG_STATE_HOME="$PWD/xdg" "$RUNBOOK" import -runbookfile=package/r.xml
	[ -f xdg/runbook/ledger.db ] || fail 'not under XDG_STATE_HOME'
}

second_name() {
	ln -s "$RUNBOOK" AXUpdateInstaller.exe
	must_succeed ./AXUpdateInstaller.exe list
	has out 'List of Runbook ID on the system: '
	must_fail 2 ./AXUpdateInstaller.exe
	has err 'runbook: a verb is missing'
}

output_that_does_not_arrive() {
	[ -w /dev/full ] || skip 'no /dev/full'
	code=0
	"$RUNBOOK" list >/dev/full 2>err || code=$?
	is "$code" 1
	has err 'standard output: No space left on device'
	code=0
	"$RUNBOOK" list >&- 2>err || code=$?
	is "$code" 0
}

# A reader that went away is no success either, and no death by SIGPIPE.
closed_pipe() {
	mkfifo pipe
	exec 3<>pipe
	exec 4>pipe
	exec 3>&-
	code=0
	"$RUNBOOK" help -format=man >&4 2>err || code=$?
	is "$code" 1
	has err 'standard output: '
}

closed_descriptors() {
	code=0
	"$RUNBOOK" list <&- >&- 2>&- || code=$?
	is "$code" 0
	code=0
	"$RUNBOOK" nothing <&- >&- 2>&- || code=$?
	is "$code" 2
	absent "$RUNBOOK_LEDGER"
}

escaped_messages() {
	must_fail 2 runbook "$(printf 'a\033[31mb')"
	has err 'unknown verb a\x1b[31mb'
}

man_page() {
	must_succeed runbook help -format=man
	mv out man
	verbs >verb-list
	while read -r verb; do
		has_line man ".SS $verb"
	done <verb-list
	need_command groff
	groff -man -Tutf8 -ww -z man 2>warnings
	is "$(cat warnings)" ''
}

# offered WORD…: what bash would offer for the last word
offered() {
	bash -c '
		. ./completion
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_runbook
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

completion() {
	need_command bash
	runbook help -format=bash >completion
	bash -n completion
	offered runbook exec >offer
	is "$(cat offer)" 'execute
executestep
executerestore'
	offered runbook package ex >offer
	is "$(cat offer)" 'extract'
	offered runbook ledger b >offer
	is "$(cat offer)" 'backup'
	offered runbook execute -rer >offer
	is "$(cat offer)" '-rerunstep='
	offered runbook ledger backup -tar >offer
	is "$(cat offer)" '-target='
	offered runbook generate -etwmanifest = a >offer
	is "$(cat offer)" 'auto
always'
	offered runbook list -json = '' >offer
	is "$(cat offer)" 'true
false'
	: >'a file'
	offered runbook generate -runbookfile = 'a f' >offer
	is "$(cat offer)" 'a file'
	offered runbook help gen >offer
	is "$(cat offer)" 'generate'
	begin_package package
	model Base Stop Update
	end_package
	topology t.xml '' localhost:Base
	for id in shop-1 shop-2; do
		generate_runbook "$id" t.xml
		must_succeed runbook import -runbookfile="package/$id.xml"
	done
	: >shop-3
	offered "$RUNBOOK" execute -runbookid = sh >offer
	is "$(cat offer)" 'shop-1
shop-2'
}

run_case 'no verb: the verbs are listed, exit 2' no_verb
run_case 'the version' version
run_case 'every verb has help, in each form' every_verb_has_help
run_case 'verbs have no case' no_case
run_case 'unknown verbs and options name the nearest' unknown_words
run_case 'all problems of a command line at once' all_usage_problems_at_once
run_case 'options of execute that cannot be' execute_options
run_case 'the defaults file' defaults
run_case 'the ledger of a user without options' default_ledger_of_a_user
run_case 'AXUpdateInstaller.exe is the same program' second_name
run_case 'output that does not arrive is no success' output_that_does_not_arrive
run_case 'a closed pipe is no success' closed_pipe
run_case 'closed standard descriptors' closed_descriptors
run_case 'control characters in messages are shown, not executed' escaped_messages
run_case 'the man page names every verb and is well-formed' man_page
run_case 'completion for bash' completion
finish
