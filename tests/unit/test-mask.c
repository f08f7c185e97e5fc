// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/mask_rules.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

static void collect(void *context, const char *data, size_t length)
{
	strbuf_add(context, data, length);
}

/* Masks `text` in pieces of `piece` bytes, with a pause behind each if asked for. */
static void mask_pieces(const char *text, size_t length, size_t piece, bool pause, struct strbuf *ret)
{
	struct masker *masker = masker_new();

	for (size_t at = 0; at < length; at += piece) {
		masker_feed(masker, text + at, length - at < piece ? length - at : piece, collect, ret);
		if (pause)
			masker_pause(masker, collect, ret);
	}
	masker_finish(masker, collect, ret);
	masker_free(masker);
}

static void assert_pieces(const char *text, size_t length, const char *expected)
{
	for (size_t piece = 1; piece <= length; piece += piece < 20 ? 1 : length / 5 + 1) {
		CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT;

		mask_pieces(text, length, piece, false, &masked);
		assert_string_equal(masked.data, expected);
	}
}

static void assert_masked(const char *text, const char *expected)
{
	assert_pieces(text, strlen(text), expected);
}

static void assert_ordinary(const char *text)
{
	assert_masked(text, text);
}

static void setup_secrets(const char *lines)
{
	char path[] = "/tmp/test-mask-XXXXXX";
	const struct mask_settings settings = { .secrets_file = path };
	CLEANUP_ERROR struct error err = ERROR_INIT;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	(void)close(fd);
	if (!mask_setup(&settings, &err))
		fail_msg("%s", err.message);
	(void)unlink(path);
}

static void test_ordinary_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"\n",
		"ordinary line\n\n\r\nwithout an end",
		"cat: /etc/passwd: Permission denied\n",
		"passwd: Authentication token manipulation error\nsh: 1: passwd: not found\n",
		"cp /run/secrets/token /srv/app/secret: done; a/token == b/token\n",
		"mkdir -p /srv/x; docker run -p 8080:80 web\n",
		"tests pass=12 fail=0\nPASS: foo.sh\n12 passed, 3 failed\n",
		"PWD=/root\nOLDPWD=/srv\nPasswordFile=/etc/x\nPASSWORD_FILE=/run/y\ntoken_url=https://x/y\n",
		"http://host:8080/path@x https://example.com/a?b=c git@example.com:a/b.git\n",
		"Basic authentication failed\nThe password is incorrect\nkeyboard: us\nsecretary: Alice\nauthor: Bob\n",
		"unexpected token: }\n\"password\": null,\nkubectl: secret/foo created\n",
		"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
		"ghp_tooshort\nAKIA is a name\neyJhbGciOi\n",
		"\033[31mred\033[0m and \303\244\303\266\303\274 and \377\376\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_ordinary(lines[i]);
}

static void test_names_and_values(void **state)
{
	(void)state;
	assert_masked("password=hunter2 user=bob\n", "password=*** user=bob\n");
	assert_masked("DB_PASSWORD=hun ter; 2\n", "DB_PASSWORD=***\n");
	assert_masked("export API_KEY='hunter2'\n", "export API_KEY=***\n");
	assert_masked("Password: hunter2\n", "Password: ***\n");
	assert_masked("password for bob: hunter2", "password for bob: ***");
	assert_masked("{\"user\":\"bob\",\"password\":\"hun\\\"ter2\",\"x\":1}\n",
		      "{\"user\":\"bob\",\"password\":\"***\",\"x\":1}\n");
	assert_masked("{\\\"clientSecret\\\":\\\"hunter2\\\"}\n", "{\\\"clientSecret\\\":\\\"***\\\"}\n");
	assert_masked("Server=x;User ID=sa;Password=hun,ter2;Encrypt=true\n",
		      "Server=x;User ID=sa;Password=***;Encrypt=true\n");
	assert_masked("AccountKey=aGVsbG8=;EndpointSuffix=x\n", "AccountKey=***;EndpointSuffix=x\n");
	assert_masked("<Password>hunter2</Password>\n", "<Password>***</Password>\n");
	assert_masked("<add key=\"DbPassword\" value=\"hunter2\"/>\n", "<add key=\"DbPassword\" value=\"***\"/>\n");
	assert_masked("- name: DB_PASSWORD\n  value: hunter2\n", "- name: DB_PASSWORD\n  value: ***\n");
	assert_masked("password: |\n  first\n  second\nnext: x\n", "password: |\n  ***\n  ***\nnext: x\n");
	assert_masked("secret = \"two\nlines\" and more\n", "secret = \"***\n\" and more\n");
	assert_masked("set GROUP/password='hun ter2' next\n", "set GROUP/password='***' next\n");
	assert_masked("password=\n", "password=\n");
}

static void test_commands(void **state)
{
	(void)state;
	assert_masked("tool --password hunter2 --user x\n", "tool --password *** --user x\n");
	assert_masked("tool --db-password=hunter2\n", "tool --db-password=***\n");
	assert_masked("tool --password \\\n  hunter2 -x\n", "tool --password \\\n  *** -x\n");
	assert_masked("[\"--password\", \"hunter2\"]\n", "[\"--password\", \"***\"]\n");
	assert_masked("mysql -uroot -phunter2 db\n", "mysql -uroot -p*** db\n");
	assert_masked("sshpass -p hunter2 ssh x\n", "sshpass -p *** ssh x\n");
	assert_masked("curl -u bob:hunter2 https://x/\n", "curl -u bob:*** https://x/\n");
	assert_masked("redis-cli -h x -a hunter2 ping\n", "redis-cli -h x -a *** ping\n");
	assert_masked("openssl rsa -passin pass:hunter2\n", "openssl rsa -passin pass:***\n");
	assert_masked("echo bob:hunter2 | chpasswd\n", "echo bob:*** | chpasswd\n");
	assert_masked("ALTER USER x IDENTIFIED BY 'hun''ter2';\n", "ALTER USER x IDENTIFIED BY '***';\n");
	assert_masked("CREATE ROLE a PASSWORD 'hunter2'\n", "CREATE ROLE a PASSWORD '***'\n");
}

static void test_headers_and_addresses(void **state)
{
	(void)state;
	assert_masked("Authorization: Bearer abc.def.ghi123\n", "Authorization: Bearer ***\n");
	assert_masked("sent bearer abcDEF123456\n", "sent bearer ***\n");
	assert_masked("Set-Cookie: sid=38afes7a8; Path=/\n", "Set-Cookie: ***\n");
	assert_masked("https://bob:hun:t@r2@example.com/p\n", "https://bob:***@example.com/p\n");
	assert_masked("https://x/y?sv=1&sig=abc%2Bdef&se=2\n", "https://x/y?sv=1&sig=***&se=2\n");
}

#define GITHUB "ghp_abcdefghijklmnopqrstuvwxyz0123456789"

static void test_tokens(void **state)
{
	(void)state;
	assert_masked("a " GITHUB " b\n", "a *** b\n");
	assert_masked("AKIAIOSFODNN7EXAMPLE\n", "***\n");
	assert_masked("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N\n", "***\n");
	assert_masked("root:$6$saltsalt$abcdefghijklmnopqrstuvwxyz:1\n", "root:***:1\n");
}

/* Whatever place a line break is put at, also with a return and blanks. */
static void test_broken_token(void **state)
{
	static const char *const breaks[] = { "\n", "\r\n", "\n   " };

	(void)state;
	for (size_t cut = 1; cut < strlen(GITHUB); cut++) {
		/* Blanks within the first characters are too much. */
		for (size_t i = 0; i < (cut < 4 ? 2 : 3); i++) {
			CLEANUP_FREE char *text =
				xasprintf("x %.*s%s%s tail\n", (int)cut, GITHUB, breaks[i], &GITHUB[cut]);
			CLEANUP_FREE char *masked = mask_string(text);

			assert_null(strstr(masked, &GITHUB[cut]));
			assert_true(cut < 4 || !strstr(masked, "ghp_"));
			assert_non_null(strstr(masked, "x "));
			assert_non_null(strstr(masked, " tail\n"));
			assert_masked(text, masked);
		}
	}
}

static void test_wrapped_value(void **state)
{
	(void)state;
	assert_masked("token: 0123456789abcdefghijABCDEFGHIJ0123456789\nabcdef0123==\nnext line 1\n",
		      "token: ***\n***\nnext line 1\n");
	assert_masked("token: 0123456789abcdefghijABCDEFGHIJ0123456789\ndone\n", "token: ***\ndone\n");
}

static void test_private_key(void **state)
{
	(void)state;
	assert_masked("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nAA==\n-----END RSA PRIVATE KEY-----\nb\n",
		      "a\n-----BEGIN RSA PRIVATE KEY-----\n***\n***\n-----END RSA PRIVATE KEY-----\nb\n");
	assert_masked("\"-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\n\"\n",
		      "\"-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----\\n\"\n");
}

static void test_colours(void **state)
{
	(void)state;
	assert_masked("pass\033[31mword=hun\033[0mter2 rest\n", "pass\033[31mword=***\033[0m rest\n");
	assert_masked("\033]0;password=hunter2\007\n", "\033]0;password=***\n");
	assert_pieces("p\0w\0d\0=\0h\0u\0n\0\n", 15, "p"); /* as a string it ends at the first NUL */
}

/* Known secrets, in every form and broken anywhere. */
static void test_known_secrets(void **state)
{
	(void)state;
	setup_secrets("s3cr&t/\"x'y z\n\nlonger-known-value\nlonger-known\n");
	assert_masked("a s3cr&t/\"x'y z b\n", "a *** b\n");
	assert_masked("a longer-known-value b longer-known c\n", "a *** b *** c\n");
	assert_masked("u=s3cr%26t%2F%22x%27y%20z&v\n", "u=***&v\n");
	assert_masked("j=\"s3cr&t/\\\"x'y z\"\n", "j=\"***\"\n");
	assert_masked("x=s3cr&amp;t/\"x'y z;\n", "x=***;\n");
	assert_masked("b czNjciZ0LyJ4J3kgeg== d\n", "b ***g== d\n");
	assert_masked("n s3\033[1mcr&t/\"\n  x'y\033[0m z b\n", "n ***\033[1m\n\033[0m b\n");
	assert_masked("s3cr&t is not it, nor is longer-know\n", "s3cr&t is not it, nor is longer-know\n");
	assert_masked("password=s3cr&t/\"x'y z\n", "password=***\n");
	mask_reset();
}

static void test_pauses_show_prompts(void **state)
{
	CLEANUP_STRBUF struct strbuf out = STRBUF_INIT;
	struct masker *masker = masker_new();

	(void)state;
	masker_feed(masker, "Password: ", 10, collect, &out);
	assert_string_equal(out.data, "");
	assert_true(masker_is_holding(masker));
	masker_pause(masker, collect, &out);
	assert_string_equal(out.data, "Password: ");
	masker_feed(masker, "hunt", 4, collect, &out);
	masker_pause(masker, collect, &out);
	masker_feed(masker, "er2\nnext ghp_abc", 16, collect, &out);
	masker_pause(masker, collect, &out);
	assert_string_equal(out.data, "Password: ***\nnext ");
	masker_finish(masker, collect, &out);
	assert_string_equal(out.data, "Password: ***\nnext ghp_abc");
	masker_free(masker);
}

/* A line without an end, with secrets where pieces meet. */
static void test_endless_line(void **state)
{
	enum { LENGTH = 300000 };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT, once = STRBUF_INIT, again = STRBUF_INIT;

	(void)state;
	while (text.length < LENGTH) {
		strbuf_add_str(&text, "some words and ");
		if (text.length % 7 == 0)
			strbuf_add_str(&text, GITHUB " password=hunter2 https://bob:hunter2@host/ ");
	}
	mask_pieces(text.data, text.length, text.length, false, &once);
	assert_null(strstr(once.data, &GITHUB[4]));
	assert_null(strstr(once.data, "hunter2"));
	mask_pieces(text.data, text.length, 4099, false, &again);
	assert_string_equal(once.data, again.data);
	strbuf_clear(&again);
	mask_pieces(text.data, text.length, 65537, true, &again);
	assert_null(strstr(again.data, "hunter2"));
}

static void test_custom_patterns(void **state)
{
	const struct mask_settings settings = { .pattern = "ticket-(\\d+)" };
	const struct mask_settings wrong = { .pattern = "(unclosed" };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_true(mask_setup(&settings, &err));
	assert_masked("see ticket-4711 now\n", "see ticket-*** now\n");
	assert_false(mask_setup(&wrong, &err));
	assert_int_equal(err.code, ERROR_USAGE);
	assert_masked("ticket-1\n", "ticket-***\n"); /* those before stay in force */
	mask_reset();
	assert_ordinary("ticket-1\n");
}

static void test_short_secret_is_refused(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	const struct mask_settings settings = { .environment = "NOT_SET,TEST_MASK_VALUE" };

	(void)state;
	(void)setenv("TEST_MASK_VALUE", "abc", 1);
	assert_false(mask_setup(&settings, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_null(strstr(err.message, "abc"));
	error_release(&err);
	(void)setenv("TEST_MASK_VALUE", "abcdefg", 1);
	assert_true(mask_setup(&settings, &err));
	assert_masked("x abcdefg y\n", "x *** y\n");
	mask_reset();
}

static void test_values_by_name(void **state)
{
	CLEANUP_FREE char *secret = mask_value("db_password", "two words");
	CLEANUP_FREE char *plain = mask_value("version", "1.2 password=x");

	(void)state;
	assert_string_equal(secret, "***");
	assert_string_equal(plain, "1.2 password=***");
}

/* Of each rule a text that only this rule masks. */
static const struct {
	const char *rule;
	const char *text;
	const char *secret;
} controls[] = {
	{ "assignment", "x password=hunter2z y\n", "hunter2z" },
	{ "assignment in quotes over a line break", "secret = \"two\nhunter2z\" x\n", "hunter2z" },
	{ "environment", "DB_PASSWORD=one hunter2z\n", "hunter2z" },
	{ "setting to the end of its line", "password: one hunter2z\n", "hunter2z" },
	{ "option", "tool --password hunter2z\n", "hunter2z" },
	{ "option before a line break", "tool --password \\\n  hunter2z\n", "hunter2z" },
	{ "option in a list", "[\"--password\", \"hunter2z\"]\n", "hunter2z" },
	{ "name and value", "<add key=\"DbPassword\" value=\"hunter2z\"/>\n", "hunter2z" },
	{ "element", "<Password>hunter2z</Password>\n", "hunter2z" },
	{ "assignment behind a slash", "set GROUP/password=hunter2z\n", "hunter2z" },
	{ "said in words", "The password is hunter2z\n", "hunter2z" },
	{ "SecureString", "ConvertTo-SecureString 'hunter2z' -AsPlainText\n", "hunter2z" },
	{ "authorization header", "Authorization: Negotiate hunterz\n", "hunterz" },
	{ "bearer", "sent bearer abcDEF123456\n", "abcDEF123456" },
	{ "cookie", "Cookie: sid=hunter2z\n", "hunter2z" },
	{ "password in a URL", "ftp://bob:hunterz@example.com/\n", "hunterz" },
	{ "token in a URL", "https://abcdefghij0123456789klm@example.com/\n", "0123456789" },
	{ "query of a URL", "https://x/y?sig=hunterz123\n", "hunterz123" },
	{ "private key", "-----BEGIN PRIVATE KEY-----\nMIIEhunterz\n", "MIIEhunterz" },
	{ "block", "password: |\n  hunterz\n", "hunterz" },
	{ "private key in one line", "-----BEGIN PRIVATE KEY-----\\nMIIEhunterz\\n-----END PRIVATE KEY-----\n",
	  "hunterz" },
	{ "token", "a " GITHUB " b\n", GITHUB },
	{ "address of a hook", "https://hooks.slack.com/services/T00000000/B00000000/hunterz1234567890\n", "hunterz" },
	{ "hashed password", "x $6$saltsalt$hunterzabcdefghijklmnop\n", "hunterz" },
	{ "attached to -p", "mysql -uroot -phunterz shop\n", "hunterz" },
	{ "word behind -p", "sshpass -p hunterz ssh x\n", "hunterz" },
	{ "behind -a or -w", "redis-cli -h x -a hunterz ping\n", "hunterz" },
	{ "user and password", "curl -u bob:hunterz x\n", "hunterz" },
	{ "user%password", "smbclient -U bob%hunterz //x/y\n", "hunterz" },
	{ "words of other programs", "net user bob hunterz /add\n", "hunterz" },
	{ "SQL", "ALTER USER x IDENTIFIED BY 'hunterz';\n", "hunterz" },
};

enum { CONTROL_COUNT = sizeof(controls) / sizeof(controls[0]) };

static bool has_control(const char *rule)
{
	for (size_t i = 0; i < CONTROL_COUNT; i++)
		if (strcmp(controls[i].rule, rule) == 0)
			return true;
	return false;
}

/* The controls: each rule is needed. Without it its secret is there, with it it is not. */
static void test_rules_that_are_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < mask_pattern_count; i++)
		if (!has_control(mask_patterns[i].name))
			fail_msg("no control for the rule \"%s\"", mask_patterns[i].name);
	for (size_t i = 0; i < CONTROL_COUNT; i++) {
		CLEANUP_FREE char *with = mask_string(controls[i].text);
		CLEANUP_FREE char *without = NULL;

		mask_rules_drop(controls[i].rule);
		without = mask_string(controls[i].text);
		mask_reset();
		if (strstr(with, controls[i].secret))
			fail_msg("%s: not masked: %s", controls[i].rule, with);
		if (!strstr(without, controls[i].secret))
			fail_msg("%s: masked without it too: %s", controls[i].rule, without);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary_lines),
		cmocka_unit_test(test_names_and_values),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_headers_and_addresses),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_broken_token),
		cmocka_unit_test(test_wrapped_value),
		cmocka_unit_test(test_private_key),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_known_secrets),
		cmocka_unit_test(test_pauses_show_prompts),
		cmocka_unit_test(test_endless_line),
		cmocka_unit_test(test_custom_patterns),
		cmocka_unit_test(test_short_secret_is_refused),
		cmocka_unit_test(test_values_by_name),
		cmocka_unit_test(test_rules_that_are_missing),
	};
	int result = cmocka_run_group_tests(tests, NULL, NULL);

	mask_reset();
	return result;
}
