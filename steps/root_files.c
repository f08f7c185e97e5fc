// SPDX-License-Identifier: MIT
#include "steps/root_files.h"

#include <string.h>

#include "packages/tree_walk.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strv.h"
#include "steps/query.h"

/* ---- Reading ---------------------------------------------------------------------------------------------- */

struct reading {
	const struct package_root *root;
	struct digest_list *list;
};

/* A folder of the root that has scripts is a service model. */
static bool is_wanted(void *context, const struct tree_item *item)
{
	const struct reading *reading = context;
	CLEANUP_FREE char *scripts = fs_join(item->path, "Scripts");

	return strchr(item->path, '/') || package_root_has_files(reading->root, scripts);
}

static bool read_file(void *context, const struct tree_item *item, struct error *err)
{
	const struct reading *reading = context;
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error unusable = ERROR_INIT;
	char digest[DIGEST_TEXT_SIZE];

	/* A backslash separates folders in a runbook: such a name cannot be asked for. */
	if (!S_ISREG(item->st->st_mode) || !strchr(item->path, '/') || strchr(item->path, '\\'))
		return true;
	if (!package_root_find_file(reading->root, item->path, &file, &unusable))
		return unusable.code != ERROR_SYSTEM || error_set(err, ERROR_SYSTEM, "%s", unusable.message);
	if (!digest_fd(file.fd, file.path, digest, err))
		return false;
	digest_list_add(reading->list, item->path, digest);
	return true;
}

bool root_files_read(const struct package_root *root, struct digest_list **ret, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *own = NULL;
	CLEANUP_DIGEST_LIST struct digest_list *list = digest_list_new();
	struct reading reading = { root, list };
	const struct tree_walk walk = {
		.enter = read_file, .context = &reading, .root = root->path, .descend = is_wanted
	};

	*ret = NULL;
	if (!digest_list_load(root->path, &own, err))
		return false;
	if (own)
		return true;
	if (!tree_walk(root->fd, &walk, err))
		return false;
	*ret = TAKE(list);
	return true;
}

/* ---- In the ledger ---------------------------------------------------------------------------------------- */

static bool note_service_model(void *context, const char *service_model, struct error *err)
{
	(void)err;
	strv_push(context, service_model);
	return true;
}

static bool is_of(const struct strv *service_models, const char *path)
{
	CLEANUP_FREE char *folder = xmemdupz(path, strcspn(path, "/"));

	return strv_contains_nocase(service_models, folder);
}

static bool insert(struct query *query, int64_t runbook, const struct digest_list_item *item, struct error *err)
{
	query_bind_int(query, runbook);
	query_bind_text(query, item->path);
	query_bind_text(query, item->digest);
	return query_run(query, err);
}

bool root_files_record(struct ledger *ledger, int64_t runbook, const struct digest_list *list, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;
	CLEANUP_STRV struct strv service_models = STRV_INIT;

	if (!ledger_service_model_each(ledger, runbook, note_service_model, &service_models, err) ||
	    !query_open(&query, ledger, QUERY_PACKAGE_FILE_INSERT, err))
		return false;
	for (size_t i = 0; i < digest_list_count(list); i++) {
		const struct digest_list_item *item = digest_list_at(list, i);

		if (is_of(&service_models, item->path) && !insert(&query, runbook, item, err))
			return false;
	}
	return true;
}

bool ledger_root_files(struct ledger *ledger, int64_t runbook, struct digest_list **ret, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = digest_list_new();
	CLEANUP_QUERY struct query query = QUERY_INIT;
	bool found = false;

	*ret = NULL;
	if (!query_open(&query, ledger, QUERY_PACKAGE_FILE_ALL, err))
		return false;
	query_bind_int(&query, runbook);
	while (query_row(&query, &found, err) && found)
		digest_list_add(list, query_peek(&query, 0), query_peek(&query, 1));
	if (error_is_set(err))
		return false;
	if (digest_list_count(list))
		*ret = TAKE(list);
	return true;
}
