#!/bin/sh
# SPDX-License-Identifier: MIT
# package inspect and package verify: looking into a package and checking it, without leaving anything.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# nupkg FILE ID VERSION
nupkg() {
	mkdir -p "${1%/*}" nupkg.work/lib
	cat >"nupkg.work/$2.nuspec" <<EOT
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>$2</id>
    <version>$3</version>
    <authors>us</authors>
    <description>A module</description>
    <dependencies><dependency id="Other" version="[1.0,2.0)"/></dependencies>
  </metadata>
</package>
EOT
	echo payload >nupkg.work/lib/payload
	(cd nupkg.work && zip -qr ../nupkg.zip .)
	mv nupkg.zip "$1"
	rm -r nupkg.work
}

# A package in the folder `package`: two service models, one module, all documents.
make_package() {
	need_command zip
	begin_package package
	begin_model Base
	phase Stop
	phase Update
	manual_phase GlobalUpdate 'look at the lights'
	end_model
	begin_model Web Base
	phase Update
	end_model
	end_package
	nupkg package/Web/Packages/Web.2.0.nupkg Web.Module 2.0.1
	cat >package/ReleasedPackages.xml <<'EOT'
<ReleasedPackages>
  <Package>
    <Guid>76F46B4F-1849-4927-9da2-6c349430f349</Guid>
    <PackageType>BinaryHotfixPackage</PackageType>
    <Description>Binary Hotfix</Description>
  </Package>
</ReleasedPackages>
EOT
	cat >package/HotfixInstallationInfo.xml <<'EOT'
<HotfixInstallationInfo>
  <Name>hotfix 7</Name>
  <Description>Mends it all</Description>
  <Version>7.1</Version>
  <Publisher>us</Publisher>
  <Type>ApplicationPackage</Type>
  <MetadataModuleList><string>web.module.2.0.1</string></MetadataModuleList>
  <PlatformReleaseDisplayName>Update15</PlatformReleaseDisplayName>
  <PlatformVersion>7.0.4841.35234</PlatformVersion>
</HotfixInstallationInfo>
EOT
}

# archive: shop.zip of the package
archive() {
	rm -f shop.zip
	(cd package && zip -qr ../shop.zip .)
}

nothing_left() {
	is "$(find "$TMPDIR" -mindepth 1)" ''
	absent witness
}

shown() {
	has_line out 'Type          BinaryHotfixPackage (Binary Hotfix)'
	has_line out 'Version       1.0.0.0'
	has_line out 'Made as       ApplicationPackage (7.1)'
	has_line out 'Platform      7.0.4841.35234 (Update15)'
	has out '  Web 1.2.3.4: 3 files, '
	has out '; depends on Base'
	has out '    Stop                 Stop.sh (/'
	has_line out '    GlobalUpdate         (somebody has to do this by hand)'
	has out '  Web.Module 2.0.1: Web/Packages/Web.2.0.nupkg, '
	lacks out 'Problems'
}

inspect() {
	make_package
	archive
	must_succeed runbook package inspect shop.zip
	has out 'Package       shop.zip (zip, '
	has_line out 'Signature     none'
	shown
	nothing_left
	must_succeed runbook package inspect package
	has_line out 'Package       package (a folder)'
	shown
	nothing_left
	# Also with the folder in the archive, and another archiver.
	tar -cJf shop.tar.xz package
	must_succeed runbook package inspect shop.tar.xz
	has out 'Package       shop.tar.xz (tar.xz, '
	shown
	nothing_left
}

inspect_json() {
	make_package
	archive
	must_succeed runbook package inspect shop.zip -json
	is "$(from_json out 'd["type"]')" BinaryHotfixPackage
	is "$(from_json out 'd["guid"]')" 76f46b4f-1849-4927-9da2-6c349430f349
	is "$(from_json out 'd["archive"]["format"]')" zip
	is "$(from_json out 'd["archive"]["bytes"]')" "$(wc -c <shop.zip)"
	is "$(from_json out 'd["signature"]')" null
	is "$(from_json out '[s["name"] for s in d["serviceModels"]]')" '["Base","Web"]'
	is "$(from_json out 'sorted(s["file"] for s in d["serviceModels"][0]["scripts"])')" '["","Stop.sh","Update.sh"]'
	is "$(from_json out 'd["modules"][0]["id"]')" Web.Module
	is "$(from_json out 'd["modules"][0]["version"]')" 2.0.1
	is "$(from_json out 'd["installationInfo"]["platformVersion"]')" 7.0.4841.35234
	is "$(from_json out 'd["problems"]')" '[]'
	is "$(from_json out 'd["files"]')" "$(find package -type f | wc -l)"
	is "$(from_json out 'd["bytes"]')" "$(find package -type f -exec cat {} + | wc -c)"
}

inspect_shows_problems() {
	make_package
	rm package/Web/Scripts/Update.sh
	printf 'no zip' >package/Web/Packages/Broken.nupkg
	nupkg package/Web/Packages/Again.nupkg web.module 3.0
	printf '\0' >package/Base/Scripts/Stop.sh
	archive
	must_succeed runbook package inspect shop.zip
	has out '    Update               Update.sh: missing'
	has out 'UpdateScript of Web: Web/Scripts/Update.sh: no such file or folder: Update.sh in Web/Scripts'
	has out 'Web/Packages/Broken.nupkg: '
	has out 'module Web.Module 2.0.1 is there already, as Web/Packages/Again.nupkg 3.0'
	lacks out "$TMPDIR"
	must_fail 3 runbook package verify shop.zip
	has out 'structure     bad   2 problems'
	has out 'scripts       bad   1 problems'
	has err 'would not run here as it is'
	lacks out "$TMPDIR"
	nothing_left
}

no_package() {
	mkdir folder
	echo text >folder/text
	must_succeed runbook package inspect folder
	has out 'no deployable package: it has no DefaultServiceModelData.xml'
	must_fail 3 runbook package verify folder
	must_fail 3 runbook package inspect missing.zip
	has err 'missing.zip: no such file'
	echo '<html><body>' >page.zip
	must_fail 3 runbook package inspect page.zip
	has err 'page.zip: '
	has err 'HTML'
	lacks err /proc/
	nothing_left
}

damaged_documents() {
	make_package
	echo '<ServiceModelData>' >package/DefaultServiceModelData.xml
	echo '<TopologyData>' >package/DefaultTopologyData.xml
	echo '<HotfixInstallationInfo>' >package/HotfixInstallationInfo.xml
	must_fail 3 runbook package verify package
	has out 'DefaultServiceModelData.xml:'
	has out 'DefaultTopologyData.xml:'
	has out 'HotfixInstallationInfo.xml:'
	lacks out "$PWD"
}

verify_archive() {
	make_package
	archive
	must_succeed runbook package verify shop.zip
	has out "digests       ok    $(find package -type f | wc -l) files unpacked (zip)"
	has_line out 'signature     none  not signed: there is no shop.zip.p7s'
	has_line out 'structure     ok    2 service models and 1 modules, all documents readable'
	has_line out 'scripts       ok    all 3 scripts are there'
	has_line out 'interpreters  ok    everything that runs them is on this machine'
	must_fail 7 runbook package verify shop.zip -requiresignature
	has out 'signature     bad   not signed'
	must_succeed runbook package verify shop.zip -json
	is "$(from_json out '[c["verdict"] for c in d["checks"]]')" '["ok","none","ok","ok","ok"]'
	must_succeed runbook package verify shop.zip -quiet
	is "$(cat out)" ''
	nothing_left
}

missing_interpreter() {
	make_package
	printf '#!/usr/bin/env no-such-language\n' >package/Web/Scripts/Update.sh
	must_fail 3 runbook package verify package
	has out 'interpreters  bad   1 scripts cannot be run on this machine'
	has out 'Web/Scripts/Update.sh: its interpreter no-such-language is not on this machine; install it'
	has out 'scripts       ok'
}

verify_signature() {
	need_command openssl
	make_package
	archive
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=Shop -keyout key -out cert.pem 2>err
	mkdir trust.d
	must_succeed runbook package sign shop.zip -key=key -cert=cert.pem
	must_fail 7 runbook package verify shop.zip -trustfolder=trust.d
	has out 'signature     bad   signed by CN = Shop, who is not trusted: no certificate of the trust folder vouches for it'
	has err 'shop.zip: not to be trusted'
	must_succeed runbook package inspect shop.zip -trustfolder=trust.d
	has out 'Signature     untrusted: CN = Shop (EC 256 bits), certificate valid until '
	cp cert.pem trust.d
	must_succeed runbook package verify shop.zip -trustfolder=trust.d -requiresignature
	has out 'signature     ok    signed by CN = Shop (EC 256 bits), whose certificate is valid until '
	must_succeed runbook package inspect shop.zip -trustfolder=trust.d -json
	is "$(from_json out 'd["signature"]["state"]')" trusted
	must_succeed runbook package extract shop.zip -target=unpacked -trustfolder=trust.d
	must_succeed runbook package inspect unpacked
	has out 'Signature     extracted from shop.zip, signed by CN = Shop, who was trusted on 2'
	must_succeed runbook package verify unpacked -requiresignature
	has out 'signature     ok    extracted from shop.zip, signed by CN = Shop, who was trusted on 2'
	printf x >>shop.zip
	must_fail 7 runbook package verify shop.zip -trustfolder=trust.d
	has err 'the archive is not the one that was signed'
	must_fail 7 runbook package inspect shop.zip -trustfolder=trust.d
	nothing_left
}

# ---- merge --------------------------------------------------------------------------------------------------------

# small FOLDER MODEL…: a package of service models with an Update script each
small() {
	folder=$1
	shift
	begin_package "$folder"
	for name; do
		model "$name" Update
	done
	end_package
	(cd "$folder" && zip -qr "../$folder.zip" .)
}

# info FOLDER TYPE PLATFORM MODULE
info() {
	cat >"$1/HotfixInstallationInfo.xml" <<EOT
<HotfixInstallationInfo>
  <Name>$1</Name>
  <Type>$2</Type>
  <MetadataModuleList><string>common.1.0</string><string>$4</string></MetadataModuleList>
  <PlatformVersion>$3</PlatformVersion>
  <AllComponentList><ArrayOfString><string>AX Module</string><string>$4</string></ArrayOfString></AllComponentList>
</HotfixInstallationInfo>
EOT
}

merge() {
	need_command zip
	begin_package one
	model Base Update
	end_package
	begin_package two
	model Base Update
	model Web Update
	end_package
	nupkg one/Base/Packages/Common.nupkg Common 1.0
	mkdir two/Base/Packages
	cp one/Base/Packages/Common.nupkg two/Base/Packages/common.nupkg
	nupkg two/Web/Packages/Web.nupkg Web.Module 2.0
	info one ApplicationPackage 7.0 a.1.0
	info two BinaryHotfixPackage 7.0 b.2.0
	topology one/DefaultTopologyData.xml 'save it' localhost:Base
	topology two/DefaultTopologyData.xml 'save it' localhost:Base,Web
	printf 'caf\303\251' >"two/Web/Scripts/caf$(printf '\303\251').txt"
	(cd two && zip -qr ../two.zip .)
	must_succeed runbook package merge one two.zip -out=merged.zip
	has out 'merged.zip made of 2 packages: 2 service models, 2 modules, '
	must_succeed runbook package verify merged.zip
	must_succeed runbook package inspect merged.zip -json
	is "$(from_json out '[s["name"] for s in d["serviceModels"]]')" '["Base","Web"]'
	is "$(from_json out 'sorted(m["id"] for m in d["modules"])')" '["Common","Web.Module"]'
	is "$(from_json out 'd["installationInfo"]["type"]')" MergedPackage
	is "$(from_json out 'd["installationInfo"]["name"]')" one
	is "$(from_json out 'd["installationInfo"]["modules"]')" '["common.1.0","a.1.0","b.2.0"]'
	must_succeed runbook package extract merged.zip -target=merged
	same "merged/Web/Scripts/caf$(printf '\303\251').txt" "two/Web/Scripts/caf$(printf '\303\251').txt"
	is "$(xpath merged/DefaultTopologyData.xml 'count(//Machine)')" 1
	is "$(xpath merged/DefaultTopologyData.xml 'count(//string)')" 2
	is "$(xpath merged/HotfixInstallationInfo.xml 'count(//ArrayOfString)')" 2
	# The same packages give the same bytes, whatever the locale, and it can be installed.
	must_succeed env LC_ALL=C "$RUNBOOK" package merge one two.zip -out=again.zip
	same merged.zip again.zip
	nothing_left
	must_succeed runbook quickinstallall merged.zip
	is "$(cat witness)" 'Base/Update.sh
Web/Update.sh'
	must_fail 7 runbook package merge one two.zip -out=merged.zip
	has err 'merged.zip: exists already'
	must_fail 2 runbook package merge one two.zip -out=merged.tar
}

merge_names_conflicts() {
	need_command zip
	small one Base Web
	small two Base Web
	sed -i 's/Update of Web/another/' two/DefaultServiceModelData.xml
	echo '# more' >>two/Base/Scripts/Update.sh
	mv two/Base/Scripts/Update.sh two/Base/Scripts/UPDATE.SH
	sed -i '/<Name>Base/,/ServiceModel>/s/Update.sh/UPDATE.SH/' two/DefaultServiceModelData.xml
	mkdir one/Web/Packages two/Web/Packages one/Web/thing
	echo x >one/Web/thing/inside
	echo x >two/Web/thing
	nupkg one/Web/Packages/Module.1.0.nupkg Module 1.0
	nupkg two/Web/Packages/Module.2.0.nupkg Module 2.0
	info one ApplicationPackage 7.0 a.1.0
	info two ApplicationPackage 7.1 a.1.0
	must_fail 3 runbook package merge one two -out=merged.zip
	has err 'two: Base/Scripts/UPDATE.SH is not the same as in one'
	has err 'two: Web/thing is a file, and a folder in one'
	has err 'two: module Module is there in version 2.0 (Web/Packages/Module.2.0.nupkg), and in version 1.0 (Web/Packages/Module.1.0.nupkg) in one'
	absent merged.zip
	rm -r one/Web/Packages two/Web/Packages two/Web/thing two/Base/Scripts/UPDATE.SH
	cp one/Base/Scripts/Update.sh two/Base/Scripts/
	must_fail 3 runbook package merge one two -out=merged.zip
	has err 'two: DefaultServiceModelData.xml:'
	has err 'service model Base is defined otherwise than in the packages before it'
	has err 'service model Web is defined otherwise than in the packages before it'
	has err 'PlatformVersion 7.1 is another one than in the packages before it'
	absent merged.zip
	cp one/DefaultServiceModelData.xml two/
	cp one/HotfixInstallationInfo.xml two/
	must_succeed runbook package merge one two -out=merged.zip
	must_fail 3 runbook package merge one missing -out=other.zip
	nothing_left
}

# What one package only stops and starts, another one updates.
merge_takes_what_is_selected() {
	need_command zip
	begin_package one
	model Base Update
	begin_model Web
	printf '      <SelectedForUpdate>false</SelectedForUpdate>\n' >>one/.models
	phase Stop
	end_model
	end_package
	begin_package two
	begin_model Web
	phase Stop
	phase Update
	end_model
	end_package
	must_succeed runbook package merge one two -out=merged.zip
	must_succeed runbook package inspect merged.zip -json
	is "$(from_json out '[len(s["scripts"]) for s in d["serviceModels"]]')" '[1,2]'
	is "$(from_json out '[s["selectedForUpdate"] for s in d["serviceModels"]]')" '[true,true]'
	must_succeed runbook package merge two one -out=turned.zip
	must_succeed runbook package inspect turned.zip -json
	is "$(from_json out '[s["name"] for s in d["serviceModels"]]')" '["Web","Base"]'
	is "$(from_json out '[len(s["scripts"]) for s in d["serviceModels"]]')" '[2,1]'
}

merge_of_signed() {
	need_command openssl
	need_command zip
	small one Base
	small two Web
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=Shop -keyout key -out cert.pem 2>err
	mkdir trust.d
	cp cert.pem trust.d
	must_succeed runbook package sign one.zip -key=key -cert=cert.pem
	must_fail 7 runbook package merge one.zip two.zip -out=merged.zip -trustfolder=trust.d -requiresignature
	has err 'two.zip: not signed'
	must_succeed runbook package sign two.zip -key=key -cert=cert.pem
	must_succeed runbook package merge one.zip two.zip -out=merged.zip -trustfolder=trust.d -requiresignature
	printf x >>two.zip
	must_fail 7 runbook package merge one.zip two.zip -out=other.zip
	has err 'two.zip: its signature .p7s does not fit'
	absent other.zip
}

# The second process that writes is a help, no more; where there is one processor nobody asks for it.
extract_without_helper() {
	need_strace
	need_command zstd
	mkdir -p tree/Web/Scripts
	# What cannot be compressed: a small archive is not worth a process.
	for i in $(seq 40); do head -c 60000 /dev/urandom >"tree/Web/Scripts/$i"; done
	tar -C tree --zstd -cf web.tar.zst .
	must_succeed straced -e trace=clone,clone3,fork,vfork -e inject=clone,clone3,fork,vfork:error=EAGAIN:when=2 \
		"$RUNBOOK" package extract web.tar.zst -target=unpacked
	[ "$(nproc)" -eq 1 ] || has trace INJECTED
	rm unpacked/.runbook-digests
	must_succeed diff -r tree unpacked
}

run_case 'inspect shows what is in an archive or a folder' inspect
run_case 'inspect -json' inspect_json
run_case 'inspect and verify name every problem' inspect_shows_problems
run_case 'what is no package' no_package
run_case 'documents that cannot be read' damaged_documents
run_case 'verify an archive' verify_archive
run_case 'an interpreter that is not here' missing_interpreter
run_case 'verify a signature' verify_signature
run_case 'extract where no second process is to be had' extract_without_helper
run_case 'merge unites packages' merge
run_case 'merge names every conflict' merge_names_conflicts
run_case 'merge takes what is selected for update' merge_takes_what_is_selected
run_case 'merge of signed packages' merge_of_signed
finish
