// SPDX-License-Identifier: MIT
#include "runbook/xml_encoding.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

enum form { FORM_UTF8, FORM_UTF16_LE, FORM_UTF16_BE, FORM_TABLE };

struct xml_encoding {
	enum form form;
	bool marked; /* there was a byte order mark */
	struct {
		unsigned char length; /* 0: no such character */
		char text[4];
	} table[256];
};

enum { DECLARATION_LIMIT = 512 };

/* What a document may begin with. The longer ones come before those that they begin with. */
static const struct signature {
	const char *bytes;
	size_t length;
	const char *refusal; /* NULL: read, as `form` */
	enum form form;
} signatures[] = {
	{ "\xef\xbb\xbf", 3, NULL, FORM_UTF8 },
	{ "\xff\xfe\x00\x00", 4, "is UTF-32; save it as UTF-8", 0 },
	{ "\x00\x00\xfe\xff", 4, "is UTF-32; save it as UTF-8", 0 },
	{ "<\x00\x00\x00", 4, "is UTF-32; save it as UTF-8", 0 },
	{ "\x00\x00\x00<", 4, "is UTF-32; save it as UTF-8", 0 },
	{ "\xff\xfe", 2, NULL, FORM_UTF16_LE },
	{ "\xfe\xff", 2, NULL, FORM_UTF16_BE },
	{ "<\x00", 2, "is UTF-16 without a byte order mark; save it as UTF-8", 0 },
	{ "\x00<", 2, "is UTF-16 without a byte order mark; save it as UTF-8", 0 },
	{ "\x4c\x6f\xa7\x94", 4, "is EBCDIC; save it as UTF-8", 0 },
	{ "+/v", 3, "is UTF-7; save it as UTF-8", 0 },
	{ "\x1f\x8b", 2, "is compressed with gzip; unpack it first", 0 },
	{ "PK\x03\x04", 4, "is a zip archive, not an XML document", 0 },
	{ "\x00", 1, "begins with NUL bytes: the file is damaged, or not an XML document", 0 },
};

static const struct signature *find_signature(const char *data, size_t length)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (length >= signatures[i].length && memcmp(data, signatures[i].bytes, signatures[i].length) == 0)
			return &signatures[i];
	return NULL;
}

struct xml_encoding *xml_encoding_detect(const char *data, size_t length, size_t *ret_mark_length,
					 struct strbuf *ret_reason)
{
	const struct signature *signature = find_signature(data, length);
	struct xml_encoding *encoding;

	if (!length || (signature && !signature->refusal && length == signature->length)) {
		strbuf_add_str(ret_reason, "is empty");
		return NULL;
	}
	if (signature && signature->refusal) {
		strbuf_add_str(ret_reason, signature->refusal);
		return NULL;
	}
	encoding = xcalloc(1, sizeof(*encoding));
	encoding->form = signature ? signature->form : FORM_UTF8;
	encoding->marked = signature;
	*ret_mark_length = signature ? signature->length : 0;
	return encoding;
}

void xml_encoding_free(struct xml_encoding *encoding)
{
	free(encoding);
}

/* One of the sets with a byte for each character: each byte is converted once, and looked up from then on. */
static bool load_table(struct xml_encoding *encoding, const char *name)
{
	iconv_t converter = iconv_open("UTF-8", name);

	if (converter == (iconv_t)-1)
		return false;
	for (unsigned i = 1; i < 256; i++) {
		char byte = (char)i;
		char *in = &byte;
		char *out = encoding->table[i].text;
		size_t in_left = 1;
		size_t out_left = sizeof(encoding->table[i].text);

		(void)iconv(converter, NULL, NULL, NULL, NULL);
		/* The flush behind it: some sets keep a letter back, in case an accent follows. */
		if (iconv(converter, &in, &in_left, &out, &out_left) == 0 &&
		    iconv(converter, NULL, NULL, &out, &out_left) == 0)
			encoding->table[i].length = (unsigned char)(sizeof(encoding->table[i].text) - out_left);
	}
	(void)iconv_close(converter);
	encoding->form = FORM_TABLE;
	return true;
}

static bool starts_with_any(const char *name, const char *const *starts)
{
	for (; *starts; starts++)
		if (strncasecmp(name, *starts, strlen(*starts)) == 0)
			return true;
	return false;
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(name, *names) == 0)
			return true;
	return false;
}

static const char *const utf8_names[] = { "utf-8", "utf8", NULL };
static const char *const utf16_names[] = { "utf-16", "utf16", "iso-10646-ucs-2", NULL };

static bool declared_on_utf16(const struct xml_encoding *encoding, const char *name, struct strbuf *ret_reason)
{
	const char *with_order = encoding->form == FORM_UTF16_LE ? "utf-16le" : "utf-16be";

	if (is_one_of(name, utf16_names) || strcasecmp(name, with_order) == 0)
		return true;
	strbuf_addf(ret_reason, "is UTF-16 by its byte order mark, but declares encoding=\"%s\"; make both the same",
		    name);
	return false;
}

static bool declared_on_bytes(struct xml_encoding *encoding, const char *name, struct strbuf *ret_reason)
{
	static const char *const one_byte_sets[] = { "iso-8859-", "windows-125", "cp125", NULL };
	static const char *const ascii_names[] = { "us-ascii", "ascii", NULL };

	/* In this spelling .NET declares what it writes to a string, whatever the string is saved as. */
	if (is_one_of(name, utf8_names) || strcmp(name, "utf-16") == 0)
		return true;
	if (encoding->marked || is_one_of(name, utf16_names)) {
		strbuf_addf(ret_reason, "is UTF-8%s, but declares encoding=\"%s\"; make both the same",
			    encoding->marked ? " by its byte order mark" : "", name);
		return false;
	}
	if (is_one_of(name, ascii_names) && load_table(encoding, "ASCII"))
		return true;
	if (starts_with_any(name, one_byte_sets) && load_table(encoding, name))
		return true;
	strbuf_addf(ret_reason, "declares encoding=\"%s\", which is not read; save it as UTF-8", name);
	return false;
}

/* The first bytes with each character beyond ASCII as a question mark: enough for a declaration. */
static size_t to_ascii(const struct xml_encoding *encoding, const char *data, size_t length, char *ret)
{
	size_t width = encoding->form == FORM_UTF8 ? 1 : 2;
	size_t low = encoding->form == FORM_UTF16_BE ? 1 : 0;
	size_t count = length / width < DECLARATION_LIMIT ? length / width : DECLARATION_LIMIT;

	for (size_t i = 0; i < count; i++) {
		const char *unit = data + i * width;

		ret[i] = width == 2 && unit[1 - low] ? '?' : unit[low];
	}
	return count;
}

bool xml_encoding_declared(struct xml_encoding *encoding, const char *data, size_t length, struct xml_declaration *ret,
			   struct strbuf *ret_reason)
{
	char head[DECLARATION_LIMIT];
	size_t head_length = to_ascii(encoding, data, length, head);

	switch (xml_declaration_parse(head, head_length, ret)) {
	case XML_DECLARATION_NONE:
		return true;
	case XML_DECLARATION_BAD:
		strbuf_add_str(
			ret_reason,
			"the XML declaration is not well-formed; write <?xml version=\"1.0\" encoding=\"utf-8\"?>");
		return false;
	case XML_DECLARATION_GOOD:
		break;
	}
	if (!*ret->encoding)
		return true;
	return encoding->form == FORM_UTF8 ? declared_on_bytes(encoding, ret->encoding, ret_reason)
					   : declared_on_utf16(encoding, ret->encoding, ret_reason);
}

static size_t decode_utf8(const char *data, size_t length, struct strbuf *out, const char **ret_reason)
{
	size_t good = utf8_valid_prefix(data, length);

	strbuf_add(out, data, good);
	if (good < length && !data[good])
		*ret_reason = "NUL byte: the file is damaged, or not an XML document";
	else if (good < length && !utf8_is_cut(data + good, length - good))
		*ret_reason = "bytes that are not UTF-8; save the file as UTF-8, or declare its encoding";
	return good;
}

static uint32_t utf16_unit(const struct xml_encoding *encoding, const char *data)
{
	uint32_t first = (unsigned char)data[0];
	uint32_t second = (unsigned char)data[1];

	return encoding->form == FORM_UTF16_LE ? second << 8 | first : first << 8 | second;
}

/* The character at `data`: its length in bytes, 0 if it is cut or no character. */
static size_t utf16_character(const struct xml_encoding *encoding, const char *data, size_t length, uint32_t *ret,
			      const char **ret_reason)
{
	uint32_t low;

	if (length < 2)
		return 0;
	*ret = utf16_unit(encoding, data);
	if (!*ret)
		*ret_reason = "NUL character: the file is damaged, or not an XML document";
	if (*ret < 0xd800 || *ret > 0xdfff)
		return *ret ? 2 : 0;
	if (*ret < 0xdc00 && length < 4)
		return 0;
	low = *ret < 0xdc00 ? utf16_unit(encoding, data + 2) : 0;
	if (low < 0xdc00 || low > 0xdfff) {
		*ret_reason = "half of a surrogate pair: the text is not UTF-16";
		return 0;
	}
	*ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
	return 4;
}

static size_t decode_utf16(const struct xml_encoding *encoding, const char *data, size_t length, struct strbuf *out,
			   const char **ret_reason)
{
	size_t at = 0;
	size_t step;

	strbuf_grow(out, length / 2 * 3);
	for (; at < length; at += step) {
		uint32_t character = 0;
		char text[4];

		step = utf16_character(encoding, data + at, length - at, &character, ret_reason);
		if (!step)
			break;
		strbuf_add(out, text, utf8_encode(character, text));
	}
	return at;
}

static size_t decode_table(const struct xml_encoding *encoding, const char *data, size_t length, struct strbuf *out,
			   const char **ret_reason)
{
	size_t at = 0;

	for (; at < length; at++) {
		unsigned char byte = (unsigned char)data[at];

		if (!encoding->table[byte].length) {
			*ret_reason = byte ? "a byte that the declared encoding does not have; declare the right one"
					   : "NUL byte: the file is damaged, or not an XML document";
			break;
		}
		strbuf_add(out, encoding->table[byte].text, encoding->table[byte].length);
	}
	return at;
}

size_t xml_encoding_decode(const struct xml_encoding *encoding, const char *data, size_t length, struct strbuf *out,
			   const char **ret_reason)
{
	switch (encoding->form) {
	case FORM_UTF8:
		return decode_utf8(data, length, out, ret_reason);
	case FORM_UTF16_LE:
	case FORM_UTF16_BE:
		return decode_utf16(encoding, data, length, out, ret_reason);
	case FORM_TABLE:
		break;
	}
	return decode_table(encoding, data, length, out, ret_reason);
}
