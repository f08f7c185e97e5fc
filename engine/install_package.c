// SPDX-License-Identifier: MIT
#include "engine/install_package.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "engine/console.h"
#include "engine/package/package_folder.h"
#include "engine/package/trusted_archive.h"
#include "packages/digest.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { NAME_BYTES = 48, SHORT_DIGEST = 8, DOCUMENT_LIMIT_BYTES = 64 * 1024 * 1024 };

void install_source_release(struct install_source *source)
{
	free(source->root);
	free(source->runbook_id);
	*source = (struct install_source){ 0 };
}

const char *install_service_model_name(enum install_kind kind)
{
	return kind == INSTALL_DEV ? PACKAGE_DEV_SERVICE_MODELS : PACKAGE_SERVICE_MODELS;
}

/* Takes one of the endings of archives off. */
static size_t length_without_ending(const char *name)
{
	static const char *const endings[] = { ".tar.gz", ".tar.xz", ".tar.zst", ".tar.bz2", ".tgz", ".txz",
					       ".tbz2",   ".tar",    ".zip",     ".nupkg",   ".7z" };
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t ending = strlen(endings[i]);

		if (length > ending && strcasecmp(name + length - ending, endings[i]) == 0)
			return length - ending;
	}
	return length;
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char *install_name(const char *package)
{
	CLEANUP_FREE char *path = fs_absolute(package);
	const char *name = fs_name_of(path);
	size_t length = length_without_ending(name);
	CLEANUP_STRBUF struct strbuf ret = STRBUF_INIT;

	for (size_t i = 0; i < length && ret.length < NAME_BYTES; i++) {
		if (is_alphanumeric(name[i]) || (ret.length && strchr("._-", name[i])))
			strbuf_add_char(&ret, name[i]);
		else if (ret.length)
			strbuf_add_char(&ret, '-');
	}
	return ret.length ? strbuf_detach(&ret) : xstrdup("package");
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool find_root(const char *folder, enum install_kind kind, char **ret, struct error *err)
{
	CLEANUP_FREE char *root = NULL;

	if (!package_folder_find(folder, &root, err))
		return false;
	if (!package_folder_has(root, install_service_model_name(kind)))
		return kind == INSTALL_DEV
			       ? error_set(err, ERROR_REFUSED,
					   "The devInstall option is not applicable to the current deployable package.")
			       : error_set(err, ERROR_INPUT, "%s: has no %s", root, install_service_model_name(kind));
	*ret = TAKE(root);
	return true;
}

static bool add_document(const char *root, const char *name, struct strbuf *ret, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(root, name);

	strbuf_add(ret, "", 1);
	return !package_folder_has(root, name) || fs_read_file(path, DOCUMENT_LIMIT_BYTES, ret, err);
}

static bool digest_folder(const char *root, enum install_kind kind, char ret[static DIGEST_TEXT_SIZE],
			  struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, root);
	if (!add_document(root, install_service_model_name(kind), &text, err) ||
	    !add_document(root, PACKAGE_HOTFIX_INFO, &text, err))
		return false;
	digest_bytes(text.data, text.length, ret);
	return true;
}

/* The folder of the archive's content, which is there already if the same archive was seen before. */
static bool extract(const struct install_request *request, const struct trusted_archive *archive, const char *target,
		    struct error *err)
{
	CLEANUP(extract_result_release) struct extract_result result = { 0 };

	if (is_folder(target))
		return trusted_root_judge(target, archive->signature.archive_sha256, &request->trust, err);
	if (!trusted_archive_extract(archive, target, &result, err))
		return false;
	if (!request->run.quiet)
		console_note("%s extracted to %s: %llu files", request->package, target,
			     (unsigned long long)result.files);
	return true;
}

/* The digest names the folder; it is that of the bytes whose signature was checked. */
static bool open_archive(const struct install_request *request, const char *beside, char ret[static DIGEST_TEXT_SIZE],
			 char **ret_folder, struct error *err)
{
	CLEANUP(trusted_archive_release) struct trusted_archive archive = TRUSTED_ARCHIVE_INIT;
	CLEANUP_FREE char *name = install_name(request->package);
	CLEANUP_FREE char *parent = fs_join(beside, "packages");

	if (!fs_make_folders(parent, FS_MODE_FOLDER, err) ||
	    !trusted_archive_open(request->package, &request->trust, parent, &archive, err) ||
	    !trusted_archive_judge(&archive, &request->trust, err) ||
	    !digest_of_file(archive.fd, request->package, ret, err))
		return false;
	*ret_folder = xasprintf("%s/%s-%.*s", parent, name, SHORT_DIGEST, ret);
	return extract(request, &archive, *ret_folder, err);
}

bool install_source_open(const struct install_request *request, const char *beside, struct install_source *ret,
			 struct error *err)
{
	bool is_archive = !is_folder(request->package);
	CLEANUP_FREE char *name = install_name(request->package);
	CLEANUP_FREE char *folder = is_archive ? NULL : xstrdup(request->package);
	CLEANUP_FREE char *root = NULL;
	char digest[DIGEST_TEXT_SIZE];

	if (is_archive ? !open_archive(request, beside, digest, &folder, err)
		       : !trusted_root_judge(folder, NULL, &request->trust, err))
		return false;
	if (!find_root(folder, request->kind, &root, err) ||
	    (!is_archive && !digest_folder(root, request->kind, digest, err)))
		return false;
	ret->root = TAKE(root);
	ret->runbook_id = request->runbook_id ? xstrdup(request->runbook_id)
					      : xasprintf("%s-%.*s%s", name, SHORT_DIGEST, digest,
							  request->kind == INSTALL_DEV ? "-dev" : "");
	return true;
}
