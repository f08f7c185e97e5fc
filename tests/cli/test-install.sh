#!/bin/sh
# SPDX-License-Identifier: MIT
# quickinstallall, devinstall and package extract: from an archive or a folder to an updated machine.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# A package in the folder `$1`, default package.
make_package() {
	begin_package "${1:-package}"
	model Base Stop Backup Update Start
	model Web Update
	end_package
}

# dev_file FOLDER: the package can be installed on a developer's machine too, where only Base is updated
dev_file() {
	sed -e 's/76f46b4f/a38be920/' -e '/<Name>Web</,/<\/ServiceModel>/d' "$1/DefaultServiceModelData.xml" |
		sed -e '/<ServiceModel>$/{N;/<\/ServiceModelList>/s/.*\n//;}' >"$1/DevInstallServiceModelData.xml"
	xmllint --noout "$1/DevInstallServiceModelData.xml"
}

from_a_folder() {
	make_package 'a package'
	must_succeed runbook quickinstallall 'a package'
	is "$(wc -l <witness)" 5
	must_succeed runbook list
	has_line out "$(printf 'Web\t Version: 1.2.3.4')"
	sed -n 3p out >id
	grep -qE '^a-package-[0-9a-f]{8}$' id || fail "id: $(cat id)"
	must_succeed runbook quickinstallall -packagepath='./a package/'
	is "$(wc -l <witness)" 5
	cd 'a package'
	must_succeed runbook quickinstallall
	is "$(wc -l <../witness)" 5
	has out 'Start executing runbook : a-package-'
}

from_an_archive() {
	need_command zip
	make_package
	(cd package && zip -qr '../My Package 1.0.zip' .)
	rm -r package
	must_succeed runbook quickinstallall 'My Package 1.0.zip'
	is "$(wc -l <witness)" 5
	set -- "${RUNBOOK_LEDGER%/*}"/packages/My-Package-1.0-????????
	[ -f "$1/DefaultServiceModelData.xml" ] || fail "not extracted to $1"
	is "$(find "$1/RunbookWorkingFolder" -name '*.log' | wc -l)" 5
	must_succeed runbook quickinstallall 'My Package 1.0.zip'
	is "$(wc -l <witness)" 5
	must_succeed runbook quickinstallall 'My Package 1.0.zip' -runbookid=again
	is "$(wc -l <witness)" 10
}

folder_in_the_archive() {
	make_package shop-1.0
	tar -czf shop.tar.gz shop-1.0
	rm -r shop-1.0
	must_succeed runbook quickinstallall shop.tar.gz -runbookid=shop
	is "$(wc -l <witness)" 5
}

goes_on_after_a_failure() {
	make_package
	script Web Update.sh "[ -e '$PWD/mended' ] || exit 3" "echo ran >>'$PWD/witness'"
	must_fail 4 runbook quickinstallall package
	is "$(wc -l <witness)" 3
	must_fail 4 runbook quickinstallall package
	is "$(wc -l <witness)" 3
	: >mended
	must_succeed runbook quickinstallall package
	is "$(cat witness)" 'Base/Stop.sh
Base/Backup.sh
Base/Update.sh
ran
Base/Start.sh'
	must_succeed runbook list -json
	is "$(from_json out 'len(d["runbooks"])')" 1
}

options() {
	make_package
	topology t.xml '' localhost:Web
	must_succeed runbook quickinstallall package -topologyfile=t.xml -runbookid=r1
	is "$(cat witness)" Web/Update.sh
	must_succeed runbook quickinstallall package -backup=false -runbookid=r2
	is "$(grep -c Backup witness)" 0
	must_succeed runbook quickinstallall package -etwmanifest=always -runbookid=r3 -quiet
	lacks out 'this is'
	must_succeed runbook status -runbookid=r3
	has out 'Updating ETW manifest for service model: Web'
	must_fail 2 runbook quickinstallall package -packagepath=package
	has err 'named twice'
}

id_of_another_package() {
	make_package
	make_package other
	must_succeed runbook quickinstallall package -runbookid=r
	must_fail 7 runbook quickinstallall other -runbookid=r
	has err 'belongs to the package in'
	must_fail 3 runbook quickinstallall package -runbookid='no id'
}

dev_install() {
	make_package
	must_fail 7 runbook devinstall package
	has_line err 'runbook: The devInstall option is not applicable to the current deployable package.'
	absent witness
	dev_file package
	must_succeed runbook devinstall package
	is "$(wc -l <witness)" 4
	lacks witness Web
	must_succeed runbook list
	sed -n 3p out | grep -qE '^package-[0-9a-f]{8}-dev$' || fail "id: $(cat out)"
	must_succeed runbook quickinstallall package
	has witness Web
}

# first_and_last_event FILE: which holds nothing but events
first_and_last_event() {
	python3 -c 'import json, sys
events = [json.loads(line)["event"] for line in open(sys.argv[1])]
print(events[0], events[-1])' "$1"
}

events_on_standard_output() {
	make_package
	dev_file package
	must_succeed runbook quickinstallall package -json
	is "$(first_and_last_event out)" 'started completed'
	must_succeed runbook devinstall package -json
	is "$(first_and_last_event out)" 'started completed'
}

no_package() {
	mkdir empty
	must_fail 3 runbook quickinstallall empty
	has err 'no deployable package'
	must_fail 3 runbook quickinstallall
	must_fail 3 runbook quickinstallall nowhere.zip
	has err 'nowhere.zip: no such file'
	echo '<html><body>404</body></html>' >page.zip
	must_fail 3 runbook quickinstallall page.zip
	is "$(ls -A "${RUNBOOK_LEDGER%/*}/packages")" ''
	must_fail 3 runbook devinstall empty
}

missing_script() {
	make_package
	rm package/Web/Scripts/Update.sh
	must_fail 3 runbook quickinstallall package
	has err Web/Scripts/Update.sh
	absent witness
	must_succeed runbook list
	is "$(sed -n 3p out)" ''
	script Web Update.sh
	must_succeed runbook quickinstallall package
}

extraction() {
	make_package
	for ending in tar.gz tar.xz tar.bz2 tar.zst; do
		tar -C package -caf "p.$ending" . 2>tar.err || skip "tar cannot make $ending"
		must_succeed runbook package extract "p.$ending" -target="out of $ending"
		has out "extracted to $PWD/out of $ending: "
		diff -r -x .runbook-digests package "out of $ending"
		(cd "out of $ending" && sha256sum --check --quiet .runbook-digests)
	done
	must_succeed runbook package extract p.tar.gz -target=j -json
	is "$(from_json out '[d["format"], d["files"]]')" "[\"tar.gz\",$(find package -type f | wc -l)]"
	code=0
	runbook package extract p.tar.gz -target=j >out 2>err || code=$?
	[ "$code" -ne 0 ] || fail 'an existing target was taken'
	must_fail 3 runbook package extract nothing.zip -target=k
	absent k
	must_fail 2 runbook package extract p.tar.gz
	has err 'option -target=DIR is missing'
}

escaping_archive() {
	need_command python3
	python3 - <<'EOF'
import zipfile
with zipfile.ZipFile("evil.zip", "w") as archive:
    archive.writestr("good.txt", "good")
    archive.writestr("../../escaped.txt", "evil")
EOF
	must_fail 7 runbook package extract evil.zip -target=t
	has err escaped.txt
	absent t
	must_fail 7 runbook quickinstallall evil.zip
	is "$(find "$case_folder" -name escaped.txt)" ''
}

run_case 'quickinstallall from a folder; again: nothing' from_a_folder
run_case 'quickinstallall from an archive' from_an_archive
run_case 'an archive that was made of a folder' folder_in_the_archive
run_case 'after a failure it goes on with the same runbook' goes_on_after_a_failure
run_case 'topology, backup, ETW, quiet' options
run_case 'an id that belongs to another package' id_of_another_package
run_case 'devinstall' dev_install
run_case 'with -json nothing but events on standard output' events_on_standard_output
run_case 'what is no package' no_package
run_case 'a missing script: nothing is recorded' missing_script
run_case 'package extract' extraction
run_case 'an archive that would write outside' escaping_archive
finish
