#!/bin/sh
# SPDX-License-Identifier: MIT
# The real service-model files: the phases and the order of their runbooks, and that they run.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# real_package FILE: a package of that service-model file, in which every script that it names exists and does nothing
real_package() {
	need_shared
	package=$PWD/package
	mkdir package
	cp "$RUNBOOK_SHARED/data/ax/$1" package/DefaultServiceModelData.xml
	cp "$RUNBOOK_SHARED/data/ax/ReleasedPackages.xml" package/
	models="$(xpath package/DefaultServiceModelData.xml '//ServiceModel/Name/text()')"
	for model in $models; do
		mkdir -p "package/$model/Scripts"
		info <"$RUNBOOK_SHARED/data/ax/MRApplicationService-InstallationInfo.xml" >"package/$model/Scripts/InstallationInfo.xml"
		xpath package/DefaultServiceModelData.xml "//ServiceModel[Name='$model']/*/FileName/text()" >files 2>none || : >files
		sed 's|\\|/|g' files | while read -r file; do
			case $file in
			*/*) mkdir -p "package/$model/Scripts/${file%/*}" ;;
			esac
			printf '#!/bin/sh\necho %s\n' "$model" >"package/$model/Scripts/$file"
		done
	done
}

info() {
	sed "s/MRApplicationService/$model/g"
}

# short FILE: the descriptions without what is the same in all
short() {
	steps "$1" | sed -e 's/ script for service model: / /' -e 's/Updating installation info for service model: /Info /' \
		-e 's/Updating ETW manifest for service model: /ETW /' -e 's/ on machine: / @/'
}

# Stop, Backup, Update …: each phase as often as it begins, with the built-in steps counted to Update
phases() {
	xpath "$1" '//RunbookStepList/Step/StepType/text()' | sed -e 's/^ETWManifest$/Update/' -e 's/^InstallationInfo$/Update/' | uniq
}

all_on_one_machine() {
	real_package DefaultServiceModelData_7.0.4841.xml
	# shellcheck disable=SC2086 # one word per service model
	topology t.xml 'Back it up' "m1:$(printf '%s\n' $models | sort | paste -sd,)"
	generate_runbook r t.xml -etwmanifest=always -generatedvt
	is "$(xpath package/r.xml 'string(//Step[1]/PackageType)')" BinaryHotfixPackage
	is "$(phases package/r.xml | paste -sd' ')" 'Stop EnvironmentBackup Backup Update GlobalUpdate Start DVT'
	for kind in Stop Backup Update GlobalUpdate Start DVT; do
		wanted=$(xpath package/DefaultServiceModelData.xml \
			"count(//ServiceModel/${kind}Script[FileName/text() or Automated='true' or Description/text()])")
		is "$kind $(xpath package/r.xml "count(//Step[StepType='$kind'])")" "$kind $wanted"
	done
	is "$(xpath package/r.xml "count(//Step[starts-with(Description,'Updating installation info')])")" "$(echo "$models" | wc -l)"
	is "$(xpath package/r.xml "count(//Step[starts-with(Description,'Updating ETW manifest')])")" "$(echo "$models" | wc -l)"
	dependencies_first package/r.xml Update
	dependencies_first package/r.xml Start
	dependents_first package/r.xml
	is "$(xpath package/r.xml 'string(//Step[last()]/ID)')" "$(xpath package/r.xml 'count(//Step)')"
}

# position FILE KIND MODEL: the number of that step, or nothing
position() {
	xpath "$1" "string(//Step[StepType='$2' and ServiceModelName='$3']/ID)"
}

# Prints "MODEL DEPENDENCY" for each dependency of the package.
dependencies() {
	for model in $models; do
		for dependency in $(xpath package/DefaultServiceModelData.xml \
			"//ServiceModel[Name='$model']/DependentServiceModelList/string/text()" 2>none || :); do
			echo "$model $dependency"
		done
	done
}

dependencies_first() {
	dependencies | while read -r model dependency; do
		mine=$(position "$1" "$2" "$model")
		its=$(position "$1" "$2" "$dependency")
		[ -z "$mine" ] || [ -z "$its" ] || [ "$its" -lt "$mine" ] || fail "$2: $dependency comes after $model"
	done
}

dependents_first() {
	dependencies | while read -r model dependency; do
		mine=$(position "$1" Stop "$model")
		its=$(position "$1" Stop "$dependency")
		[ -z "$mine" ] || [ -z "$its" ] || [ "$mine" -lt "$its" ] || fail "Stop: $dependency comes before $model"
	done
}

two_machines() {
	real_package DefaultServiceModelData_7.0.4841.xml
	topology t.xml 'Please backup your environment' AOS-1:AOSService,Unknown AOS-2:AOSService
	remove_backup_scripts
	generate_runbook r t.xml -etwmanifest=always
	is "$(short package/r.xml)" 'Stop AOSService @AOS-1
Stop AOSService @AOS-2
Backup script for environment
Update AOSService @AOS-1
ETW AOSService @AOS-1
Info AOSService @AOS-1
Update AOSService @AOS-2
ETW AOSService @AOS-2
Info AOSService @AOS-2
GlobalUpdate AOSService @AOS-1
Start AOSService @AOS-1
Start AOSService @AOS-2'
	is "$(xpath package/r.xml 'string(//Step[3]/MachineName)') $(xpath package/r.xml 'string(//Step[3]/ServiceModelName)')" 'localhost All'
	is "$(xpath package/r.xml 'string(//Step[3]/ScriptToExecute/Description)')" 'Please backup your environment'
	is "$(xpath package/r.xml 'string(//Step[3]/ScriptToExecute/Automated)')" false
}

# In 2015 and 2016 the AOSService had no backup of its own.
remove_backup_scripts() {
	sed '/<BackupScript>/,/<\/BackupScript>/d' package/DefaultServiceModelData.xml >changed.xml
	mv changed.xml package/DefaultServiceModelData.xml
}

two_machines_of_2016() {
	real_package DefaultServiceModelData_7.0.4841.xml
	remove_backup_scripts
	sed '/<GlobalUpdateScript>/,/<\/GlobalUpdateScript>/d' package/DefaultServiceModelData.xml >changed.xml
	mv changed.xml package/DefaultServiceModelData.xml
	topology t.xml 'Please backup your environment' a:AOSService b:AOSService
	generate_runbook r t.xml -etwmanifest=always -backup=false
	is "$(short package/r.xml)" 'Stop AOSService @a
Stop AOSService @b
Update AOSService @a
ETW AOSService @a
Info AOSService @a
Update AOSService @b
ETW AOSService @b
Info AOSService @b
Start AOSService @a
Start AOSService @b'
}

# The topology that comes with a package, whose service models are partly only stopped and started.
package_of_a_developer() {
	real_package AOTpackage-DefaultServiceModelData.xml
	cp "$RUNBOOK_SHARED/data/ax/AOTpackage-DefaultTopologyData.xml" package/DefaultTopologyData.xml
	cp "$RUNBOOK_SHARED/data/ax/AOTpackage-HotfixInstallationInfo.xml" package/HotfixInstallationInfo.xml
	generate_runbook r package/DefaultTopologyData.xml
	# shellcheck disable=SC2086
	topology t.xml '' "localhost:$(printf '%s\n' $models | paste -sd,)"
	generate_runbook s t.xml
	for model in DIXFService MROneBox MRProcessService; do
		is "$(xpath package/s.xml "count(//Step[ServiceModelName='$model'][StepType!='Stop' and StepType!='Start'])")" 0
	done
}

# The scripts are named .ps1 in the real files; as sh scripts they can be run here.
it_runs() {
	real_package DefaultServiceModelData_7.0.4841.xml
	sed 's/\.ps1</.sh</' package/DefaultServiceModelData.xml >changed.xml
	mv changed.xml package/DefaultServiceModelData.xml
	find package -name '*.ps1' | while read -r file; do
		mv "$file" "${file%.ps1}.sh"
	done
	# shellcheck disable=SC2086
	topology t.xml '' "localhost:$(printf '%s\n' $models | sort | paste -sd,)"
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	code=0
	runbook execute -runbookid=r >out 2>err || code=$?
	# Some steps of the real files are manual.
	while [ "$code" -eq 5 ]; do
		runbook status -runbookid=r -json >standing
		step=$(from_json standing 'd["next"]["step"]')
		code=0
		runbook execute -runbookid=r -setstepcomplete="$step" -reason='nothing to do' >out 2>err || code=$?
	done
	is "$code" 0
	must_succeed runbook list
	has_line out "$(printf 'AOSService\t Version: 10.0.1111.0')"
	must_succeed runbook export -runbookid=r -runbookfile=e.xml
	is "$(xpath e.xml 'count(//Step[not(StepState="Completed")])')" 0
}

run_case '7.0.4841 with all service models on one machine' all_on_one_machine
run_case 'two machines: the twelve steps of 2015' two_machines
run_case 'two machines without backup and GlobalUpdate: the list of 2016' two_machines_of_2016
run_case 'the files of a package made by a developer' package_of_a_developer
run_case 'a runbook of all service models runs' it_runs
finish
