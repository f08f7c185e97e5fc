// SPDX-License-Identifier: MIT
#include "packages/nupkg.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "packages/extract.h"
#include "packages/package_reader.h"

#define MANIFEST_ENDING ".nuspec"

static void free_reader(struct package_reader **reader)
{
	package_reader_free(*reader);
}

/* At the top: what lies deeper belongs to the content. */
static bool is_manifest(const struct package_item *item)
{
	size_t length = strlen(item->name);
	size_t ending = strlen(MANIFEST_ENDING);

	return !item->folder && !strpbrk(item->name, "/\\") && length > ending &&
	       strcasecmp(item->name + length - ending, MANIFEST_ENDING) == 0;
}

static bool read_item(struct package_reader *reader, const char *path, struct strbuf *ret, struct error *err)
{
	size_t length;

	strbuf_grow(ret, NUPKG_MANIFEST_LIMIT_BYTES + 1);
	if (!package_reader_read(reader, ret->data + ret->length, NUPKG_MANIFEST_LIMIT_BYTES + 1, &length, err))
		return false;
	if (length > NUPKG_MANIFEST_LIMIT_BYTES)
		return error_set(err, ERROR_INPUT, "%s: its manifest is larger than %d bytes", path,
				 NUPKG_MANIFEST_LIMIT_BYTES);
	strbuf_set_length(ret, ret->length + length);
	return true;
}

static bool find_manifest(struct package_reader *reader, const char *path, struct strbuf *ret, struct error *err)
{
	unsigned found = 0;

	for (;;) {
		CLEANUP(package_item_release) struct package_item item = { .name = NULL };
		bool end = false;

		if (!package_reader_next(reader, &item, &end, err))
			return error_prefix(err, "%s", path);
		if (end)
			break;
		if (!is_manifest(&item))
			continue;
		if (found++)
			return error_set(err, ERROR_INPUT, "%s: has more than one manifest (NAME.nuspec)", path);
		if (!read_item(reader, path, ret, err))
			return false;
	}
	return found || error_set(err, ERROR_INPUT, "%s: has no manifest (NAME.nuspec) at its top", path);
}

bool nupkg_read_manifest(int fd, const char *path, struct strbuf *ret, struct error *err)
{
	CLEANUP(file_window_release) struct file_window file = { .fd = -1 };
	CLEANUP(free_reader) struct package_reader *reader = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "%s", path);
	file_window_init(&file, fd, (uint64_t)st.st_size);
	if (!package_reader_open(&file, extract_default_limits.entries, &reader, err))
		return error_prefix(err, "%s", path);
	return find_manifest(reader, path, ret, err);
}
