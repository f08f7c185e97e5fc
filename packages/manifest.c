// SPDX-License-Identifier: MIT
#include "packages/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

#define HEAD "runbook-backup 1"

enum { MODE_FILE = 0600, FIELDS_LIMIT = 8, READ_LIMIT_BYTES = 1 << 30, ESCAPE_LENGTH = 4 };

static void item_release(struct manifest_item *item)
{
	free(item->link);
	free(item->path);
}

void manifest_release(struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		item_release(&manifest->items[i]);
	free(manifest->items);
	free(manifest->target);
	*manifest = (struct manifest)MANIFEST_INIT;
}

static struct manifest_item *add_item(struct manifest *manifest)
{
	manifest->items = xgrow(manifest->items, manifest->count, &manifest->alloc, sizeof(*manifest->items));
	manifest->items[manifest->count] = (struct manifest_item){ .kind = MANIFEST_FOLDER };
	return &manifest->items[manifest->count++];
}

struct manifest_item *manifest_add(struct manifest *manifest, enum manifest_kind kind, const char *path,
				   const struct stat *st)
{
	struct manifest_item *item = add_item(manifest);

	item->kind = kind;
	item->mode = st->st_mode & 07777;
	item->uid = st->st_uid;
	item->gid = st->st_gid;
	item->mtime = st->st_mtim;
	item->path = xstrdup(path);
	return item;
}

static int compare_items(const void *left, const void *right)
{
	const struct manifest_item *a = left;
	const struct manifest_item *b = right;

	return strcmp(a->path, b->path);
}

void manifest_sort(struct manifest *manifest)
{
	if (manifest->count)
		qsort(manifest->items, manifest->count, sizeof(*manifest->items), compare_items);
}

struct manifest_item *manifest_find(const struct manifest *manifest, const char *path)
{
	const struct manifest_item key = { .path = (char *)path };

	return manifest->count ? bsearch(&key, manifest->items, manifest->count, sizeof(key), compare_items) : NULL;
}

/* ---- Writing --------------------------------------------------------------------------------------------- */

static void add_escaped(const char *text, struct strbuf *ret)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f || *text == '\\')
			strbuf_addf(ret, "\\x%02x", (unsigned char)*text);
		else
			strbuf_add_char(ret, *text);
	}
}

static void add_line(const struct manifest_item *item, struct strbuf *ret)
{
	strbuf_addf(ret, "%c\t%04o\t%lu\t%lu\t%" PRId64 ".%09ld\t", (char)item->kind, (unsigned)item->mode,
		    (unsigned long)item->uid, (unsigned long)item->gid, (int64_t)item->mtime.tv_sec,
		    item->mtime.tv_nsec);
	if (item->kind == MANIFEST_FILE)
		strbuf_addf(ret, "%" PRIu64 "\t%s\t", item->bytes, item->sha256);
	if (item->kind == MANIFEST_LINK) {
		add_escaped(item->link, ret);
		strbuf_add_char(ret, '\t');
	}
	add_escaped(item->path, ret);
	strbuf_add_char(ret, '\n');
}

bool manifest_write(const struct manifest *manifest, const char *path, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char sha256[DIGEST_TEXT_SIZE];

	strbuf_add_str(&text, HEAD "\ntarget\t");
	add_escaped(manifest->target, &text);
	strbuf_add_char(&text, '\n');
	for (size_t i = 0; i < manifest->count; i++)
		add_line(&manifest->items[i], &text);
	digest_bytes(text.data, text.length, sha256);
	strbuf_addf(&text, "end\t%s\n", sha256);
	return fs_write_atomic(path, text.data, text.length, MODE_FILE, err);
}

/* ---- Reading --------------------------------------------------------------------------------------------- */

static char *unescape(const char *text)
{
	CLEANUP_STRBUF struct strbuf plain = STRBUF_INIT;

	for (; *text; text++) {
		char digits[3] = "";

		if (text[0] != '\\' || strnlen(text, ESCAPE_LENGTH) < ESCAPE_LENGTH) {
			strbuf_add_char(&plain, *text);
			continue;
		}
		memcpy(digits, text + 2, 2);
		strbuf_add_char(&plain, (char)strtoul(digits, NULL, 16));
		text += ESCAPE_LENGTH - 1;
	}
	return strbuf_detach(&plain);
}

/* Cuts a line at its tabs. */
static size_t split_fields(char *line, char *ret[static FIELDS_LIMIT])
{
	size_t count = 0;

	while (line && count < FIELDS_LIMIT) {
		ret[count++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	return line ? 0 : count;
}

static bool read_common(struct manifest_item *item, char *const *fields)
{
	int64_t seconds;
	long nanoseconds;

	if (sscanf(fields[4], "%" SCNd64 ".%9ld", &seconds, &nanoseconds) != 2)
		return false;
	item->mode = (mode_t)strtoul(fields[1], NULL, 8);
	item->uid = (uid_t)strtoul(fields[2], NULL, 10);
	item->gid = (gid_t)strtoul(fields[3], NULL, 10);
	item->mtime = (struct timespec){ seconds, nanoseconds };
	return true;
}

/* Fields behind the kind: the number of an entry of this kind. */
static bool read_item(struct manifest *manifest, char *line)
{
	char *fields[FIELDS_LIMIT];
	size_t count = split_fields(line, fields);
	enum manifest_kind kind = (enum manifest_kind)line[0];
	size_t wanted = kind == MANIFEST_FILE ? 8 : kind == MANIFEST_LINK ? 7 : 6;
	struct manifest_item *item;

	if ((kind != MANIFEST_FILE && kind != MANIFEST_LINK && kind != MANIFEST_FOLDER) || line[1] || count != wanted)
		return false;
	item = add_item(manifest);
	item->kind = kind;
	item->path = unescape(fields[count - 1]);
	if (kind == MANIFEST_LINK)
		item->link = unescape(fields[5]);
	if (kind == MANIFEST_FILE) {
		item->bytes = strtoull(fields[5], NULL, 10);
		(void)snprintf(item->sha256, sizeof(item->sha256), "%s", fields[6]);
	}
	return read_common(item, fields);
}

static bool read_lines(char *text, struct manifest *ret)
{
	char *rest = NULL;
	char *line = strtok_r(text, "\n", &rest);
	static const char target[] = "target\t";

	if (!line || strcmp(line, HEAD) != 0)
		return false;
	line = strtok_r(NULL, "\n", &rest);
	if (!line || strncmp(line, target, sizeof(target) - 1) != 0)
		return false;
	ret->target = unescape(line + sizeof(target) - 1);
	while ((line = strtok_r(NULL, "\n", &rest)))
		if (!read_item(ret, line))
			return false;
	return true;
}

/* Takes the last line off if it is the digest of what is before it. */
static bool take_end(struct strbuf *text)
{
	static const size_t length = sizeof("end\t") - 1 + DIGEST_TEXT_SIZE - 1 + 1;
	char sha256[DIGEST_TEXT_SIZE];
	CLEANUP_FREE char *expected = NULL;

	if (text->length < length)
		return false;
	digest_bytes(text->data, text->length - length, sha256);
	expected = xasprintf("end\t%s\n", sha256);
	if (strcmp(text->data + text->length - length, expected) != 0)
		return false;
	strbuf_set_length(text, text->length - length);
	return true;
}

bool manifest_read(const char *path, struct manifest *ret, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_MANIFEST struct manifest manifest = MANIFEST_INIT;

	if (!fs_read_file(path, READ_LIMIT_BYTES, &text, err))
		return false;
	if (!take_end(&text) || !read_lines(text.data, &manifest))
		return error_set(err, ERROR_REFUSED, "%s: damaged; nothing can be restored from this backup", path);
	manifest_sort(&manifest);
	*ret = manifest;
	manifest = (struct manifest)MANIFEST_INIT;
	return true;
}
