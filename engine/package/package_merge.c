// SPDX-License-Identifier: MIT
#include "engine/package/package_merge.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "engine/package/package_folder.h"
#include "engine/package/package_report.h"
#include "engine/package/package_union.h"
#include "packages/package_writer.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/document_merge.h"

enum { ARCHIVE_MODE = 0644, DOCUMENT_LIMIT_BYTES = 64 << 20, DOCUMENT_COUNT = 5 };

/* In what order: `all` is set for one that would be wrong if only some packages had it. */
static const struct merged_document {
	const char *name;
	enum merge_kind kind;
	bool all;
} documents[DOCUMENT_COUNT] = {
	{ PACKAGE_SERVICE_MODELS, MERGE_SERVICE_MODELS, true },
	{ PACKAGE_DEV_SERVICE_MODELS, MERGE_SERVICE_MODELS, true },
	{ PACKAGE_TOPOLOGY, MERGE_TOPOLOGY, false },
	{ PACKAGE_HOTFIX_INFO, MERGE_HOTFIX_INFO, false },
	{ PACKAGE_TYPES, MERGE_PACKAGE_TYPES, false },
};

struct merging {
	const struct package_merge_request *request;
	size_t count;
	struct package_view *views;
	struct package_report *reports;
	struct package_union files;
	struct strbuf documents[DOCUMENT_COUNT]; /* empty: the merged package has none */
	time_t mtime;                            /* of the documents: the latest that any package has */
	struct problem_list problems;
};

static void merging_release(struct merging *merging)
{
	for (size_t i = 0; i < merging->count; i++) {
		package_report_release(&merging->reports[i]);
		package_view_release(&merging->views[i]);
	}
	for (size_t i = 0; i < DOCUMENT_COUNT; i++)
		strbuf_release(&merging->documents[i]);
	free(merging->reports);
	free(merging->views);
	package_union_release(&merging->files);
	problem_list_release(&merging->problems);
}

static void merging_init(struct merging *merging, const struct package_merge_request *request)
{
	*merging = (struct merging){ .request = request,
				     .count = request->packages->count,
				     .views = xcalloc(request->packages->count, sizeof(*merging->views)),
				     .reports = xcalloc(request->packages->count, sizeof(*merging->reports)) };
	for (size_t i = 0; i < merging->count; i++)
		merging->views[i] = (struct package_view)PACKAGE_VIEW_INIT;
	for (size_t i = 0; i < DOCUMENT_COUNT; i++)
		merging->documents[i] = (struct strbuf)STRBUF_INIT;
	package_union_init(&merging->files);
}

/* ---- What there is ------------------------------------------------------------------------------------------ */

static void take_problems(struct merging *merging, size_t package)
{
	const struct problem_list *from = &merging->reports[package].structure;

	for (size_t i = 0; i < from->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		problem_format(&from->items[i], &text);
		problem_add(&merging->problems, merging->views[package].path, 0, "%s", text.data);
	}
}

static bool judge(const struct package_view *view, const struct trust *trust, struct error *err)
{
	return view->is_archive ? trusted_archive_judge(&view->archive, trust, err)
				: trusted_root_judge(view->root.path, NULL, trust, err);
}

static bool open_packages(struct merging *merging, struct error *err)
{
	const struct package_merge_request *request = merging->request;

	for (size_t i = 0; i < merging->count; i++) {
		struct package_view *view = &merging->views[i];

		if (!package_view_open(request->packages->items[i], &request->trust, view, err) ||
		    !judge(view, &request->trust, err) ||
		    !package_report_make(&view->root, view->is_package, &merging->reports[i], err) ||
		    !package_union_add(&merging->files, merging->views, i, &merging->problems, err))
			return false;
		take_problems(merging, i);
	}
	return true;
}

/* ---- Modules ------------------------------------------------------------------------------------------------ */

static bool is_same_folder(const char *left, const char *right)
{
	size_t length = strcspn(left, "/");

	return strncasecmp(left, right, length) == 0 && right[length] == left[length];
}

/* Two files of one module would be installed one over the other. Whether the same file is the same, others look at. */
static bool is_conflict(const struct report_module *module, const struct report_module *other)
{
	return strcasecmp(module->id, other->id) == 0 && strcasecmp(module->file, other->file) != 0 &&
	       (strcmp(module->version, other->version) != 0 || is_same_folder(module->file, other->file));
}

static void compare_modules(struct merging *merging, size_t package, const struct report_module *module)
{
	for (size_t i = 0; i < package; i++) {
		const struct package_report *report = &merging->reports[i];

		for (size_t j = 0; j < report->module_count; j++)
			if (is_conflict(module, &report->modules[j]))
				problem_add(&merging->problems, merging->views[package].path, 0,
					    "module %s is there in version %s (%s), and in version %s (%s) in %s",
					    module->id, module->version, module->file, report->modules[j].version,
					    report->modules[j].file, merging->views[i].path);
	}
}

static void check_modules(struct merging *merging)
{
	for (size_t i = 1; i < merging->count; i++)
		for (size_t j = 0; j < merging->reports[i].module_count; j++)
			compare_modules(merging, i, &merging->reports[i].modules[j]);
}

/* ---- Documents ---------------------------------------------------------------------------------------------- */

/* The document of a package; `ret` stays empty if it has none. */
static bool read_document(struct merging *merging, size_t package, const char *name, struct strbuf *ret,
			  struct error *err)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;
	struct stat st;

	if (!package_root_find_file(&merging->views[package].root, name, &file, &missing))
		return missing.code == ERROR_INPUT || error_set(err, missing.code, "%s", missing.message);
	if (fstat(file.fd, &st) == 0 && st.st_mtime > merging->mtime)
		merging->mtime = st.st_mtime;
	return fs_read_file(file.path, DOCUMENT_LIMIT_BYTES, ret, err);
}

static void unite(struct merging *merging, size_t package, const struct merged_document *document,
		  struct strbuf *united, const struct strbuf *text)
{
	CLEANUP_STRBUF struct strbuf both = STRBUF_INIT;
	CLEANUP_FREE char *own = xasprintf("%s: %s", merging->views[package].path, document->name);
	struct strbuf swapped = *united;

	if (!swapped.length) {
		strbuf_add(united, text->data, text->length);
		return;
	}
	if (!document_merge(document->kind,
			    &(struct document){ united->data, united->length, "the packages before it" },
			    &(struct document){ text->data, text->length, own }, &both, &merging->problems))
		return;
	*united = both;
	both = swapped;
}

static bool merge_document(struct merging *merging, size_t index, struct error *err)
{
	const struct merged_document *document = &documents[index];
	struct strbuf *united = &merging->documents[index];
	size_t found = 0;

	for (size_t i = 0; i < merging->count; i++) {
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		if (!read_document(merging, i, document->name, &text, err))
			return false;
		if (!text.length)
			continue;
		unite(merging, i, document, united, &text);
		found++;
	}
	if (document->all && found < merging->count)
		strbuf_clear(united);
	return true;
}

static bool merge_documents(struct merging *merging, struct error *err)
{
	/* Of what cannot be read by itself nothing can be said together. */
	if (problem_list_total(&merging->problems))
		return true;
	for (size_t i = 0; i < DOCUMENT_COUNT; i++)
		if (!merge_document(merging, i, err))
			return false;
	return true;
}

/* ---- Writing ------------------------------------------------------------------------------------------------ */

static bool write_documents(struct merging *merging, struct package_writer *writer, struct package_merge_report *ret,
			    struct error *err)
{
	for (size_t i = 0; i < DOCUMENT_COUNT; i++) {
		const struct strbuf *text = &merging->documents[i];
		const struct package_member member = { .path = documents[i].name,
						       .mtime = merging->mtime,
						       .size_bytes = text->length };

		if (!text->length)
			continue;
		if (!package_writer_add_bytes(writer, &member, text->data, err))
			return false;
		ret->files++;
		ret->bytes += text->length;
	}
	return true;
}

static bool write_file(struct merging *merging, const struct union_file *from, struct package_writer *writer,
		       struct package_merge_report *ret, struct error *err)
{
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	struct package_member member = { .path = from->path };
	struct stat st;

	if (!package_root_find_file(&merging->views[from->package].root, from->path, &file, err))
		return false;
	if (fstat(file.fd, &st) < 0)
		return error_set_errno(err, errno, "%s", file.path);
	member.executable = st.st_mode & S_IXUSR;
	member.mtime = st.st_mtime;
	member.size_bytes = (uint64_t)st.st_size;
	ret->files++;
	ret->bytes += member.size_bytes;
	return package_writer_add(writer, &member, file.fd, err);
}

static void free_writer(struct package_writer **writer)
{
	package_writer_free(*writer);
}

static bool write_all(struct merging *merging, int fd, struct package_merge_report *ret, struct error *err)
{
	CLEANUP(free_writer) struct package_writer *writer = NULL;

	package_union_sort(&merging->files);
	if (!package_writer_open(fd, merging->request->out, &writer, err) ||
	    !write_documents(merging, writer, ret, err))
		return false;
	for (size_t i = 0; i < merging->files.count; i++)
		if (!write_file(merging, &merging->files.files[i], writer, ret, err))
			return false;
	return package_writer_finish(writer, err);
}

/* Names that several packages have count once. */
static void count_names(const struct merging *merging, struct package_merge_report *ret)
{
	CLEANUP_NAME_SET struct name_set *models = name_set_new();
	CLEANUP_NAME_SET struct name_set *modules = name_set_new();
	size_t first;

	for (size_t i = 0; i < merging->count; i++) {
		const struct package_report *report = &merging->reports[i];

		for (size_t j = 0; j < report->service_count; j++)
			ret->service_models += name_set_add(models, report->services[j].name, 0, &first);
		for (size_t j = 0; j < report->module_count; j++)
			ret->modules += name_set_add(modules, report->modules[j].id, 0, &first);
	}
}

static bool is_free(const char *out, struct error *err)
{
	struct stat st;

	if (lstat(out, &st) < 0)
		return errno == ENOENT || error_set_errno(err, errno, "%s", out);
	return error_set(err, ERROR_REFUSED, "%s: exists already; name a file that does not", out);
}

bool package_merge(const struct package_merge_request *request, struct package_merge_report *ret, struct error *err)
{
	CLEANUP(merging_release) struct merging merging;
	CLEANUP(fs_atomic_release) struct fs_atomic out = FS_ATOMIC_INIT;

	merging_init(&merging, request);
	if (!is_free(request->out, err) || !open_packages(&merging, err))
		return false;
	check_modules(&merging);
	if (!merge_documents(&merging, err) || !problem_list_none(&merging.problems, ERROR_INPUT, err))
		return false;
	count_names(&merging, ret);
	return fs_atomic_open(&out, request->out, ARCHIVE_MODE, err) && write_all(&merging, out.fd, ret, err) &&
	       fs_atomic_commit(&out, err);
}
