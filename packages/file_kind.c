// SPDX-License-Identifier: MIT
#include "packages/file_kind.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "runbook/base/utf8.h"

struct signature {
	size_t offset;
	const char *bytes;
	size_t length;
	enum file_kind kind;
	const char *looks_like;
};

#define AT(offset, bytes) offset, bytes, sizeof(bytes) - 1
#define START(bytes) AT(0, bytes)

static const struct signature signatures[] = {
	{ START("PK\3\4"), FILE_IS_ZIP, NULL },
	{ START("PK\5\6"), FILE_IS_ZIP, NULL }, /* one without entries */
	{ START("PK\6\6"), FILE_IS_ZIP, NULL }, /* the same, zip64 */
	{ START("7z\xbc\xaf\x27\x1c"), FILE_IS_7Z, NULL },
	{ START("\x1f\x8b"), FILE_IS_TAR_GZ, NULL },
	{ START("\xfd"
		"7zXZ\0"),
	  FILE_IS_TAR_XZ, NULL },
	{ START("\x28\xb5\x2f\xfd"), FILE_IS_TAR_ZST, NULL },
	{ START("BZh"), FILE_IS_TAR_BZ2, NULL },
	{ START("PK\7\x8"), FILE_IS_UNKNOWN, "the first part of a split zip archive" },
	{ START("PK00PK"), FILE_IS_UNKNOWN, "a part of a split zip archive" },
	{ START("Rar!\x1a\7"), FILE_IS_OTHER, "a RAR archive" },
	{ START("MSCF"), FILE_IS_OTHER, "a cabinet (CAB) archive" },
	{ START("ISc("), FILE_IS_OTHER, "an InstallShield cabinet" },
	{ START("MSWIM\0\0\0"), FILE_IS_OTHER, "a Windows image (WIM)" },
	{ AT(32769, "CD001"), FILE_IS_OTHER, "a disk image (ISO 9660)" },
	{ START("xar!"), FILE_IS_OTHER, "a xar archive" },
	{ START("!<arch>\n"), FILE_IS_OTHER, "an ar archive (Debian package or library)" },
	{ START("\xed\xab\xee\xdb"), FILE_IS_OTHER, "an RPM package" },
	{ START("070701"), FILE_IS_OTHER, "a cpio archive" },
	{ START("070702"), FILE_IS_OTHER, "a cpio archive" },
	{ START("070707"), FILE_IS_OTHER, "a cpio archive" },
	{ START("\xc7\x71"), FILE_IS_OTHER, "a cpio archive" },
	{ START("\x71\xc7"), FILE_IS_OTHER, "a cpio archive" },
	{ START("WARC/"), FILE_IS_OTHER, "a WARC archive" },
	{ START("#mtree"), FILE_IS_OTHER, "an mtree specification" },
	{ START("\x60\xea"), FILE_IS_OTHER, "an ARJ archive" },
	{ AT(2, "-lh"), FILE_IS_OTHER, "an LHA archive" },
	{ AT(2, "-lz"), FILE_IS_OTHER, "an LHA archive" },
	{ START("\x1f\x9d"), FILE_IS_OTHER, "a file compressed with compress (.Z)" },
	{ START("\x1f\xa0"), FILE_IS_OTHER, "a file compressed with LZH (.z)" },
	{ START("\x04\x22\x4d\x18"), FILE_IS_OTHER, "a file compressed with LZ4" },
	{ START("\x02\x21\x4c\x18"), FILE_IS_OTHER, "a file compressed with LZ4" },
	{ AT(1, "\x2a\x4d\x18"), FILE_IS_OTHER, "a file compressed with Zstandard or LZ4, in frames of its own kind" },
	{ START("LZIP"), FILE_IS_OTHER, "a file compressed with lzip" },
	{ START("LRZI"), FILE_IS_OTHER, "a file compressed with lrzip" },
	{ START("\x89LZO\0"), FILE_IS_OTHER, "a file compressed with lzop" },
	{ START("\xff\x06\0\0sNaPpY"), FILE_IS_OTHER, "a file compressed with Snappy" },
	{ START("\x5d\0\0"), FILE_IS_OTHER, "a file compressed with LZMA" },
	{ START("begin "), FILE_IS_OTHER, "a uuencoded file" },
	{ START("MZ"), FILE_IS_OTHER, "a Windows program; a self-extracting archive has to be unpacked on Windows" },
	{ START("\x7f"
		"ELF"),
	  FILE_IS_OTHER, "a Linux program" },
	{ START("%PDF-"), FILE_IS_OTHER, "a PDF document" },
	{ START("SQLite format 3\0"), FILE_IS_OTHER, "an SQLite database" },
	{ START("\x89PNG\r\n\x1a\n"), FILE_IS_OTHER, "a PNG image" },
	{ START("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), FILE_IS_OTHER, "an old Microsoft Office or Installer file" },
};

static bool fits(const struct signature *signature, const char *bytes, size_t length)
{
	return length >= signature->offset + signature->length &&
	       memcmp(bytes + signature->offset, signature->bytes, signature->length) == 0;
}

/* The checksum of a tar header: octal, at 148, over the block with the checksum itself as spaces. */
static bool is_tar(const char *bytes, size_t length)
{
	enum { BLOCK = 512, SUM_START = 148, SUM_END = 156 };
	unsigned long sum = 0;
	unsigned long stored = 0;
	size_t at = SUM_START;

	if (length < BLOCK || !bytes[0])
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= SUM_START && i < SUM_END ? ' ' : (unsigned char)bytes[i];
	while (at < SUM_END && bytes[at] == ' ')
		at++;
	for (; at < SUM_END && bytes[at] >= '0' && bytes[at] <= '7'; at++)
		stored = stored * 8 + (unsigned long)(bytes[at] - '0');
	return sum == stored;
}

static bool begins_with_word(const char *text, size_t length, const char *word)
{
	return length >= strlen(word) && strncasecmp(text, word, strlen(word)) == 0;
}

static const char *kind_of_text(const char *bytes, size_t length)
{
	static const char *const html[] = { "<!doctype html", "<html", "<head", "<body", "<!--", "<script", "<title" };
	size_t start = 0;

	if (length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		start = 3;
	while (start < length && strchr(" \t\r\n", bytes[start]))
		start++;
	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++)
		if (begins_with_word(bytes + start, length - start, html[i]))
			return "HTML (an error page of a download?)";
	if (begins_with_word(bytes + start, length - start, "<?xml"))
		return "XML (an error message of a download?)";
	if (begins_with_word(bytes + start, length - start, "{") ||
	    begins_with_word(bytes + start, length - start, "["))
		return "JSON or other text (an error message of a download?)";
	return "text";
}

static bool is_zeros(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (bytes[i])
			return false;
	return true;
}

static enum file_kind kind_of_other(const char *bytes, size_t length, const char **ret_looks_like)
{
	size_t valid = utf8_valid_prefix(bytes, length);

	/* The last character may be cut by the end of what is looked at. */
	if (length && (valid == length || utf8_is_cut(bytes + valid, length - valid))) {
		*ret_looks_like = kind_of_text(bytes, length);
		return FILE_IS_OTHER;
	}
	*ret_looks_like = "nothing that is known";
	if (is_zeros(bytes, length))
		*ret_looks_like = length ? "zeros (a file lost in a power cut?)" : "an empty file";
	return FILE_IS_UNKNOWN;
}

enum file_kind file_kind_probe(const void *bytes, size_t length, const char **ret_looks_like)
{
	if (is_tar(bytes, length))
		return FILE_IS_TAR;
	for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
		if (!fits(&signatures[i], bytes, length))
			continue;
		*ret_looks_like = signatures[i].looks_like;
		return signatures[i].kind;
	}
	return kind_of_other(bytes, length, ret_looks_like);
}

const char *file_kind_name(enum file_kind kind)
{
	static const char *const names[] = {
		[FILE_IS_ZIP] = "zip",         [FILE_IS_7Z] = "7z",         [FILE_IS_TAR] = "tar",
		[FILE_IS_TAR_GZ] = "tar.gz",   [FILE_IS_TAR_XZ] = "tar.xz", [FILE_IS_TAR_ZST] = "tar.zst",
		[FILE_IS_TAR_BZ2] = "tar.bz2",
	};

	assert(kind < FILE_IS_OTHER);
	return names[kind];
}
