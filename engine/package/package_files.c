// SPDX-License-Identifier: MIT
#include "engine/package/package_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "packages/nupkg.h"
#include "runbook/base/alloc.h"
#include "runbook/nuspec.h"

#define MODULE_ENDING ".nupkg"

struct counting {
	struct package_report *report;
	const char *root;
};

static bool begins_part(const char *path, const char *name)
{
	size_t length = strlen(name);

	return strncasecmp(path, name, length) == 0 && (!path[length] || path[length] == '/');
}

bool package_files_is_own(const char *path)
{
	return strncmp(path, ".runbook-", strlen(".runbook-")) != 0 && !begins_part(path, "RunbookWorkingFolder");
}

static bool is_module(const char *name)
{
	size_t length = strlen(name);
	size_t ending = strlen(MODULE_ENDING);

	return length > ending && strcasecmp(name + length - ending, MODULE_ENDING) == 0;
}

static void add_module(struct package_report *report, const struct tree_item *item, struct nuspec *nuspec)
{
	report->modules = xgrow(report->modules, report->module_count, &report->module_alloc, sizeof(*report->modules));
	report->modules[report->module_count++] = (struct report_module){ .id = TAKE(nuspec->id),
									  .version = TAKE(nuspec->version),
									  .file = xstrdup(item->path),
									  .bytes = (uint64_t)item->st->st_size };
}

static bool read_module(struct package_report *report, const struct tree_item *item, struct error *err)
{
	CLEANUP_FD int fd = openat(item->folder_fd, item->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_NUSPEC struct nuspec nuspec = NUSPEC_INIT;
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	if (fd < 0)
		return error_set_errno(err, errno, "%s", item->path);
	if (nupkg_read_caged(fd, item->path, &text, &trouble)) {
		if (nuspec_parse(&(struct document){ text.data, text.length, item->path }, &nuspec, &report->structure))
			add_module(report, item, &nuspec);
		return true;
	}
	if (trouble.code == ERROR_SYSTEM)
		return error_set(err, ERROR_SYSTEM, "%s", trouble.message);
	problem_add(&report->structure, NULL, 0, "%s", trouble.message);
	return true;
}

static void add_size(struct package_report *report, const struct tree_item *item)
{
	uint64_t bytes = (uint64_t)item->st->st_size;

	report->files++;
	report->bytes += bytes;
	for (size_t i = 0; i < report->service_count; i++) {
		if (!begins_part(item->path, report->services[i].name))
			continue;
		report->services[i].files++;
		report->services[i].bytes += bytes;
		return;
	}
}

static bool look_at(void *context, const struct tree_item *item, struct error *err)
{
	struct counting *self = context;

	if (!package_files_is_own(item->path) || S_ISDIR(item->st->st_mode))
		return true;
	if (!S_ISREG(item->st->st_mode)) {
		problem_add(&self->report->structure, item->path, 0, "a %s, which a package must not hold",
			    S_ISLNK(item->st->st_mode) ? "link" : "special file");
		return true;
	}
	add_size(self->report, item);
	return !is_module(item->name) || read_module(self->report, item, err);
}

static bool is_same_folder(const char *left, const char *right)
{
	size_t length = strcspn(left, "/");

	return strncmp(left, right, length) == 0 && right[length] == left[length];
}

/* Two of one id in a service model: which of them would be installed, nobody says. */
static void check_doubles(struct package_report *report)
{
	for (size_t i = 0; i < report->module_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct report_module *later = &report->modules[i];
			const struct report_module *first = &report->modules[j];

			if (strcasecmp(later->id, first->id) == 0 && is_same_folder(later->file, first->file))
				problem_add(&report->structure, later->file, 0,
					    "module %s %s is there already, as %s %s", later->id, later->version,
					    first->file, first->version);
		}
}

bool package_files_count(const struct package_root *root, struct package_report *report, struct error *err)
{
	struct counting counting = { report, root->path };
	const struct tree_walk walk = { .enter = look_at, .context = &counting, .root = root->path };

	if (!tree_walk(root->fd, &walk, err))
		return false;
	check_doubles(report);
	return true;
}
