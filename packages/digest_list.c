// SPDX-License-Identifier: MIT
#include "packages/digest_list.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

#define FIRST_LINE "# runbook digests 1\n"
#define LAST_LINE "# end %zu\n"

enum { HEX_BYTES = DIGEST_TEXT_SIZE - 1, LIST_LIMIT_BYTES = 600 * 1024 * 1024, LIST_MODE = 0644 };

struct digest_list {
	struct digest_list_item *items;
	size_t count;
	size_t alloc;
};

struct digest_list *digest_list_new(void)
{
	return xcalloc(1, sizeof(struct digest_list));
}

void digest_list_free(struct digest_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i].path);
	free(list->items);
	free(list);
}

static struct digest_list_item *add_item(struct digest_list *list, const char *path, size_t path_length)
{
	list->items = xgrow(list->items, list->count, &list->alloc, sizeof(*list->items));
	list->items[list->count] = (struct digest_list_item){ .path = xmemdupz(path, path_length) };
	return &list->items[list->count++];
}

void digest_list_add(struct digest_list *list, const char *path, const char digest[static DIGEST_TEXT_SIZE])
{
	(void)memcpy(add_item(list, path, strlen(path))->digest, digest, HEX_BYTES);
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct digest_list_item *)a)->path, ((const struct digest_list_item *)b)->path);
}

void digest_list_sort(struct digest_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), compare_paths);
}

bool digest_list_write(const struct digest_list *list, int folder_fd, const char *folder, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(folder, DIGEST_LIST_NAME);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FD int fd = -1;

	strbuf_add_str(&text, FIRST_LINE);
	for (size_t i = 0; i < list->count; i++) {
		strbuf_add(&text, list->items[i].digest, HEX_BYTES);
		strbuf_add_str(&text, "  ");
		strbuf_add_str(&text, list->items[i].path);
		strbuf_add_char(&text, '\n');
	}
	strbuf_addf(&text, LAST_LINE, list->count);
	fd = openat(folder_fd, DIGEST_LIST_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, LIST_MODE);
	if (fd < 0 || fchmod(fd, LIST_MODE) < 0)
		return error_set_errno(err, errno, "%s", path);
	return fs_write_all(fd, text.data, text.length, path, err);
}

static bool is_digest(const char *text)
{
	return strspn(text, "0123456789abcdef") == HEX_BYTES;
}

/* `line` is terminated. The order is checked, too: a search depends on it. */
static bool read_line(struct digest_list *list, const char *line)
{
	struct digest_list_item *item;

	if (!is_digest(line) || strncmp(line + HEX_BYTES, "  ", 2) != 0 || !line[HEX_BYTES + 2])
		return false;
	item = add_item(list, line + HEX_BYTES + 2, strlen(line + HEX_BYTES + 2));
	(void)memcpy(item->digest, line, HEX_BYTES);
	return list->count == 1 || compare_paths(item - 1, item) < 0;
}

/* Takes the text apart. */
static bool parse(struct digest_list *list, struct strbuf *text)
{
	CLEANUP_FREE char *last = NULL;
	char *at = text->data + sizeof(FIRST_LINE) - 1;
	char *end;

	if (memchr(text->data, '\0', text->length) || strncmp(text->data, FIRST_LINE, sizeof(FIRST_LINE) - 1) != 0)
		return false;
	for (; (end = strchr(at, '\n')) && *at != '#'; at = end + 1) {
		*end = '\0';
		if (!read_line(list, at))
			return false;
	}
	last = xasprintf(LAST_LINE, list->count);
	return strcmp(at, last) == 0;
}

static bool load_file(const char *path, struct digest_list **ret, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = digest_list_new();
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!fs_read_file(path, LIST_LIMIT_BYTES, &text, err))
		return false;
	if (!parse(list, &text))
		return error_set(err, ERROR_REFUSED,
				 "%s: the list of digests is damaged; extract the package once more into a new folder",
				 path);
	*ret = TAKE(list);
	return true;
}

/* Leaves what is in the folder `name`, with paths relative to it. */
static void keep_folder(struct digest_list *list, const char *name)
{
	size_t length = strlen(name);
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct digest_list_item item = list->items[i];

		if (strncmp(item.path, name, length) == 0 && item.path[length] == '/') {
			(void)memmove(item.path, item.path + length + 1, strlen(item.path + length + 1) + 1);
			list->items[kept++] = item;
		} else {
			free(item.path);
		}
	}
	list->count = kept;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

bool digest_list_load(const char *root, struct digest_list **ret, struct error *err)
{
	CLEANUP_FREE char *absolute = fs_absolute(root);
	CLEANUP_FREE char *above = fs_folder_of(absolute);
	CLEANUP_FREE char *inside = fs_join(absolute, DIGEST_LIST_NAME);
	CLEANUP_FREE char *outside = fs_join(above, DIGEST_LIST_NAME);

	*ret = NULL;
	if (is_there(inside))
		return load_file(inside, ret, err);
	if (!is_there(outside))
		return true;
	if (!load_file(outside, ret, err))
		return false;
	keep_folder(*ret, fs_name_of(absolute));
	return true;
}

size_t digest_list_count(const struct digest_list *list)
{
	return list->count;
}

const struct digest_list_item *digest_list_at(const struct digest_list *list, size_t index)
{
	return &list->items[index];
}

static int compare_with_item(const void *path, const void *item)
{
	return strcmp(path, ((const struct digest_list_item *)item)->path);
}

const char *digest_list_find(const struct digest_list *list, const char *path)
{
	const struct digest_list_item *item =
		list->count ? bsearch(path, list->items, list->count, sizeof(*item), compare_with_item) : NULL;

	return item ? item->digest : NULL;
}

bool digest_list_verify(const struct digest_list *list, const char *path, int fd, struct error *err)
{
	const char *expected = digest_list_find(list, path);
	char found[DIGEST_TEXT_SIZE];

	if (!expected)
		return error_set(err, ERROR_REFUSED, "%s: did not come with the package", path);
	if (!digest_of_file(fd, path, found, err))
		return false;
	if (strcmp(expected, found) != 0)
		return error_set(err, ERROR_REFUSED,
				 "%s: was changed since the package was extracted (SHA-256 was %s, is %s)", path,
				 expected, found);
	return true;
}
