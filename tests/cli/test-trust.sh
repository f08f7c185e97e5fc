#!/bin/sh
# SPDX-License-Identifier: MIT
# Signatures: package sign, and who may be extracted, imported and installed with -requiresignature.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# shop.zip of a package with two service models; the folder goes
make_archive() {
	need_command zip
	begin_package package
	model Base Stop Update Start
	model Web Update
	end_package
	(cd package && zip -qr ../shop.zip .)
	rm -r package
}

# key NAME: NAME.key and NAME.pem, as the README says
key() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 365 -subj "/CN=$1" \
		-addext keyUsage=digitalSignature -addext extendedKeyUsage=codeSigning \
		-keyout "$1.key" -out "$1.pem" 2>openssl.log || fail "openssl: $(cat openssl.log)"
}

# expired_key NAME: a certificate that was never valid for a moment
expired_key() {
	openssl req -new -newkey rsa:2048 -noenc -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>openssl.log
	openssl x509 -req -in "$1.csr" -signkey "$1.key" -days -1 -out "$1.pem" 2>openssl.log
}

# trust NAME…: exactly these are trusted, on the whole machine
trust() {
	rm -rf trust.d
	mkdir trust.d
	for name; do
		cp "$name.pem" trust.d/
	done
	echo "trustfolder=$PWD/trust.d" >"$RUNBOOK_CONF"
}

# flip FILE OFFSET: changes one bit of that byte
flip() {
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(int(sys.argv[2]))
    byte = file.read(1)[0]
    file.seek(int(sys.argv[2]))
    file.write(bytes([byte ^ 4]))' "$1" "$2"
}

sign_and_extract() {
	make_archive
	key Shop
	trust Shop
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	has out 'shop.zip signed by CN = Shop (EC 256 bits), whose certificate is valid until 2'
	[ -f shop.zip.p7s ] || fail "no signature"
	must_succeed runbook package extract shop.zip -target=unpacked -requiresignature
	[ -f unpacked/DefaultServiceModelData.xml ] || fail "not extracted"
	has unpacked/.runbook-signature 'signer=CN = Shop'
	# Signing again replaces it.
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem -json
	is "$(from_json out 'd["signer"]')" 'CN = Shop'
	must_succeed runbook package extract shop.zip -target=unpacked2 -requiresignature
}

# What we sign openssl accepts, and the other way round.
openssl_agrees() {
	make_archive
	key Shop
	trust Shop
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	must_succeed openssl cms -verify -binary -in shop.zip.p7s -inform DER -content shop.zip -out copy.zip \
		-CAfile Shop.pem -purpose any
	same copy.zip shop.zip
	must_succeed openssl cms -sign -binary -in shop.zip -signer Shop.pem -inkey Shop.key -outform DER -out shop.zip.p7s
	must_succeed runbook package extract shop.zip -target=unpacked -requiresignature
}

rsa_and_chain() {
	make_archive
	openssl ecparam -genkey -name prime256v1 -noout -out Root.key
	openssl req -x509 -key Root.key -days 30 -subj /CN=Root -out Root.pem
	openssl req -new -newkey rsa:3072 -noenc -subj /CN=Builder -keyout Builder.key -out b.csr 2>err
	openssl x509 -req -in b.csr -CA Root.pem -CAkey Root.key -days 30 -out Builder.pem 2>err
	trust Root
	must_succeed runbook package sign shop.zip -key=Builder.key -cert=Builder.pem
	must_succeed runbook package extract shop.zip -target=unpacked -requiresignature
	trust Builder
	must_succeed runbook package extract shop.zip -target=unpacked2 -requiresignature
}

not_signed() {
	make_archive
	key Shop
	trust Shop
	must_fail 7 runbook package extract shop.zip -target=unpacked -requiresignature
	has err 'shop.zip: not signed: there is no shop.zip.p7s, and -requiresignature is set'
	absent unpacked
	must_fail 7 runbook quickinstallall shop.zip -requiresignature
	has err 'not signed'
	absent witness
	must_succeed runbook package extract shop.zip -target=unpacked
	absent unpacked/.runbook-signature
	must_fail 7 runbook quickinstallall unpacked -requiresignature
	has err 'was not extracted from an archive with a trusted signature'
	absent witness
}

# untrusted REASON KEY: shop.zip is signed with KEY and refused for that reason; without the requirement it is taken with a warning
untrusted() {
	must_succeed openssl cms -sign -binary -in shop.zip -signer "$2.pem" -inkey "$2.key" -outform DER -out shop.zip.p7s
	must_fail 7 runbook package extract shop.zip -target=unpacked -requiresignature
	has err "shop.zip: signed by CN = $2, who is not trusted: $1"
	absent unpacked
	must_fail 7 runbook quickinstallall shop.zip -requiresignature
	has err "$1"
	absent witness
	must_succeed runbook package extract shop.zip -target="unpacked-$2"
	has err "warning: shop.zip: its signature is not trusted: $1"
	absent "unpacked-$2/.runbook-signature"
}

not_trusted() {
	make_archive
	key Shop
	key Stranger
	trust Shop
	untrusted 'no certificate of the trust folder vouches for it' Stranger
}

expired() {
	make_archive
	expired_key Old
	trust Old
	untrusted 'its certificate expired on 2' Old
	must_fail 7 runbook package sign shop.zip -key=Old.key -cert=Old.pem
	has err 'Old.pem cannot sign: its certificate expired on'
}

for_something_else() {
	make_archive
	openssl req -x509 -newkey rsa:2048 -noenc -subj "/CN=Web" -addext extendedKeyUsage=serverAuth -keyout Web.key -out Web.pem 2>err
	trust Web
	untrusted 'its certificate is not for signing' Web
}

# One bit, anywhere, and with or without the requirement.
tampered() {
	make_archive
	key Shop
	trust Shop
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	size=$(wc -c <shop.zip)
	for offset in 0 11 $((size / 2)) $((size - 1)); do
		flip shop.zip "$offset"
		must_fail 7 runbook package extract shop.zip -target=unpacked
		has err 'shop.zip: its signature .p7s does not fit: the archive is not the one that was signed'
		must_fail 7 runbook quickinstallall shop.zip -requiresignature
		has err 'the archive is not the one that was signed'
		flip shop.zip "$offset"
	done
	absent unpacked
	absent witness
	flip shop.zip.p7s "$(($(wc -c <shop.zip.p7s) - 1))"
	must_fail 7 runbook package extract shop.zip -target=unpacked
	has err 'the signature itself has been changed or is damaged'
	echo '<html>404' >shop.zip.p7s
	must_fail 7 runbook package extract shop.zip -target=unpacked
	has err 'the file is no CMS signature'
	absent unpacked
}

# Somebody else may write to the archive: what is extracted is what was checked. Seen by the modes of a copy that is used then.
shared_archive() {
	make_archive
	key Shop
	trust Shop
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	chmod 0666 shop.zip
	must_succeed runbook package extract shop.zip -target=unpacked -requiresignature
	[ -f unpacked/DefaultServiceModelData.xml ] || fail "not extracted"
	is "$(find . -name '.runbook-copy*' | wc -l)" 0
}

machine_wide() {
	make_archive
	key Shop
	trust Shop
	echo 'requiresignature=true' >>"$RUNBOOK_CONF"
	must_fail 7 runbook package extract shop.zip -target=unpacked
	must_fail 7 runbook quickinstallall shop.zip
	has err 'not signed'
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	must_succeed runbook quickinstallall shop.zip -runbookid=shop
	is "$(wc -l <witness)" 4
	must_succeed runbook quickinstallall shop.zip -runbookid=shop
	# Who says so himself may.
	rm shop.zip.p7s
	must_succeed runbook package extract shop.zip -target=unpacked -requiresignature=false
}

# extract_and_import: signs shop.zip, and runbook r of it is imported, all of which needs a signature
extract_and_import() {
	must_succeed runbook package sign shop.zip -key=Shop.key -cert=Shop.pem
	must_succeed runbook package extract shop.zip -target=package -requiresignature
	# shellcheck disable=SC2034 # for generate_runbook
	package=package
	topology topology.xml '' localhost:Base,Web
	generate_runbook r topology.xml
	must_succeed runbook import -runbookfile=package/r.xml -requiresignature
}

# A folder is as good as the archive it came from.
import_of_a_folder() {
	make_archive
	# shellcheck disable=SC2034 # for generate_runbook
	package=package
	key Shop
	trust Shop
	must_succeed runbook package extract shop.zip -target=package
	topology topology.xml '' localhost:Base,Web
	generate_runbook r topology.xml
	must_fail 7 runbook import -runbookfile=package/r.xml -requiresignature
	has err 'was not extracted from an archive with a trusted signature'
	rm -r package
	extract_and_import
	# A record that speaks for other files is none.
	echo x >>package/.runbook-digests
	must_fail 7 runbook import -runbookfile=package/r.xml -requiresignature -replace
	has err 'does not belong to the list of digests beside it'
}

# Neither does a folder become better because the runbook was imported from another one.
another_package_root() {
	make_archive
	key Shop
	trust Shop
	extract_and_import
	must_succeed runbook execute -runbookid=r -untilstep=1
	cp -r package other
	rm -r other/RunbookWorkingFolder other/.runbook-signature
	for verb in 'execute -runbookid=r' 'execute -runbookid=r -dryrun' 'executestep -runbookid=r -stepid=2' \
		'executerestore -runbookid=r'; do
		# shellcheck disable=SC2086 # words
		must_fail 7 runbook $verb -packagepath=other -requiresignature
		has err "$PWD/other: was not extracted from an archive with a trusted signature"
	done
	echo 'requiresignature=true' >>"$RUNBOOK_CONF"
	must_fail 7 runbook execute -runbookid=r -packagepath=other
	has err 'was not extracted from an archive with a trusted signature'
	is "$(wc -l <witness)" 1
	must_succeed runbook execute -runbookid=r -untilstep=2 -packagepath=other -requiresignature=false \
		-acceptchange -reason='bigger disk'
	cp package/.runbook-signature other/
	must_succeed runbook execute -runbookid=r -packagepath=other -acceptchange -reason='bigger disk'
	is "$(wc -l <witness)" 4
}

# Nobody can bring a record of his own.
forged_record() {
	need_command zip
	mkdir -p inner/shop
	echo '<ServiceModelData/>' >inner/shop/DefaultServiceModelData.xml
	echo '# runbook signature 1' >inner/shop/.runbook-signature
	(cd inner && zip -qr ../forged.zip .)
	must_fail 7 runbook package extract forged.zip -target=unpacked
	has err 'is kept for what runbook notes about a package'
	absent unpacked
}

cannot_sign() {
	make_archive
	key Shop
	key Other
	must_fail 3 runbook package sign shop.zip -key=Shop.key -cert=Other.pem
	has err 'the key Shop.key does not belong to the first certificate of Other.pem'
	must_fail 3 runbook package sign missing.zip -key=Shop.key -cert=Shop.pem
	has err 'missing.zip: no such file'
	must_fail 3 runbook package sign Shop.pem -key=Shop.key -cert=Shop.pem
	has err 'no package: it looks like'
	must_fail 2 runbook package sign shop.zip -key=Shop.key
	absent shop.zip.p7s
	openssl pkey -in Shop.key -aes256 -passout pass:secret -out Locked.key
	must_fail 3 runbook package sign shop.zip -key=Locked.key -cert=Shop.pem
	has err 'give its passphrase with -passphrasefile'
	echo secret >words
	must_succeed runbook package sign shop.zip -key=Locked.key -cert=Shop.pem -passphrasefile=words
}

# ---- Digests at use -----------------------------------------------------------------------------------------------

# digests FOLDER: the list that extraction leaves
digests() {
	(
		cd "$1" || exit
		rm -f .runbook-digests
		echo '# runbook digests 1'
		find . -type f ! -name .runbook-digests ! -path './RunbookWorkingFolder/*' | sed 's|^./||' | LC_ALL=C sort |
			tr '\n' '\0' | xargs -0 sha256sum
		echo "# end $(find . -type f ! -path './RunbookWorkingFolder/*' | wc -l)"
	) >list
	mv list "$1/.runbook-digests"
}

# ready: an extracted package of two service models with payload, imported as runbook r
ready() {
	begin_package package
	model Base Stop Update Start
	model Web Update
	end_package
	mkdir package/Web/Packages
	head -c 100000 /dev/zero >package/Web/Packages/web.bin
	digests package
	topology topology.xml '' localhost:Base,Web
	generate_runbook r topology.xml
	must_succeed runbook import -runbookfile=package/r.xml
}

nothing_changed() {
	ready
	must_succeed runbook execute -runbookid=r
	is "$(wc -l <witness)" 4
	must_succeed runbook package verify package
	has out 'digests       ok    '
	has out ' came later'
}

# One bit of the payload, in the extracted package: refused before the first step of its service model, not before those of others.
payload_changed() {
	ready
	flip package/Web/Packages/web.bin 99999
	before=$(head -c 100000 /dev/zero | sha256sum | cut -c1-12)
	now=$(sha256sum <package/Web/Packages/web.bin | cut -c1-12)
	must_succeed runbook execute -runbookid=r -dryrun
	has out "  would stop: Web/Packages/web.bin has changed since the package was extracted (SHA-256 $before…, now $now…); see -acceptchange"
	must_fail 7 runbook execute -runbookid=r
	has err "step 4: Web/Packages/web.bin has changed since the package was extracted (SHA-256 $before…, now $now…)"
	has err "if that is meant: runbook execute -runbookid=r -acceptchange -reason='…'"
	is "$(cat witness)" 'Base/Stop.sh
Base/Update.sh'
	must_fail 7 runbook package verify package
	has out "Web/Packages/web.bin has changed since the package was extracted (SHA-256 $before…, now $now…)"
	has out 'digests       bad   '
	has err 'not to be trusted'
	# Still.
	must_fail 7 runbook execute -runbookid=r
	must_fail 2 runbook execute -runbookid=r -acceptchange
	must_succeed runbook execute -runbookid=r -acceptchange -reason='patched by support' -untilstep=4
	has err 'accepted: Web/Packages/web.bin has changed'
	must_succeed runbook export -runbookid=r -runbookfile=done.xml
	has done.xml 'patched by support'
	# What was accepted stays so; what changes then is news.
	must_succeed runbook execute -runbookid=r -untilstep=5
	flip package/Web/Packages/web.bin 7
	must_fail 7 runbook execute -runbookid=r -rerunstep=4
	has err 'Web/Packages/web.bin has changed'
}

# A script: changed between two steps, also one that no step of the runbook names.
script_changed() {
	ready
	must_succeed runbook execute -runbookid=r -untilstep=1
	echo '# more' >>package/Base/Scripts/Update.sh
	must_fail 7 runbook execute -runbookid=r
	has err 'Base/Scripts/Update.sh has changed since the package was extracted'
	must_succeed runbook execute -runbookid=r -acceptchange -reason=why -untilstep=2
	rm package/Web/Scripts/InstallationInfo.xml
	must_fail 7 runbook execute -runbookid=r
	has err 'Web/Scripts/InstallationInfo.xml is missing or no file any more'
	is "$(wc -l <witness)" 2
}

# Replaced by a link to the very same content, which is not followed.
replaced_by_a_link() {
	ready
	mv package/Web/Packages/web.bin elsewhere
	ln -s "$PWD/elsewhere" package/Web/Packages/web.bin
	must_fail 7 runbook execute -runbookid=r
	has err 'Web/Packages/web.bin is missing or no file any more'
}

# While the run is under way: a step of another service model changes the payload.
changed_by_a_step() {
	ready
	script Base Update.sh "printf x >>'$PWD/package/Web/Packages/web.bin'"
	digests package
	generate_runbook r topology.xml
	must_succeed runbook import -runbookfile=package/r.xml -replace
	must_fail 7 runbook execute -runbookid=r
	has err 'Web/Packages/web.bin has changed since the package was extracted'
	is "$(cat witness)" 'Base/Stop.sh'
	must_succeed runbook status -runbookid=r -json
}

# As it really goes: a signed archive, extracted, with one bit changed after that.
extracted_and_changed() {
	need_command openssl
	make_archive
	key Shop
	trust Shop
	extract_and_import
	must_succeed runbook package verify package -requiresignature
	has out 'digests       ok    '
	has out 'signature     ok    extracted from shop.zip, signed by CN = Shop'
	must_succeed runbook execute -runbookid=r -untilstep=3
	flip package/Web/Scripts/InstallationInfo.xml 5
	must_fail 7 runbook execute -runbookid=r
	has err 'Web/Scripts/InstallationInfo.xml has changed since the package was extracted'
	must_fail 7 runbook package verify package
	has out 'Web/Scripts/InstallationInfo.xml has changed since the package was extracted'
	# Also in the folder that quickinstallall has made and comes back to.
	must_succeed runbook quickinstallall shop.zip -runbookid=other -untilstep=1
	flip "${RUNBOOK_LEDGER%/*}"/packages/shop-*/Base/Scripts/Update.sh 20
	must_fail 7 runbook quickinstallall shop.zip -runbookid=other
	has err 'Base/Scripts/Update.sh has changed since the package was extracted'
}

damaged_list() {
	ready
	sed -i '$d' package/.runbook-digests
	must_fail 7 runbook execute -runbookid=r
	has err 'the list of digests is damaged'
	absent witness
	must_fail 7 runbook package verify package
	has out 'digests       bad   the list of digests cannot be used'
}

# Files that steps leave beside their scripts, and packages that were not extracted here.
nothing_to_compare_with() {
	ready
	echo note >package/Web/Scripts/progress.json
	must_succeed runbook execute -runbookid=r -untilstep=5
	rm package/.runbook-digests
	printf x >>package/Web/Packages/web.bin
	must_succeed runbook execute -runbookid=r
	must_succeed runbook package verify package
	has out 'digests       none  '
}

need_openssl() {
	need_command openssl
	"$@"
}

run_case 'what is signed by somebody trusted is extracted' need_openssl sign_and_extract
run_case 'signatures of openssl and ours are the same' need_openssl openssl_agrees
run_case 'RSA; a chain of certificates' need_openssl rsa_and_chain
run_case 'an archive without signature' need_openssl not_signed
run_case 'a signer who is not trusted' need_openssl not_trusted
run_case 'an expired certificate' need_openssl expired
run_case 'a certificate for something else' need_openssl for_something_else
run_case 'one bit is changed' need_openssl tampered
run_case 'an archive that others may write to' need_openssl shared_archive
run_case 'required on the whole machine' need_openssl machine_wide
run_case 'import requires a signature' need_openssl import_of_a_folder
run_case 'execute with another package root requires a signature' need_openssl another_package_root
run_case 'a record of a signature cannot be forged' forged_record
run_case 'what cannot be signed' need_openssl cannot_sign
run_case 'digests at use: nothing has changed' nothing_changed
run_case 'digests at use: the payload has changed' payload_changed
run_case 'digests at use: a script has changed' script_changed
run_case 'digests at use: a link' replaced_by_a_link
run_case 'digests at use: changed while the run is under way' changed_by_a_step
run_case 'digests at use: a signed package, extracted and changed' extracted_and_changed
run_case 'digests at use: a damaged list' damaged_list
run_case 'digests at use: nothing to compare with' nothing_to_compare_with
finish
