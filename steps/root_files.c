// SPDX-License-Identifier: MIT
#include "steps/root_files.h"

#include <string.h>

#include "packages/tree_walk.h"
#include "runbook/base/fs.h"
#include "steps/query.h"

struct root_files {
	struct ledger *ledger;
	int64_t runbook;
	const struct package_root *root;
	const char *folder; /* of the service model, as it is spelled */
};

static bool insert(const struct root_files *files, const char *path, const char *digest, struct error *err)
{
	CLEANUP_QUERY struct query query = QUERY_INIT;

	if (!query_open(&query, files->ledger, QUERY_PACKAGE_FILE_INSERT, err))
		return false;
	query_bind_int(&query, files->runbook);
	query_bind_text(&query, path);
	query_bind_text(&query, digest);
	return query_run(&query, err);
}

static bool record_file(void *context, const struct tree_item *item, struct error *err)
{
	const struct root_files *files = context;
	CLEANUP_FREE char *path = fs_join(files->folder, item->path);
	CLEANUP_PACKAGE_FILE struct package_file file = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error unusable = ERROR_INIT;
	char digest[DIGEST_TEXT_SIZE];

	/* A backslash separates folders in a runbook: such a name cannot be asked for. */
	if (!S_ISREG(item->st->st_mode) || strchr(path, '\\'))
		return true;
	if (!package_root_find_file(files->root, path, &file, &unusable))
		return unusable.code != ERROR_SYSTEM || error_set(err, ERROR_SYSTEM, "%s", unusable.message);
	return digest_fd(file.fd, file.path, digest, err) && insert(files, path, digest, err);
}

static bool record_service_model(void *context, const char *service_model, struct error *err)
{
	struct root_files *files = context;
	CLEANUP_PACKAGE_FILE struct package_file folder = PACKAGE_FILE_INIT;
	CLEANUP_ERROR struct error missing = ERROR_INIT;

	if (!package_root_find_folder(files->root, service_model, &folder, &missing))
		return missing.code != ERROR_SYSTEM || error_set(err, ERROR_SYSTEM, "%s", missing.message);
	files->folder = fs_name_of(folder.path);
	return tree_walk(folder.fd, &(struct tree_walk){ record_file, NULL, files, folder.path }, err);
}

bool root_files_record(struct ledger *ledger, int64_t runbook, const struct package_root *root, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	struct root_files files = { ledger, runbook, root, NULL };

	if (!digest_list_load(root->path, &list, err))
		return false;
	return list || ledger_service_model_each(ledger, runbook, record_service_model, &files, err);
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
