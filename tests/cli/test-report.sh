#!/bin/sh
# SPDX-License-Identifier: MIT
# report: the page and the other formats. How the page looks in a browser: tests/report/page.py.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

import_it() {
	end_package
	topology t.xml "${1:-}" "${2:-localhost:One}"
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
}

# A step that fails with everything in its output that a writer could stumble over, and is then taken as done for such a reason.
hostile_run() {
	begin_package package
	begin_model One
	phase Update
	phase Start
	end_model
	script One Update.sh 'printf "<script>alert(1)</script> ]]> &amp; \"x\" \033[31mred\033[0m \001 \377\376 \342\200\256evil\n"' \
		'echo "password=hunter2secret"' 'exit 3'
	import_it 'Save &lt;everything&gt; &amp; wait'
	must_fail 5 runbook execute -runbookid=r
	must_fail 4 runbook execute -runbookid=r -setstepcomplete=1 -reason='it'\''s <b>saved</b> & "safe"'
}

# write FORMAT: into the file page.FORMAT
write() {
	must_succeed runbook report -runbookid=r -format="$1" -out="page.$1"
	has_line out "Report of runbook r written to page.$1"
	is "$(stat -c %a "page.$1")" 600
}

no_markup_gets_through() {
	need_command xmllint
	hostile_run
	for format in html junit json text; do
		write "$format"
		lacks "page.$format" hunter2
		lacks "page.$format" "$(printf '\033')"
		lacks "page.$format" "$(printf '\342\200\256')"
	done
	lacks page.html '<script'
	has page.html '&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &amp;amp; "x"'
	has page.html 'it'\''s &lt;b&gt;saved&lt;/b&gt; &amp; "safe"'
	xmllint --nonet --noout page.html page.junit
}

page_says_what_happened() {
	need_command xmllint
	hostile_run
	write html
	sed 's| xmlns="[^"]*"||' page.html >page.xml
	is "$(xpath page.xml 'string(//p[@class="headline"])')" 'Failed at step 2 of 4'
	is "$(xpath page.xml 'count(//ul[@class="steps"]/li)')" 4
	is "$(xpath page.xml 'string(//li[@id="step-1"]//span[contains(@class, "state")])')" 'Completed by hand'
	is "$(xpath page.xml 'count(//article[@id="failure-2"]//pre)')" 1
	is "$(xpath page.xml 'count(//ul[@class="decisions"]/li)')" 1
	has page.html 'runbook execute -runbookid=r -rerunstep=2'
	is "$(xpath page.xml 'string(//section[@id="versions"]//tbody/tr/th)')" One
	# Each place that a link leads to is there, once.
	xmllint --xpath '//a/@href' page.xml | tr ' ' '\n' | sed -n 's/^href="#\(.*\)"$/\1/p' | sort -u >targets
	[ -s targets ] || fail 'no links'
	while read -r target; do
		is "$(xpath page.xml "count(//*[@id='$target'])")" 1
	done <targets
	# It asks for nothing from elsewhere.
	grep -oE '(src|href|url)[=(]"?[^#" )]+' page.html >asked || true
	is "$(grep -vcF 'href="data:,' asked)" 0
	lacks page.html 'http-equiv="refresh"'
	is "$(grep -c 'http' page.html)" "$(grep -cE 'xmlns="http|http-equiv' page.html)"
}

same_ledger_same_bytes() {
	hostile_run
	for format in html junit json text; do
		must_succeed runbook report -runbookid=r -format="$format"
		mv out first
		must_succeed runbook report -runbookid=R -format="$format" -out=-
		same out first
		write "$format"
		same "page.$format" first
	done
}

json_keeps_to_its_schema() {
	need_command python3
	hostile_run
	write json
	python3 -B "$SOURCE_ROOT/tests/cli/json-schema.py" "$SOURCE_ROOT/runbook/schema/report.schema.json" page.json >out || fail 'page.json'
	is "$(from_json page.json 'd["outcome"]')" failed
	is "$(from_json page.json 'd["nextStep"]')" 2
	is "$(from_json page.json '[s["state"] for s in d["steps"]]')" '["Completed","Failed","NotStarted","NotStarted"]'
	is "$(from_json page.json 'd["steps"][1]["attempts"][0]["exitCode"]')" 3
	is "$(from_json page.json '"hunter2" in str(d)')" false
}

junit_counts_no_success_too_many() {
	need_command xmllint
	hostile_run
	write junit
	is "$(xpath page.junit 'concat(//testsuites/@tests, " ", //testsuites/@failures, " ", //testsuites/@errors, " ", //testsuites/@skipped)')" '4 1 0 2'
	is "$(xpath page.junit 'string(//testcase[2]/failure/@message | //testcase[failure]/failure/@message)')" 'exit code 3'
}

compared_with_the_last_run() {
	begin_package package
	model One Update Start
	import_it
	must_succeed runbook execute -runbookid=r
	generate_runbook s t.xml
	must_succeed runbook import -runbookfile=package/s.xml
	must_succeed runbook execute -runbookid=s
	must_succeed runbook report -runbookid=s -format=json -out=s.json
	is "$(from_json s.json '[x["earlierRunbookId"] for x in d["steps"]]')" '["r","r","r"]'
	is "$(from_json s.json 'd["versions"][0]["before"]')" 1.2.3.4
	is "$(from_json s.json 'd["versions"][0]["after"]')" 1.2.3.4
	is "$(from_json s.json 'd["outcome"]')" completed
	must_succeed runbook report -runbookid=r -format=json -out=r.json
	is "$(from_json r.json '[x["earlierRunbookId"] for x in d["steps"]]')" '[null,null,null]'
	is "$(from_json r.json 'd["versions"][0]["before"]')" null
}

of_sub_steps_and_attempts() {
	begin_package package
	begin_model One
	phase Update '<RetryCount>1</RetryCount>'
	end_model
	# shellcheck disable=SC2016 # of the script
	script One Update.sh 'runbook substep files/copy -- true' 'runbook substep "files/<mend>" -- test "$RUNBOOK_ATTEMPT" = 2'
	import_it
	must_end 0 runbook execute -runbookid=r -retrypause=0
	write html
	write json
	is "$(from_json page.json '[(s["group"], s["name"], s["state"]) for s in d["steps"][0]["subSteps"]]')" \
		'[["files","copy","Completed"],["files","<mend>","Completed"]]'
	is "$(from_json page.json '[a["state"] for a in d["steps"][0]["attempts"]]')" '["Failed","Completed"]'
	has page.html 'files / &lt;mend&gt;'
	has page.html '2 attempts'
}

refusals() {
	must_fail 3 runbook report -runbookid=nothing -out=page.html
	absent page.html
	must_fail 2 runbook report -out=page.html
	hostile_run
	must_fail 2 runbook report -runbookid=r -format=pdf
	must_fail 1 runbook report -runbookid=r -out=/nonexistent/page.html
	write html
	has page.html 'Failed at step 2'
}

nothing_happened_yet() {
	begin_package package
	model One Update
	import_it
	for format in html junit json text; do
		write "$format"
	done
	has page.html 'Not started'
	lacks page.html 'id="timeline"'
	is "$(from_json page.json 'd["outcome"]')" notStarted
}

run_case 'what a step wrote is shown, never obeyed; secrets are not shown' no_markup_gets_through
run_case 'the page says what happened, and leads nowhere else' page_says_what_happened
run_case 'the same ledger gives the same bytes, in a file and on standard output' same_ledger_same_bytes
run_case 'JSON is as its schema says' json_keeps_to_its_schema
run_case 'results for test tools: what is not done is no success' junit_counts_no_success_too_many
run_case 'durations and versions are compared with what was before' compared_with_the_last_run
run_case 'sub-steps and attempts' of_sub_steps_and_attempts
run_case 'a runbook that has not begun' nothing_happened_yet
run_case 'what cannot be written is refused' refusals
finish
