#!/bin/sh
# SPDX-License-Identifier: MIT
# generate: the order of steps, what it looks up in the package, and everything that it refuses.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# Two service models, the second depends on the first.
two_models() {
	begin_package "${1:-package}"
	model Base Stop Backup Update GlobalUpdate Start DVT
	begin_model Web Base
	phase Stop
	phase Backup
	phase Update
	phase Start
	end_model
	end_package
}

order() {
	two_models
	topology t.xml 'Please back up' m1:Web,Base
	generate_runbook r t.xml -generatedvt
	has out 'Runbook r written to package/r.xml: 13 steps, 1 of them manual'
	is "$(steps package/r.xml)" 'Stop script for service model: Web on machine: m1
Stop script for service model: Base on machine: m1
Backup script for environment
Backup script for service model: Base on machine: m1
Backup script for service model: Web on machine: m1
Update script for service model: Base on machine: m1
Updating installation info for service model: Base on machine: m1
Update script for service model: Web on machine: m1
Updating installation info for service model: Web on machine: m1
GlobalUpdate script for service model: Base on machine: m1
Start script for service model: Base on machine: m1
Start script for service model: Web on machine: m1
DVT script for service model: Base on machine: m1'
	is "$(xpath package/r.xml 'string(/RunbookData/RunbookID)')" r
	is "$(xpath package/r.xml 'string(//Step[3]/MachineName)')/$(xpath package/r.xml 'string(//Step[3]/ServiceModelName)')" localhost/All
	generate_runbook again t.xml -generatedvt -backup=false
	is "$(xpath package/again.xml 'count(//Step)')" 10
}

same_bytes() {
	two_models
	topology t.xml '' m1:Web,Base m2:Web
	generate_runbook r t.xml
	mv package/r.xml first.xml
	TZ=Asia/Tokyo generate_runbook r t.xml
	same package/r.xml first.xml
	must_succeed runbook generate -runbookid=r -topologyfile=t.xml -servicemodelfile=package/DefaultServiceModelData.xml -runbookfile=-
	same out first.xml
}

looks_into_the_package() {
	two_models
	mkdir package/Web/ETWManifest
	: >package/Web/ETWManifest/a.man
	script Web AutoETWManifestUpdate.sh
	topology t.xml '' m1:Web,Base
	printf '<ReleasedPackages><Package><Guid>%s</Guid><PackageType>BinaryHotfixPackage</PackageType></Package></ReleasedPackages>\n' \
		76F46B4F-1849-4927-9DA2-6C349430F349 >package/ReleasedPackages.xml
	generate_runbook r t.xml
	is "$(xpath package/r.xml 'count(//Step[contains(Description,"Updating ETW manifest")])')" 1
	is "$(xpath package/r.xml 'string(//Step[contains(Description,"Updating ETW manifest")]//FileName)')" AutoETWManifestUpdate.sh
	is "$(xpath package/r.xml 'string(//Step[1]/PackageType)')" BinaryHotfixPackage
	generate_runbook never t.xml -etwmanifest=never
	is "$(xpath package/never.xml 'count(//Step[contains(Description,"ETW")])')" 0
	generate_runbook always t.xml -etwmanifest=always
	is "$(xpath package/always.xml 'count(//Step[contains(Description,"ETW")])')" 2
}

json() {
	two_models
	topology t.xml 'Please back up' m1:Web,Base
	generate_runbook r t.xml -json
	is "$(tr -d ' \n' <out)" '{"runbookId":"r","runbookFile":"package/r.xml","steps":12,"manualSteps":1,"packageType":"Unknown"}'
	generate_runbook r t.xml -quiet
	is "$(cat out err)" ''
}

# refused CODE [OPTION…]: and nothing is written, not even where something was
refused() {
	expected=$1
	shift
	echo before >package/there.xml
	ls -A package >before
	for name in new there; do
		must_fail "$expected" runbook generate -runbookid=r -topologyfile=t.xml \
			-servicemodelfile=package/DefaultServiceModelData.xml -runbookfile=package/$name.xml "$@"
	done
	ls -A package >after
	same before after
	is "$(cat package/there.xml)" before
	absent "$RUNBOOK_LEDGER"
}

missing_scripts() {
	two_models
	topology t.xml '' m1:Web,Base m2:Web
	rm package/Web/Scripts/Stop.sh package/Base/Scripts/GlobalUpdate.sh
	refused 3
	for script in 'Web/Scripts/Stop.sh' 'Base/Scripts/GlobalUpdate.sh'; do
		is "$(grep -c "$script" err)" 1
	done
	line=$(grep -n 'FileName>GlobalUpdate.sh' package/DefaultServiceModelData.xml | cut -d: -f1)
	grep -qE "package/DefaultServiceModelData.xml:($((line - 1))|$line): " err || fail "line $line is not named"
}

cycle() {
	begin_package package
	for pair in 'One Two' 'Two Three' 'Three One'; do
		# shellcheck disable=SC2086 # two words
		begin_model $pair
		phase Stop
		end_model
	done
	end_package
	rm package/Two/Scripts/Stop.sh
	topology t.xml '' m1:One,Two,Three
	refused 3
	grep -q 'One.*Two.*Three\|Two.*Three.*One\|Three.*One.*Two' err || fail 'the cycle is not named'
	has err 'Two/Scripts/Stop.sh'
}

doubled_service_model() {
	two_models
	topology t.xml '' m1:Web,web,Base
	must_fail 3 runbook generate '-runbookid=not an id' -topologyfile=t.xml -servicemodelfile=package/DefaultServiceModelData.xml \
		-runbookfile=package/new.xml
	has err 't.xml:9: '
	has err '"not an id" is no runbook id'
	absent package/new.xml
}

no_steps() {
	two_models
	topology t.xml '' m1:Other
	refused 7
}

bad_ids() {
	two_models
	topology t.xml '' m1:Web
	for id in .hidden a/b 'a b' -x ../up "$(printf '%065d' 0)"; do
		must_fail 3 runbook generate "-runbookid=$id" -topologyfile=t.xml -servicemodelfile=package/DefaultServiceModelData.xml \
			-runbookfile=new.xml
		has err 'runbook id'
		absent new.xml
	done
}

leaving_the_package() {
	begin_package package
	begin_model One
	printf '<StopScript><FileName>..\\..\\..\\out.sh</FileName><Automated>true</Automated></StopScript>\n' >>package/.models
	printf '<StartScript><FileName>C:\\out.sh</FileName><Automated>true</Automated></StartScript>\n' >>package/.models
	end_model
	end_package
	: >out.sh
	topology t.xml '' m1:One
	refused 3
	has err '..\..\..\out.sh'
	has err 'C:\out.sh'
}

missing_files() {
	two_models
	must_fail 3 runbook generate -runbookid=r -topologyfile=none.xml -servicemodelfile=no/ne.xml -runbookfile=r.xml
	has err 'none.xml'
	has err 'no/ne.xml'
	topology t.xml '' m1:Web
	refused 3 -packagepath=nowhere
	has err 'nowhere'
}

broken_documents() {
	two_models
	printf '<TopologyData><MachineList></TopologyData>' >t.xml
	refused 3
	has err 't.xml:1: '
	printf '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><TopologyData><Name>&e;</Name></TopologyData>' >t.xml
	refused 3
	has err 't.xml'
	lacks err root:
}

unwritable_target() {
	two_models
	topology t.xml '' m1:Web
	must_fail 1 runbook generate -runbookid=r -topologyfile=t.xml -servicemodelfile=package/DefaultServiceModelData.xml \
		-runbookfile=nowhere/r.xml
	has err nowhere
	mkdir folder.xml
	code=0
	runbook generate -runbookid=r -topologyfile=t.xml -servicemodelfile=package/DefaultServiceModelData.xml \
		-runbookfile=folder.xml >out 2>err || code=$?
	case $code in
	[1-7]) ;;
	*) fail "exit code $code" ;;
	esac
}

spaces_and_relative_paths() {
	mkdir 'a folder' 'else where'
	two_models 'a folder/my package'
	topology 'a folder/the topology.xml' '' m1:Web
	cd 'else where'
	must_succeed runbook generate --RunbookId r --TopologyFile '../a folder/the topology.xml' \
		--servicemodelfile '../a folder/my package/DefaultServiceModelData.xml' -runbookfile './the runbook.xml'
	must_succeed runbook import -runbookfile='the runbook.xml' -packagepath='../a folder/my package'
	root=$(cd '../a folder/my package' && pwd)
	cd /
	runbook status -runbookid=r -json >"$case_folder/out"
	is "$(from_json "$case_folder/out" 'd["runbook"]["packageRoot"]')" "$root"
}

run_case 'phases and order of two service models' order
run_case 'the same input gives the same bytes' same_bytes
run_case 'ETW manifests and the package type are looked up in the package' looks_into_the_package
run_case 'JSON, and nothing with -quiet' json
run_case 'missing scripts: all of them, once, with their line' missing_scripts
run_case 'a dependency cycle is named, with the missing scripts' cycle
run_case 'a doubled service model and a bad id together' doubled_service_model
run_case 'no steps: exit 7' no_steps
run_case 'bad ids' bad_ids
run_case 'a script path that leaves the package' leaving_the_package
run_case 'missing files: all of them' missing_files
run_case 'broken documents' broken_documents
run_case 'a target that cannot be written' unwritable_target
run_case 'spaces and relative paths' spaces_and_relative_paths
finish
