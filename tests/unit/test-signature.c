// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <openssl/cms.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/signature.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "tests/unit/test_keys.h"

/* A folder with an archive, a key and a certificate, and the folder of those who are trusted. */
struct place {
	char folder[32];
	char *archive;
	char *signature;
	char *key;
	char *certificate;
	char *trust;
	char *trusted;
};

enum { ARCHIVE_BYTES = 700000 };

static void write_archive(const char *path)
{
	CLEANUP_FREE char *bytes = xmalloc(ARCHIVE_BYTES);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	for (int i = 0; i < ARCHIVE_BYTES; i++)
		bytes[i] = (char)(i * 7);
	memcpy(bytes, "PK\003\004", 4);
	assert_true(fs_write_atomic(path, bytes, ARCHIVE_BYTES, 0644, &err));
}

static int set_up(void **state)
{
	struct place *place = xcalloc(1, sizeof(*place));

	(void)snprintf(place->folder, sizeof(place->folder), "/tmp/test-signature-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->archive = fs_join(place->folder, "shop.zip");
	place->signature = fs_join(place->folder, "shop.zip.p7s");
	place->key = fs_join(place->folder, "key.pem");
	place->certificate = fs_join(place->folder, "certificate.pem");
	place->trust = fs_join(place->folder, "trust.d");
	place->trusted = fs_join(place->trust, "trusted.pem");
	assert_int_equal(mkdir(place->trust, 0755), 0);
	write_archive(place->archive);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_remove_tree(place->folder, &err));
	free(place->archive);
	free(place->signature);
	free(place->key);
	free(place->certificate);
	free(place->trust);
	free(place->trusted);
	free(place);
	return 0;
}

static bool make(const struct place *place, const struct test_certificate *signer, struct error *err)
{
	const struct signing_request request = { place->archive, place->key, place->certificate, NULL };
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;

	(void)unlink(place->certificate);
	test_write_key(place->key, signer, NULL);
	test_write_certificate(place->certificate, signer);
	return signature_make(&request, &signature, err);
}

static void sign(const struct place *place, const struct test_certificate *signer)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(make(place, signer, &err));
}

/* Signs as `openssl cms -sign` would, without asking whether the certificate is fit. */
static void sign_blindly(const struct place *place, const struct test_certificate *signer, const EVP_MD *digest)
{
	const unsigned flags = CMS_BINARY | CMS_DETACHED;
	BIO *content = BIO_new_file(place->archive, "rb");
	BIO *out = BIO_new_file(place->signature, "wb");
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);

	assert_non_null(CMS_add1_signer(cms, signer->x509, signer->key, digest, 0));
	assert_int_equal(CMS_final(cms, content, NULL, flags), 1);
	assert_int_equal(i2d_CMS_bio(out, cms), 1);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	BIO_free(out);
}

static void check(const struct place *place, struct signature *ret)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = open(place->archive, O_RDONLY | O_CLOEXEC);
	const struct signature_request request = { fd, place->archive, place->trust };

	assert_true(fd >= 0);
	assert_true(signature_check(&request, ret, &err));
}

static void must_be(const struct place *place, enum signature_state state, const char *reason)
{
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;

	check(place, &signature);
	if (signature.state != state || !strstr(signature.reason, reason))
		print_error("%s: %s\n", signature_state_name(signature.state), signature.reason);
	assert_int_equal(signature.state, state);
	assert_non_null(strstr(signature.reason, reason));
}

/* Changes one bit of a file. */
static void flip(const char *path, off_t offset, unsigned bit)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char byte;

	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte = (unsigned char)(byte ^ (1U << bit));
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
}

#define CERTIFICATE(variable, ...)        \
	CLEANUP(test_certificate_release) \
	struct test_certificate variable = test_certificate_make(&(struct test_certificate_wish){ __VA_ARGS__ })

/* ---- Who is trusted --------------------------------------------------------------------------------------------- */

static void test_no_signature(void **state)
{
	must_be(*state, SIGNATURE_NONE, "");
}

static void test_self_signed(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Shop Builds");
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	int64_t now_ns = clock_wall_ns();

	sign(place, &signer);
	must_be(place, SIGNATURE_UNTRUSTED, "no certificate of the trust folder vouches for it");
	test_write_certificate(place->trusted, &signer);
	check(place, &signature);
	assert_int_equal(signature.state, SIGNATURE_TRUSTED);
	assert_string_equal(signature.signer, "CN = Shop Builds");
	assert_string_equal(signature.issuer, "CN = Shop Builds");
	assert_string_equal(signature.key, "EC 256 bits");
	assert_string_equal(signature.reason, "");
	assert_int_equal(strlen(signature.fingerprint), 64);
	assert_int_equal(strlen(signature.archive_sha256), 64);
	assert_true(signature.signed_ns > now_ns - 60000000000 && signature.signed_ns < now_ns + 60000000000);
	assert_true(signature.expires_ns > now_ns);
}

static void test_keys(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(rsa, .name = "RSA", .key = "RSA");
	CERTIFICATE(weak, .name = "weak", .key = "RSA", .rsa_bits = 1024);

	test_write_certificate(place->trusted, &rsa);
	test_write_certificate(place->trusted, &weak);
	sign(place, &rsa);
	must_be(place, SIGNATURE_TRUSTED, "");
	sign(place, &weak);
	must_be(place, SIGNATURE_UNTRUSTED, "key too weak");
}

/* Newer libraries can, that of Debian 12 cannot: then it says so. */
static void test_ed25519(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Ed", .key = "ED25519");
	CLEANUP_ERROR struct error err = ERROR_INIT;

	test_write_certificate(place->trusted, &signer);
	if (make(place, &signer, &err)) {
		must_be(place, SIGNATURE_TRUSTED, "");
		return;
	}
	assert_int_equal(err.code, ERROR_INPUT);
	assert_non_null(strstr(err.message, "use RSA or ECDSA"));
	assert_int_equal(access(place->signature, F_OK), -1);
}

static void test_chain(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(root, .name = "Root", .constraints = "critical,CA:TRUE", .usage = "keyCertSign,cRLSign");
	CERTIFICATE(middle, .name = "Middle", .issuer = &root, .constraints = "critical,CA:TRUE");
	CERTIFICATE(signer, .name = "Signer", .issuer = &middle, .usage = "digitalSignature",
		    .extended = "codeSigning");
	const struct signing_request request = { place->archive, place->key, place->certificate, NULL };
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	sign(place, &signer);
	test_write_certificate(place->trusted, &root);
	must_be(place, SIGNATURE_UNTRUSTED, "no certificate of the trust folder vouches for it");
	/* The one in between comes with the signature … */
	test_write_certificate(place->certificate, &middle);
	assert_true(signature_make(&request, &signature, &err));
	must_be(place, SIGNATURE_TRUSTED, "");
	/* … or is itself trusted, without the root. */
	sign(place, &signer);
	assert_int_equal(unlink(place->trusted), 0);
	test_write_certificate(place->trusted, &middle);
	must_be(place, SIGNATURE_TRUSTED, "");
}

/* Whoever has a certificate for something else must not make others. */
static void test_issuer_is_no_authority(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(leaf, .name = "Leaf", .constraints = "critical,CA:FALSE");
	CERTIFICATE(signer, .name = "Signer", .issuer = &leaf);

	sign(place, &signer);
	test_write_certificate(place->trusted, &leaf);
	must_be(place, SIGNATURE_UNTRUSTED, "CN = Leaf, which vouches for it: invalid CA certificate");
}

static void test_purpose(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(server, .name = "Server", .extended = "serverAuth");
	CERTIFICATE(exchange, .name = "Exchange", .usage = "keyAgreement");
	CERTIFICATE(mail, .name = "Mail", .usage = "nonRepudiation", .extended = "emailProtection");
	CLEANUP_ERROR struct error err = ERROR_INIT;

	test_write_certificate(place->trusted, &server);
	test_write_certificate(place->trusted, &exchange);
	test_write_certificate(place->trusted, &mail);
	assert_false(make(place, &server, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	sign_blindly(place, &server, NULL);
	must_be(place, SIGNATURE_UNTRUSTED, "not for signing");
	sign_blindly(place, &exchange, NULL);
	must_be(place, SIGNATURE_UNTRUSTED, "not for signing");
	sign(place, &mail);
	must_be(place, SIGNATURE_TRUSTED, "");
}

static void test_time(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(old, .name = "Old", .from_s = -3 * TEST_DAY_S, .until_s = -TEST_DAY_S);
	CERTIFICATE(new, .name = "New", .from_s = TEST_DAY_S, .until_s = 2 * TEST_DAY_S);
	CLEANUP_ERROR struct error err = ERROR_INIT;

	test_write_certificate(place->trusted, &old);
	test_write_certificate(place->trusted, &new);
	assert_false(make(place, &old, &err));
	assert_int_equal(err.code, ERROR_REFUSED);
	assert_non_null(strstr(err.message, "expired on"));
	sign_blindly(place, &old, NULL);
	must_be(place, SIGNATURE_UNTRUSTED, "its certificate expired on ");
	sign_blindly(place, &new, NULL);
	must_be(place, SIGNATURE_UNTRUSTED, "its certificate is not valid before ");
}

static void test_expired_authority(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(root, .name = "Old root", .from_s = -3 * TEST_DAY_S, .until_s = -TEST_DAY_S,
		    .constraints = "critical,CA:TRUE");
	CERTIFICATE(signer, .name = "Signer", .issuer = &root);

	sign(place, &signer);
	test_write_certificate(place->trusted, &root);
	must_be(place, SIGNATURE_UNTRUSTED, "CN = Old root, which vouches for it: certificate has expired");
}

static void write_revocation(const char *path, const struct test_certificate *issuer,
			     const struct test_certificate *revoked)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *before = X509_gmtime_adj(NULL, -60);
	ASN1_TIME *after = X509_gmtime_adj(NULL, TEST_DAY_S);
	FILE *file = fopen(path, "w");

	(void)X509_CRL_set_version(crl, X509_CRL_VERSION_2);
	(void)X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->x509));
	(void)X509_CRL_set1_lastUpdate(crl, before);
	(void)X509_CRL_set1_nextUpdate(crl, after);
	(void)X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked->x509));
	(void)X509_REVOKED_set_revocationDate(entry, before);
	assert_int_equal(X509_CRL_add0_revoked(crl, entry), 1);
	assert_true(X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0);
	assert_int_equal(PEM_write_X509_CRL(file, crl), 1);
	(void)fclose(file);
	ASN1_TIME_free(before);
	ASN1_TIME_free(after);
	X509_CRL_free(crl);
}

static void test_revoked(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(root, .name = "Root", .constraints = "critical,CA:TRUE");
	CERTIFICATE(stolen, .name = "Stolen", .issuer = &root);
	CERTIFICATE(signer, .name = "Signer", .issuer = &root);
	CERTIFICATE(own, .name = "Own");
	CLEANUP_FREE char *list = fs_join(place->trust, "root.crl");

	test_write_certificate(place->trusted, &root);
	test_write_certificate(place->trusted, &own);
	write_revocation(list, &root, &stolen);
	sign(place, &stolen);
	must_be(place, SIGNATURE_UNTRUSTED, "revoked");
	sign(place, &signer);
	must_be(place, SIGNATURE_TRUSTED, "");
	/* There is no list of its issuer. */
	sign(place, &own);
	must_be(place, SIGNATURE_TRUSTED, "");
}

static void test_weak_digest(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer", .key = "RSA");

	test_write_certificate(place->trusted, &signer);
	sign_blindly(place, &signer, EVP_sha1());
	must_be(place, SIGNATURE_UNTRUSTED, "a digest that can be forged");
}

static void test_trust_folder(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *note = fs_join(place->trust, "README");

	sign(place, &signer);
	test_write_certificate(place->trusted, &signer);
	assert_true(fs_write_atomic(note, "no certificate", 14, 0644, &err));
	must_be(place, SIGNATURE_TRUSTED, "");
	assert_true(fs_write_atomic(place->trusted, "no certificate", 14, 0644, &err));
	must_be(place, SIGNATURE_UNTRUSTED, "trusted.pem: holds no certificate");
	if (geteuid() == 0) {
		assert_int_equal(chmod(place->trusted, 0666), 0);
		must_be(place, SIGNATURE_UNTRUSTED, "can be written by others");
	}
	assert_true(fs_remove_tree(place->trust, &err));
	must_be(place, SIGNATURE_UNTRUSTED, "no certificate of the trust folder vouches for it");
}

/* ---- What was changed ------------------------------------------------------------------------------------------- */

static void test_tampered(void **state)
{
	static const off_t places[] = { 0, 4, 4095, 262143, 262144, ARCHIVE_BYTES - 1 };
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");

	sign(place, &signer);
	test_write_certificate(place->trusted, &signer);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		flip(place->archive, places[i], (unsigned)i);
		must_be(place, SIGNATURE_WRONG, "it has been changed");
		flip(place->archive, places[i], (unsigned)i);
		must_be(place, SIGNATURE_TRUSTED, "");
	}
	assert_int_equal(truncate(place->archive, ARCHIVE_BYTES - 1), 0);
	must_be(place, SIGNATURE_WRONG, "it has been changed");
}

/* What a flip leaves trusted (numbers of versions, the copy of a certificate that the trust folder has too) says the same of the same bytes. */
static void test_tampered_signature(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	CLEANUP_SIGNATURE struct signature good = SIGNATURE_INIT;
	struct stat st;
	unsigned wrong = 0;

	assert_int_equal(truncate(place->archive, 1000), 0);
	sign(place, &signer);
	test_write_certificate(place->trusted, &signer);
	check(place, &good);
	assert_int_equal(stat(place->signature, &st), 0);
	for (off_t offset = 0; offset < st.st_size; offset++) {
		CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;

		flip(place->signature, offset, (unsigned)offset % 8);
		check(place, &signature);
		wrong += signature.state == SIGNATURE_WRONG;
		if (signature.state == SIGNATURE_TRUSTED) {
			assert_string_equal(signature.fingerprint, good.fingerprint);
			assert_string_equal(signature.archive_sha256, good.archive_sha256);
			assert_int_equal(signature.signed_ns, good.signed_ns);
		}
		flip(place->signature, offset, (unsigned)offset % 8);
	}
	assert_true(wrong > 200);
	must_be(place, SIGNATURE_TRUSTED, "");
}

static void test_no_signature_at_all(void **state)
{
	const struct place *place = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CERTIFICATE(signer, .name = "Signer");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	assert_true(fs_write_atomic(place->signature, "", 0, 0644, &err));
	must_be(place, SIGNATURE_WRONG, "no CMS signature");
	assert_true(fs_write_atomic(place->signature, "<html>", 6, 0644, &err));
	must_be(place, SIGNATURE_WRONG, "no CMS signature");
	sign(place, &signer);
	assert_true(fs_read_file(place->signature, 1 << 20, &text, &err));
	strbuf_add_char(&text, 'x');
	assert_true(fs_write_atomic(place->signature, text.data, text.length, 0644, &err));
	must_be(place, SIGNATURE_WRONG, "no CMS signature");
	assert_int_equal(unlink(place->signature), 0);
	assert_int_equal(mkdir(place->signature, 0755), 0);
	must_be(place, SIGNATURE_WRONG, "not a regular file");
}

static void test_attached(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	BIO *content = BIO_new_file(place->archive, "rb");
	BIO *out = BIO_new_file(place->signature, "wb");
	CMS_ContentInfo *cms = CMS_sign(signer.x509, signer.key, NULL, content, CMS_BINARY);

	test_write_certificate(place->trusted, &signer);
	assert_int_equal(i2d_CMS_bio(out, cms), 1);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	BIO_free(out);
	must_be(place, SIGNATURE_WRONG, "make it detached");
}

static void test_pem(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	BIO *content = BIO_new_file(place->archive, "rb");
	BIO *out = BIO_new_file(place->signature, "wb");
	CMS_ContentInfo *cms = CMS_sign(signer.x509, signer.key, NULL, content, CMS_BINARY | CMS_DETACHED);

	test_write_certificate(place->trusted, &signer);
	assert_int_equal(PEM_write_bio_CMS_stream(out, cms, NULL, 0), 1);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	BIO_free(out);
	must_be(place, SIGNATURE_TRUSTED, "");
}

/* ---- Signing ---------------------------------------------------------------------------------------------------- */

static void must_not_sign(const struct signing_request *request, enum error_code code, const char *reason)
{
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(signature_make(request, &signature, &err));
	assert_int_equal(err.code, code);
	if (!strstr(err.message, reason))
		print_error("%s\n", err.message);
	assert_non_null(strstr(err.message, reason));
}

static void test_what_cannot_be_signed(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	CERTIFICATE(other, .name = "Other");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct signing_request request = { place->archive, place->key, place->certificate, NULL };

	test_write_key(place->key, &signer, NULL);
	test_write_certificate(place->certificate, &other);
	must_not_sign(&request, ERROR_INPUT, "does not belong to the first certificate");
	request.key_file = place->certificate;
	must_not_sign(&request, ERROR_INPUT, "no private key in PEM");
	request.key_file = place->key;
	request.certificate_file = place->key;
	must_not_sign(&request, ERROR_INPUT, "holds no certificate");
	assert_true(fs_write_atomic(place->archive, "<html><body>", 12, 0644, &err));
	must_not_sign(&request, ERROR_INPUT, "HTML");
	request.archive = place->signature;
	must_not_sign(&request, ERROR_INPUT, "no such file");
}

static void test_encrypted_key(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	CLEANUP_FREE char *words = fs_join(place->folder, "words");
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct signing_request request = { place->archive, place->key, place->certificate, NULL };

	test_write_key(place->key, &signer, "open sesame");
	test_write_certificate(place->certificate, &signer);
	must_not_sign(&request, ERROR_INPUT, "-passphrasefile");
	request.passphrase_file = words;
	assert_true(fs_write_atomic(words, "open barley\n", 12, 0600, &err));
	must_not_sign(&request, ERROR_INPUT, "does not open the key");
	assert_true(fs_write_atomic(words, "open sesame\nsecond\n", 19, 0600, &err));
	assert_true(signature_make(&request, &signature, &err));
	test_write_certificate(place->trusted, &signer);
	must_be(place, SIGNATURE_TRUSTED, "");
}

static void test_unreadable_archive(void **state)
{
	const struct place *place = *state;
	CERTIFICATE(signer, .name = "Signer");
	CLEANUP_SIGNATURE struct signature signature = SIGNATURE_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int folder = open(place->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct signature_request request = { folder, place->archive, place->trust };

	sign(place, &signer);
	assert_false(signature_check(&request, &signature, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
}

int main(void)
{
#define IN_PLACE(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_no_signature),
		IN_PLACE(test_self_signed),
		IN_PLACE(test_keys),
		IN_PLACE(test_ed25519),
		IN_PLACE(test_chain),
		IN_PLACE(test_issuer_is_no_authority),
		IN_PLACE(test_purpose),
		IN_PLACE(test_time),
		IN_PLACE(test_expired_authority),
		IN_PLACE(test_revoked),
		IN_PLACE(test_weak_digest),
		IN_PLACE(test_trust_folder),
		IN_PLACE(test_tampered),
		IN_PLACE(test_tampered_signature),
		IN_PLACE(test_no_signature_at_all),
		IN_PLACE(test_attached),
		IN_PLACE(test_pem),
		IN_PLACE(test_what_cannot_be_signed),
		IN_PLACE(test_encrypted_key),
		IN_PLACE(test_unreadable_archive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
