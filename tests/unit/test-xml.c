// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_declaration.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_guard.h"
#include "runbook/xml_out.h"
#include "runbook/xml_value.h"
#include "runbook/xml_write.h"

static enum xml_declaration_found declare(const char *text, struct xml_declaration *ret)
{
	return xml_declaration_parse(text, strlen(text), ret);
}

static void test_declaration(void **state)
{
	struct xml_declaration declaration = { 0 };

	(void)state;
	assert_int_equal(declare("<a/>", &declaration), XML_DECLARATION_NONE);
	assert_int_equal(declare("<?xml-stylesheet href='x'?>", &declaration), XML_DECLARATION_NONE);
	assert_int_equal(declare("<?xml version=\"1.0\" encoding='utf-8' standalone = \"yes\" ?><a/>", &declaration),
			 XML_DECLARATION_GOOD);
	assert_string_equal(declaration.encoding, "utf-8");
	assert_int_equal(declaration.length, 58);
	assert_int_equal(declare("<?xml version='1.0'?>", &declaration), XML_DECLARATION_GOOD);
	assert_string_equal(declaration.encoding, "");
}

static void test_bad_declarations(void **state)
{
	static const char *const bad[] = {
		"<?xml encoding='utf-8'?>",
		"<?xml version='1.0' encoding=''?>",
		"<?xml version='1.0' encoding=' utf-8'?>",
		"<?xml version='1.0' encoding='a/b'?>",
		"<?xml version='1.0' encoding='utf-8'standalone='yes'?>",
		"<?xml version='1.0' standalone='maybe'?>",
		"<?xml version='1.0' standalone='yes' encoding='utf-8'?>",
		"<?xml version='2.0'?>",
		"<?xml version='1.'?>",
		"<?xml version=\"1.0'?>",
		"<?xml version='1.0'",
		"<?xml version='1.0' other='x'?>",
	};
	struct xml_declaration declaration = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(declare(bad[i], &declaration), XML_DECLARATION_BAD);
}

/* Parses bytes; returns the text of the root, or NULL with the first problem in `ret_problem`. */
static char *root_text(const void *bytes, size_t length, char **ret_problem)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_from_memory(bytes, length, "f.xml");
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (xml_doc_load(&doc, source, &problems, &warnings)) {
		assert_int_equal(problems.count, 0);
		return xml_read_own_text(&doc, xmlDocGetRootElement(doc.tree), XML_OPTIONAL);
	}
	assert_int_equal(problems.count, 1);
	problem_format(&problems.items[0], &text);
	*ret_problem = strbuf_detach(&text);
	return NULL;
}

static void check_bytes(const void *bytes, size_t length, const char *expected)
{
	CLEANUP_FREE char *problem = NULL;
	CLEANUP_FREE char *text = root_text(bytes, length, &problem);

	if (!text)
		fail_msg("refused: %s", problem);
	assert_string_equal(text, expected);
}

static void check_refused(const void *bytes, size_t length, const char *expected)
{
	CLEANUP_FREE char *problem = NULL;
	CLEANUP_FREE char *text = root_text(bytes, length, &problem);

	if (text)
		fail_msg("accepted, expected: %s", expected);
	if (!strstr(problem, expected))
		fail_msg("\"%s\" does not hold \"%s\"", problem, expected);
}

#define CHECK_READ(bytes, expected) check_bytes(bytes, sizeof(bytes) - 1, expected)
#define CHECK_REFUSED(bytes, expected) check_refused(bytes, sizeof(bytes) - 1, expected)

static void test_encodings(void **state)
{
	(void)state;
	CHECK_READ("<a>\xc3\xa4</a>", "ä");
	CHECK_READ("\xef\xbb\xbf<a>\xc3\xa4</a>", "ä");
	CHECK_READ("<?xml version='1.0' encoding='utf-16'?><a>\xc3\xa4</a>", "ä");
	CHECK_READ("\xef\xbb\xbf<?xml version='1.0' encoding='utf-16'?><a>\xc3\xa4</a>", "ä");
	CHECK_READ("<?xml version='1.0' encoding='windows-1252'?><a>\x80\x93\xe4</a>", "€“ä");
	CHECK_READ("<?xml version='1.0' encoding='ISO-8859-15'?><a>\xa4</a>", "€");
	CHECK_READ("<?xml version='1.0' encoding='us-ascii'?><a>x</a>", "x");
	CHECK_READ("\xff\xfe<\0a\0>\0\xe4\0=\xd8\0\xde<\0/\0a\0>\0", "ä😀");
	CHECK_READ("\xfe\xff\0<\0a\0>\0\xe4\xd8=\xde\0\0<\0/\0a\0>", "ä😀");
}

static void test_refused_encodings(void **state)
{
	(void)state;
	CHECK_REFUSED("", "f.xml: is empty");
	CHECK_REFUSED("\xef\xbb\xbf", "is empty");
	CHECK_REFUSED("\xef\xbb\xbf\xef\xbb\xbf<a/>", "two byte order marks");
	CHECK_REFUSED("\xff\xfe\0\0<\0\0\0", "UTF-32");
	CHECK_REFUSED("<\0\0\0a\0\0\0/\0\0\0>\0\0\0", "UTF-32");
	CHECK_REFUSED("<\0a\0/\0>\0", "without a byte order mark");
	CHECK_REFUSED("\x4c\x6f\xa7\x94\x93", "EBCDIC");
	CHECK_REFUSED("+/v8-", "UTF-7");
	CHECK_REFUSED("\0\0\0\0\0\0", "NUL");
	CHECK_REFUSED("\x1f\x8b\x08", "gzip");
	CHECK_REFUSED("<?xml version='1.0' encoding='x-nope'?><a/>", "f.xml:1: declares encoding=\"x-nope\"");
	CHECK_REFUSED("<?xml version='1.0' encoding='utf-7'?><a/>", "not read");
	CHECK_REFUSED("<?xml version='1.0' encoding='UTF-16'?><a/>", "is UTF-8, but declares");
	CHECK_REFUSED("\xef\xbb\xbf<?xml version='1.0' encoding='iso-8859-1'?><a/>", "byte order mark, but declares");
	CHECK_REFUSED(
		"\xff\xfe<\0?\0x\0m\0l\0 \0v\0e\0r\0s\0i\0o\0n\0=\0'\0001\0.\0000\0'\0 \0e\0n\0c\0o\0d\0i\0n\0g\0=\0"
		"'\0u\0t\0f\0-\08\0'\0?\0>\0<\0a\0/\0>\0",
		"is UTF-16 by its byte order mark");
}

static void test_refused_bytes(void **state)
{
	(void)state;
	CHECK_REFUSED("<a>\n\n\xc0\xaf</a>", "f.xml:3: bytes that are not UTF-8");
	CHECK_REFUSED("<a>x\0y</a>", "f.xml:1: NUL byte");
	CHECK_REFUSED("<a/>\0\0\0", "NUL byte");
	CHECK_REFUSED("<a>\xc3\xa4</a>\n\xc3", "f.xml:2: the file ends in the middle of a character");
	CHECK_REFUSED("<?xml version='1.0' encoding='us-ascii'?>\n<a>\xe4</a>", "f.xml:2: a byte that the declared");
	CHECK_REFUSED("\xff\xfe<\0a\0>\0\0\xd8<\0/\0a\0>\0", "surrogate");
	CHECK_REFUSED("\xff\xfe<\0a\0>\0\0\xdc<\0/\0a\0>\0", "surrogate");
	CHECK_REFUSED("\xff\xfe<\0a\0/\0>\0x", "middle of a character");
}

static void test_not_well_formed(void **state)
{
	(void)state;
	CHECK_REFUSED("<a><b></a>", "not well-formed XML");
	CHECK_REFUSED("<a/><b/>", "not well-formed XML");
	CHECK_REFUSED("<a/>\n\n\n<?xml version='1.0'?>", "f.xml:4: not well-formed XML");
	CHECK_REFUSED("<a x='1' x='2'/>", "not well-formed XML");
	CHECK_REFUSED("<p:a/>", "not well-formed XML");
	CHECK_REFUSED("<a b:c='1'/>", "not well-formed XML");
	CHECK_REFUSED("<a:b:c xmlns:a='x'/>", "not well-formed XML");
	CHECK_REFUSED("<a>\x01</a>", "not well-formed XML");
	CHECK_REFUSED("<a>&nope;</a>", "not well-formed XML");
	CHECK_REFUSED("<a>&#0;</a>", "not well-formed XML");
	CHECK_REFUSED("<a", "not well-formed XML");
	CHECK_REFUSED("text", "not well-formed XML");
	CHECK_REFUSED("<a>\xef\xbf\xbf</a>", "not well-formed XML");
}

static void test_doctype(void **state)
{
	(void)state;
	CHECK_REFUSED("<!DOCTYPE a><a/>", "f.xml:1: has a DOCTYPE");
	CHECK_REFUSED("<?xml version='1.0'?>\n<!-- <a> -->\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
		      "f.xml:3: has a DOCTYPE");
	CHECK_REFUSED("<a><!DOCTYPE a></a>", "has a DOCTYPE");
	CHECK_REFUSED("<!ENTITY a 'b'><a/>", "declaration");
	CHECK_READ("<a><!-- <!DOCTYPE a> --><![CDATA[<!DOCTYPE a>]]></a>", "<!DOCTYPE a>");
	CHECK_READ("<?p <!DOCTYPE a> ?><a>x</a>", "x");
}

static char *nested(unsigned depth)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	for (unsigned i = 1; i < depth; i++)
		strbuf_add_str(&text, "<a>\n");
	strbuf_add_str(&text, "<a/>");
	for (unsigned i = 1; i < depth; i++)
		strbuf_add_str(&text, "</a>");
	return strbuf_detach(&text);
}

static char *with_attributes(unsigned count)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, "<a");
	for (unsigned i = 0; i < count; i++)
		strbuf_addf(&text, " x%u='>'", i);
	strbuf_add_str(&text, ">x</a>");
	return strbuf_detach(&text);
}

static void test_limits(void **state)
{
	CLEANUP_FREE char *deepest = nested(XML_GUARD_DEPTH);
	CLEANUP_FREE char *too_deep = nested(XML_GUARD_DEPTH + 1);
	CLEANUP_FREE char *most = with_attributes(XML_GUARD_ATTRIBUTES);
	CLEANUP_FREE char *too_many = with_attributes(XML_GUARD_ATTRIBUTES + 1);
	CLEANUP_FREE char *long_tag = xasprintf("<a x='%0*d'>x</a>", XML_GUARD_TAG_BYTES, 1);

	(void)state;
	free(root_text(deepest, strlen(deepest), NULL));
	check_refused(too_deep, strlen(too_deep), "f.xml:65: elements nested deeper");
	check_bytes(most, strlen(most), "x");
	check_refused(too_many, strlen(too_many), "more than 256 attributes");
	check_refused(long_tag, strlen(long_tag), "a tag of more than 48 KiB");
	CHECK_REFUSED("<a>\n<b <c/></a>", "f.xml:2: a \"<\" inside a tag");
}

/* On either, libxml2 alone spends minutes or a gigabyte. */
static void test_limits_of_a_document(void **state)
{
	CLEANUP_STRBUF struct strbuf many = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf names = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&many, "<a>");
	for (unsigned i = 0; i < XML_DOC_LIMIT_ITEMS / 2; i++)
		strbuf_add_str(&many, "<!----><?b?>");
	strbuf_add_str(&many, "</a>");
	check_refused(many.data, many.length, "more than a million elements");
	strbuf_add_str(&names, "<a>");
	for (unsigned i = 0; i < 200000; i++)
		strbuf_addf(&names, "<name%u/>", i);
	check_refused(names.data, names.length, "too many different names");
}

/* Feeds the guard in two pieces, cut at each place: it must find the same as in one. */
static void test_guard_at_every_cut(void **state)
{
	static const char text[] =
		"<?p ?>?><!-- -- > --><a b='>'><![CDATA[ ]] > ]]]></a><!---->\n<b/><!--->--><c><d></d></c>";
	size_t length = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 0; cut <= length; cut++) {
		struct xml_guard guard = { 0 };
		size_t safe = 0;
		size_t rest_safe = 0;

		assert_null(xml_guard_scan(&guard, text, cut, false, &safe));
		assert_in_range(safe, 0, cut);
		assert_null(xml_guard_scan(&guard, text + safe, length - safe, true, &rest_safe));
		assert_int_equal(safe + rest_safe, length);
		assert_int_equal(guard.depth, 0);
		assert_null(guard.open);
	}
}

static void test_guard_at_every_cut_refuses(void **state)
{
	static const char text[] = "<a><!-- > -- --><b></b>\n<!DOCTYPE a>";
	size_t length = sizeof(text) - 1;

	(void)state;
	for (size_t cut = 0; cut < length - 1; cut++) {
		struct xml_guard guard = { 0 };
		size_t safe = 0;
		const char *reason = xml_guard_scan(&guard, text, cut, false, &safe);
		size_t rest_safe = 0;

		if (!reason)
			reason = xml_guard_scan(&guard, text + safe, length - safe, true, &rest_safe);
		assert_non_null(reason);
		assert_int_equal(safe + rest_safe, length - strlen("<!DOCTYPE a>"));
	}
}

/* A document much longer than a chunk, with a line number behind many chunks. */
static void test_long_document(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&text, "<a>");
	for (unsigned i = 0; i < 100000; i++)
		strbuf_addf(&text, "\n<b c='%u'>ä</b>", i);
	strbuf_add_str(&text, "\n<!DOCTYPE a></a>");
	check_refused(text.data, text.length, "f.xml:100002: has a DOCTYPE");
	strbuf_set_length(&text, text.length - strlen("<!DOCTYPE a></a>"));
	strbuf_add_str(&text, "</b></a>");
	check_refused(text.data, text.length, "f.xml:100002: not well-formed");
}

static void test_count_lines(void **state)
{
	char text[10000];

	(void)state;
	memset(text, '\n', sizeof(text));
	assert_int_equal(xml_count_lines(text, sizeof(text)), sizeof(text));
	assert_int_equal(xml_count_lines(text, 17), 17);
	memset(text, 'x', sizeof(text));
	text[0] = text[16] = text[9999] = '\n';
	assert_int_equal(xml_count_lines(text, sizeof(text)), 3);
}

static void test_out(void **state)
{
	CLEANUP_STRBUF struct strbuf out = STRBUF_INIT;

	(void)state;
	xml_out_open(&out, 0, "A");
	xml_out_text(&out, 1, "B", "");
	xml_out_text(&out, 1, "C", "<&>\"'\r\n\t\x1b ä\xff\xef\xbf\xbf\x7f");
	xml_out_bool(&out, 1, "D", true);
	xml_out_uint(&out, 20, "E", 4294967295U);
	xml_out_xml(&out, 1, "");
	xml_out_xml(&out, 1, "<F />");
	xml_out_close(&out, 0, "A");
	assert_string_equal(out.data,
			    "\n<A>\n  <B />\n  <C>&lt;&amp;&gt;\"'&#13;\n\t\xef\xbf\xbd ä\xef\xbf\xbd\xef\xbf\xbd"
			    "\xef\xbf\xbd\xef\xbf\xbd\x7f</C>\n  <D>true</D>\n"
			    "                                        <E>4294967295</E>\n  <F />\n</A>");
	strbuf_clear(&out);
	xml_out_attribute(&out, "<\"\r\n\t", 5);
	assert_string_equal(out.data, "&lt;&quot;&#13;&#10;&#9;");
}

static void test_values(void **state)
{
	bool flag = false;
	unsigned number = 0;

	(void)state;
	assert_true(xml_value_bool(" True\n", &flag) && flag);
	assert_true(xml_value_bool("0", &flag) && !flag);
	assert_false(xml_value_bool("yes", &flag));
	assert_false(xml_value_bool("true false", &flag));
	assert_false(xml_value_bool("", &flag));
	assert_true(xml_value_uint(" 75 ", 100, &number));
	assert_int_equal(number, 75);
	assert_true(xml_value_uint("100", 100, &number));
	assert_false(xml_value_uint("101", 100, &number));
	assert_false(xml_value_uint("99999999999999999999999", 100, &number));
	assert_false(xml_value_uint("-1", 100, &number));
	assert_false(xml_value_uint("1.0", 100, &number));
	assert_false(xml_value_uint("", 100, &number));
}

/* Loads a document that is well-formed; `doc` reports to the lists. */
static xmlNode *load(struct xml_doc *doc, const char *text, struct problem_list *problems,
		     struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_from_memory(text, strlen(text), "f.xml");

	assert_true(xml_doc_load(doc, source, problems, warnings));
	return xmlDocGetRootElement(doc->tree);
}

static void check_list(const struct problem_list *list, size_t count, const char *const *expected)
{
	for (size_t i = 0; i < list->count && i < count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&list->items[i], &text);
		assert_string_equal(text.data, expected[i]);
	}
	assert_int_equal(list->count, count);
}

static void test_accessors_complain(void **state)
{
	static const char *const expected[] = {
		"f.xml:1: Root has no Missing; add <Missing>…</Missing>",
		"f.xml:3: Twice stands twice in Root, first in line 2; remove one",
		"f.xml:4: Empty is empty; fill it in",
		"f.xml:5: Bool is \"maybe\\x0a\\u{202e}x\", expected true or false",
		"f.xml:7: Uint is \"-1\", expected a whole number from 0 to 1000000",
		"f.xml:8: \"a/b\" is no name: at most 128 bytes, no slashes, no dot or ~ at the beginning",
		"f.xml:9: element X in Text, which holds only text; remove it",
	};
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	xmlNode *root =
		load(&doc,
		     "<Root>\n<Twice>1</Twice>\n<Twice>2</Twice>\n<Empty> </Empty>\n<Bool>maybe\n\xe2\x80\xaex</Bool>\n"
		     "<Uint>-1</Uint>\n<Name>a/b</Name>\n<Text>a<X/>b</Text></Root>",
		     &problems, &warnings);

	(void)state;
	assert_null(xml_read_child(&doc, root, "Missing", XML_REQUIRED));
	free(xml_read_text(&doc, root, "Twice", XML_OPTIONAL));
	free(xml_read_text(&doc, root, "Empty", XML_NOT_EMPTY));
	assert_true(xml_read_bool(&doc, root, "Bool", true));
	assert_int_equal(xml_read_uint(&doc, root, "Uint"), 0);
	free(xml_read_text(&doc, root, "Name", XML_PLAIN_NAME));
	free(xml_read_text(&doc, root, "Text", XML_OPTIONAL));
	free(xml_read_rest(&doc, root, 0));
	check_list(&problems, sizeof(expected) / sizeof(*expected), expected);
	check_list(&warnings, 0, NULL);
}

static void test_accessors_read(void **state)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	CLEANUP_STRV struct strv strings = STRV_INIT;
	xmlNode *root = load(&doc,
			     "<Root><T> a&lt;<![CDATA[<b>]]><!-- c -->d </T><N> n </N><B/><U>\n 7</U>"
			     "<L><string>x</string><!-- y --><string/><string> z </string></L></Root>",
			     &problems, &warnings);
	CLEANUP_FREE char *text = xml_read_text(&doc, root, "T", XML_OPTIONAL);
	CLEANUP_FREE char *name = xml_read_text(&doc, root, "N", XML_PLAIN_NAME);

	(void)state;
	assert_string_equal(text, " a<<b>d ");
	assert_string_equal(name, "n");
	assert_false(xml_read_bool(&doc, root, "B", false));
	assert_true(xml_read_bool(&doc, root, "B", true));
	assert_int_equal(xml_read_uint(&doc, root, "U"), 7);
	xml_read_strings(&doc, root, "L", &strings);
	assert_int_equal(strings.count, 2);
	assert_string_equal(strings.items[1], "z");
	check_list(&problems, 0, NULL);
	check_list(&warnings, 0, NULL);
}

static void test_unknown_is_kept_and_reported_once(void **state)
{
	static const char *const expected[] = {
		"f.xml:1: unknown attribute a of Known; it has no effect",
		"f.xml:1: unknown element New in Root; it is kept, but has no effect",
		"f.xml:6: text in Root, which holds only elements; it is left out",
		"f.xml:6: unknown element Other in Root; it is kept, but has no effect",
	};
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_DOC struct xml_doc doc = XML_DOC_INIT;
	xmlNode *root = load(&doc,
			     "<Root xmlns:p='urn:p' xmlns:xsi='" XML_NAMESPACE_XSI
			     "'><Known a='1' xsi:nil='true'/><New x='&lt;'>\n"
			     "<Deep>\n a<b/></Deep><!-- c -->\n</New>\n"
			     " stray\n<Other p:q='&#10;'/><New/></Root>",
			     &problems, &warnings);
	CLEANUP_FREE char *rest = NULL;

	(void)state;
	assert_non_null(xml_read_child(&doc, root, "Known", XML_OPTIONAL));
	rest = xml_read_rest(&doc, root, 1);
	assert_string_equal(rest,
			    "<New xmlns:p=\"urn:p\" x=\"&lt;\">\n    <Deep>\n a<b /></Deep>\n    <!-- c -->\n  </New>\n"
			    "  <Other xmlns:p=\"urn:p\" p:q=\"&#10;\" />\n  <New xmlns:p=\"urn:p\" />");
	check_list(&problems, 0, NULL);
	check_list(&warnings, sizeof(expected) / sizeof(*expected), expected);
}

static void test_root_name(void **state)
{
	static const char *const expected[] = {
		"f.xml:1: the root element is Root, expected Other",
		"f.xml:1: the root element is Root in a namespace, expected Root",
	};
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_DOC struct xml_doc plain = XML_DOC_INIT;
	CLEANUP_XML_DOC struct xml_doc spaced = XML_DOC_INIT;

	(void)state;
	(void)load(&plain, "<Root/>", &problems, &warnings);
	assert_non_null(xml_doc_root(&plain, "Root"));
	assert_null(xml_doc_root(&plain, "Other"));
	(void)load(&spaced, "<Root xmlns='urn:x'/>", &problems, &warnings);
	assert_null(xml_doc_root(&spaced, "Root"));
	check_list(&problems, 2, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_declaration),
		cmocka_unit_test(test_bad_declarations),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_refused_encodings),
		cmocka_unit_test(test_refused_bytes),
		cmocka_unit_test(test_not_well_formed),
		cmocka_unit_test(test_doctype),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_of_a_document),
		cmocka_unit_test(test_guard_at_every_cut),
		cmocka_unit_test(test_guard_at_every_cut_refuses),
		cmocka_unit_test(test_long_document),
		cmocka_unit_test(test_count_lines),
		cmocka_unit_test(test_out),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_accessors_complain),
		cmocka_unit_test(test_accessors_read),
		cmocka_unit_test(test_unknown_is_kept_and_reported_once),
		cmocka_unit_test(test_root_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
