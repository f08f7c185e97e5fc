#!/bin/sh
# SPDX-License-Identifier: MIT
# apply and restore: payloads put into place by step scripts, and taken back.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# listing FOLDER: every entry with kind, mode, content or link
listing() {
	(cd "$1" && find . -printf '%P %y %m %l\n' | sort && find . -type f -exec sha256sum {} + | sort)
}

# nupkg FILE NAME…: an archive of a NuGet package with these files; each holds its name
nupkg() {
	need_command python3
	python3 - "$@" <<'END'
import sys, zipfile

own = ["Shop.nuspec", "[Content_Types].xml", "_rels/.rels", "package/services/metadata/core-properties/1.psmdcp"]
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name in own + sys.argv[2:]:
        archive.writestr(name, name)
END
}

old_folder() {
	umask 022
	mkdir -p target/bin target/data
	echo old >target/bin/program
	echo kept >target/data/file
	ln -s data/file target/link
	chmod 750 target target/data
	chmod 700 target/bin/program
}

by_hand() {
	old_folder
	listing target >before
	nupkg new.nupkg content/bin/program content/more package/lib/own
	must_succeed runbook apply -source=new.nupkg -target=target -backupfolder=backup
	has_line out "$PWD/target is in place: 3 files, 4 folders, 46 bytes"
	is "$(cd target && find . -type f | sort | tr '\n' ' ')" './content/bin/program ./content/more ./package/lib/own '
	absent .target.runbook
	must_succeed runbook restore -target=target -backupfolder=backup
	must_succeed runbook apply -source=new.nupkg -target=target -backupfolder=backup -subfolder=content/.
	has out 'is complete; kept as it is'
	is "$(cd target && find . -type f | sort | tr '\n' ' ')" './bin/program ./more '
	is "$(stat -c %a target target/bin target/bin/program target/more | tr '\n' ' ')" '750 755 700 640 '
	must_succeed runbook restore -target=target -backupfolder=backup
	has_line out "$PWD/target is what it was"
	listing target >after
	same before after
	absent .target.runbook
}

as_json() {
	mkdir source
	echo text >source/file
	must_succeed runbook apply -source=source -target=new -backupfolder=backup -json
	is "$(from_json out '[d["files"], d["bytes"], d["wasThere"], d["backupMade"]]')" '[1,5,false,true]'
	is "$(from_json out 'd["target"]')" "$PWD/new"
	must_succeed runbook restore -target=new -backupfolder=backup -json
	is "$(from_json out 'd["removed"]')" true
	absent new
}

backup_first() {
	old_folder
	listing target >before
	must_succeed runbook apply -backuponly -target=target -backupfolder=backup
	has out "what was in $PWD/target is kept in $PWD/backup/target-"
	listing target >after
	same before after
	must_succeed runbook restore -target=target -backupfolder=backup
	mkdir source
	echo text >source/file
	must_succeed runbook apply -source=source -target=target -backupfolder=backup
	has out 'is complete; kept as it is'
	must_succeed runbook apply -backuponly -target=target -backupfolder=backup
	must_succeed runbook restore -target=target -backupfolder=backup
	listing target >after
	same before after
}

several_sources() {
	old_folder
	mkdir -p one/common two/common three/common
	echo 1 >one/common/1
	echo 2 >two/common/2
	echo 1 >three/common/1
	must_succeed runbook apply -source=one -source=two -target=target -backupfolder=backup
	is "$(cat target/common/1 target/common/2 | tr '\n' ' ')" '1 2 '
	listing target >before
	must_fail 3 runbook apply -source=one -source=three -target=target -backupfolder=backup
	has err 'three: common/1: is in another source too'
	listing target >after
	same before after
	absent .target.runbook
}

refused() {
	old_folder
	listing target >before
	must_fail 2 runbook apply -source=target -target=new
	has err 'no backup folder'
	must_fail 2 runbook restore -target=target
	must_fail 2 runbook apply -target=target -backupfolder=backup
	must_fail 2 runbook apply -source=x -backuponly -target=target -backupfolder=backup
	must_fail 3 runbook apply -source=missing -target=target -backupfolder=backup
	must_fail 3 runbook apply -source=target -target=a/b/c -backupfolder=backup
	must_fail 3 runbook apply -source=target -subfolder=nothing -target=target -backupfolder=backup
	must_fail 2 runbook apply -source=target -subfolder=../up -target=target -backupfolder=backup
	must_fail 7 runbook apply -source=target -target=target/link -backupfolder=backup
	must_fail 7 runbook apply -source=target -target=other -backupfolder=backup
	has err 'link: neither file nor folder'
	must_fail 7 runbook restore -target=elsewhere -backupfolder=backup
	has err 'there is no complete backup'
	printf '<html>' >page.zip
	must_fail 3 runbook apply -source=page.zip -target=target -backupfolder=backup
	has_line err 'runbook: page.zip: not an archive that can be read (zip, 7z, tar with gzip, xz, zstd or bzip2): looks like HTML (an error page of a download?)'
	listing target >after
	same before after
	absent other
}

# A step applies, fails, is run again, and a later one takes back.
in_a_step() {
	old_folder
	listing target >before
	here=$PWD
	begin_package package
	begin_model Web
	script Web Update.sh 'set -e' "runbook apply -source=../Payload -target='$here/target'" \
		"[ -e '$here/works' ] || { touch '$here/works'; echo oh no; exit 1; }"
	phase Update
	script Web DVT.sh 'set -e' "runbook restore -target='$here/target'"
	phase DVT
	end_model
	mkdir package/Web/Payload
	echo new >package/Web/Payload/file
	end_package
	topology topology.xml '' localhost:Web
	generate_runbook R1 topology.xml -generatedvt
	must_succeed runbook import -runbookfile=package/R1.xml
	must_fail 4 runbook execute -runbookid=R1
	is "$(cat target/file)" new
	must_succeed runbook execute -runbookid=R1 -rerunstep=1 -untilstep=2
	has out 'is complete; kept as it is'
	has out "backup in $here/package/RunbookWorkingFolder/R1/Backup/Web/target-"
	is "$(cat target/file)" new
	must_succeed runbook execute -runbookid=R1
	listing target >after
	same before after
}

run_case 'a folder becomes what a NuGet package holds, and is taken back' by_hand
run_case 'a folder that was not there, in JSON' as_json
run_case 'a backup that is made before' backup_first
run_case 'several sources, and a file in two of them' several_sources
run_case 'what is refused changes nothing' refused
run_case 'in a step that fails and is run again' in_a_step
finish
