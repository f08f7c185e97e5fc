// SPDX-License-Identifier: MIT
#include "packages/zip_name.h"

#include <string.h>

#include "packages/bytes.h"
#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

enum {
	UNICODE_PATH_VERSION = 1,
	UNICODE_PATH_HEADER_BYTES = 5, /* version, CRC-32 of the plain name */
};

/* Code page 437, upper half. */
static const uint16_t cp437[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee,
	0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6,
	0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa,
	0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502,
	0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514,
	0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
	0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c,
	0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
	0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
	0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* CRC-32 of ISO 3309, bit by bit: names are short. */
static uint32_t crc32_of(const char *bytes, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static char *from_cp437(const struct zip_raw_name *raw)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < raw->length; i++) {
		unsigned char byte = (unsigned char)raw->bytes[i];
		char encoded[4];

		strbuf_add(&text, encoded, utf8_encode(byte < 0x80 ? byte : cp437[byte - 0x80], encoded));
	}
	return strbuf_detach(&text);
}

static const char *decode_plain(const struct zip_raw_name *raw, char **ret)
{
	bool valid = utf8_valid_prefix(raw->bytes, raw->length) == raw->length;

	if (memchr(raw->bytes, '\0', raw->length))
		return "holds a NUL byte";
	if (raw->is_utf8 && !valid)
		return "is marked as UTF-8 but is not";
	if (!valid && !raw->is_dos)
		return "is not UTF-8, and nothing says what it is";
	*ret = valid ? xmemdupz(raw->bytes, raw->length) : from_cp437(raw);
	return NULL;
}

/* Whether the plain name has one meaning only, so that a Unicode path could but repeat it. */
static bool is_unambiguous(const struct zip_raw_name *raw)
{
	for (size_t i = 0; i < raw->length; i++)
		if (raw->bytes[i] & 0x80)
			return raw->is_utf8;
	return true;
}

static const char *decode_unicode_path(const struct zip_raw_name *raw, struct zip_extra record, char **ret)
{
	struct zip_raw_name unicode = { .is_utf8 = true };
	bool same;

	if (record.length < UNICODE_PATH_HEADER_BYTES || record.data[0] != UNICODE_PATH_VERSION ||
	    bytes_le32(record.data + 1) != crc32_of(raw->bytes, raw->length))
		return "has a Unicode path that belongs to another name";
	unicode.bytes = (const char *)record.data + UNICODE_PATH_HEADER_BYTES;
	unicode.length = record.length - UNICODE_PATH_HEADER_BYTES;
	same = unicode.length == raw->length && memcmp(unicode.bytes, raw->bytes, raw->length) == 0;
	if (is_unambiguous(raw) && !same)
		return "has a Unicode path that contradicts it";
	return decode_plain(&unicode, ret);
}

const char *zip_name_decode(const struct zip_raw_name *raw, char **ret)
{
	struct zip_extra record = { NULL, 0 };

	if (zip_extra_is_double(raw->extra, ZIP_EXTRA_UNICODE_PATH))
		return "has two Unicode paths";
	if (zip_extra_find(raw->extra, ZIP_EXTRA_UNICODE_PATH, &record))
		return decode_unicode_path(raw, record, ret);
	return decode_plain(raw, ret);
}
