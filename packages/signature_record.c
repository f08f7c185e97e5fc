// SPDX-License-Identifier: MIT
#include "packages/signature_record.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "packages/digest_list.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"

#define FIRST_LINE "# runbook signature 1"

enum { RECORD_LIMIT_BYTES = 64 * 1024, RECORD_MODE = 0644 };

void signature_record_release(struct signature_record *record)
{
	free(record->archive);
	free(record->archive_sha256);
	free(record->signer);
	free(record->fingerprint);
	free(record->checked);
	*record = (struct signature_record){ 0 };
}

/* "" where there is none: that there is none is noted, too. */
static bool digest_of_list(const char *folder, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, DIGEST_LIST_NAME);
	CLEANUP_FD int fd = -1;

	*ret = '\0';
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return true;
	return fs_open_regular(path, &fd, NULL, err) && digest_fd(fd, path, ret, err);
}

/* A name may hold anything but a line break. */
static void add_line(struct strbuf *text, const char *name, const char *value)
{
	strbuf_addf(text, "%s=", name);
	strbuf_add(text, value, strcspn(value, "\r\n"));
	strbuf_add_char(text, '\n');
}

bool signature_record_write(const char *folder, const char *archive, const struct signature *signature,
			    struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, SIGNATURE_RECORD_NAME);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char list[DIGEST_TEXT_SIZE];
	char now[CLOCK_TEXT_SIZE];

	if (!digest_of_list(folder, list, err))
		return false;
	clock_format_utc(clock_wall_ns(), now);
	strbuf_add_str(&text, FIRST_LINE "\n");
	add_line(&text, "archive", archive);
	add_line(&text, "archive-sha256", signature->archive_sha256);
	add_line(&text, "signer", signature->signer);
	add_line(&text, "fingerprint", signature->fingerprint);
	add_line(&text, "checked", now);
	add_line(&text, "digests-sha256", list);
	return fs_write_atomic(path, text.data, text.length, RECORD_MODE, err);
}

/* Behind `NAME=`; NULL: there is no such line. */
static char *find_value(const struct strv *lines, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < lines->count; i++)
		if (strncmp(lines->items[i], name, length) == 0 && lines->items[i][length] == '=')
			return xstrdup(lines->items[i] + length + 1);
	return NULL;
}

static bool parse(const struct strv *lines, struct signature_record *ret, const char *list)
{
	CLEANUP_FREE char *recorded = find_value(lines, "digests-sha256");

	if (!lines->count || strcmp(lines->items[0], FIRST_LINE) != 0 || !recorded || strcmp(recorded, list) != 0)
		return false;
	ret->archive = find_value(lines, "archive");
	ret->archive_sha256 = find_value(lines, "archive-sha256");
	ret->signer = find_value(lines, "signer");
	ret->fingerprint = find_value(lines, "fingerprint");
	ret->checked = find_value(lines, "checked");
	return ret->archive && ret->archive_sha256 && ret->signer && ret->fingerprint && ret->checked;
}

static bool load(const char *folder, const char *path, struct signature_record *ret, struct error *err)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRV struct strv lines = STRV_INIT;
	char list[DIGEST_TEXT_SIZE];

	if (!fs_read_file(path, RECORD_LIMIT_BYTES, &text, err) || !digest_of_list(folder, list, err))
		return false;
	strv_split(&lines, text.data, "\n");
	if (!parse(&lines, &record, list))
		return error_set(
			err, ERROR_REFUSED,
			"%s: does not belong to the list of digests beside it, or is damaged; extract the package "
			"once more into a new folder",
			path);
	*ret = record;
	record = (struct signature_record){ 0 };
	return true;
}

static bool has(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	struct stat st;

	return lstat(path, &st) == 0;
}

bool signature_record_load(const char *root, struct signature_record *ret, bool *ret_found, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(root);
	CLEANUP_FREE char *above = fs_folder_of(absolute);
	bool is_inside = has(absolute, DIGEST_LIST_NAME) || has(absolute, SIGNATURE_RECORD_NAME);
	const char *folder = is_inside ? absolute : above;
	CLEANUP_FREE char *path = fs_join(folder, SIGNATURE_RECORD_NAME);

	*ret_found = has(folder, SIGNATURE_RECORD_NAME);
	return !*ret_found || load(folder, path, ret, err);
}
