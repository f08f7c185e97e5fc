// SPDX-License-Identifier: MIT
#include "engine/install_package.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "engine/console.h"
#include "packages/digest.h"
#include "packages/extract.h"
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
	return kind == INSTALL_DEV ? "DevInstallServiceModelData.xml" : "DefaultServiceModelData.xml";
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

static bool has_file(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = fs_join(folder, name);
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Whether the folder is a package root, whatever can be installed of it. */
static bool is_root(const char *folder)
{
	return has_file(folder, install_service_model_name(INSTALL_ALL)) ||
	       has_file(folder, install_service_model_name(INSTALL_DEV));
}

/* The folders in `folder` that are package roots: archives are often made of a folder instead of its content. */
static bool find_inner_roots(const char *folder, struct strv *ret, struct error *err)
{
	CLEANUP_DIR DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return error_set_errno(err, errno, "%s", folder);
	while ((entry = readdir(dir))) {
		CLEANUP_FREE char *inner = fs_join(folder, entry->d_name);

		if (entry->d_name[0] != '.' && is_root(inner))
			strv_push(ret, inner);
	}
	return true;
}

static bool find_root(const char *folder, enum install_kind kind, char **ret, struct error *err)
{
	CLEANUP_STRV struct strv inner = STRV_INIT;
	CLEANUP_FREE char *root = fs_absolute(folder);

	if (!is_root(root)) {
		if (!find_inner_roots(root, &inner, err))
			return false;
		if (inner.count != 1)
			return error_set(err, ERROR_INPUT, "%s: no deployable package: it has no %s", folder,
					 install_service_model_name(INSTALL_ALL));
		free(root);
		root = xstrdup(inner.items[0]);
	}
	if (!has_file(root, install_service_model_name(kind)))
		return kind == INSTALL_DEV
			       ? error_set(err, ERROR_REFUSED,
					   "The devInstall option is not applicable to the current deployable package.")
			       : error_set(err, ERROR_INPUT, "%s: has no %s", root, install_service_model_name(kind));
	*ret = TAKE(root);
	return true;
}

static bool digest_archive(const char *archive, char ret[static DIGEST_TEXT_SIZE], struct error *err)
{
	CLEANUP_FD int fd = -1;

	return fs_open_regular(archive, &fd, NULL, err) && digest_fd(fd, archive, ret, err);
}

static bool add_document(const char *root, const char *name, struct strbuf *ret, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(root, name);

	strbuf_add(ret, "", 1);
	return !has_file(root, name) || fs_read_file(path, DOCUMENT_LIMIT_BYTES, ret, err);
}

static bool digest_folder(const char *root, enum install_kind kind, char ret[static DIGEST_TEXT_SIZE],
			  struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add_str(&text, root);
	if (!add_document(root, install_service_model_name(kind), &text, err) ||
	    !add_document(root, "HotfixInstallationInfo.xml", &text, err))
		return false;
	digest_bytes(text.data, text.length, ret);
	return true;
}

/* The folder of the archive's content, which is there already if the same archive was seen before. */
static bool extract(const struct install_request *request, const char *target, struct error *err)
{
	CLEANUP_FREE char *parent = fs_folder_of(target);
	CLEANUP(extract_result_release) struct extract_result result = { 0 };

	if (is_folder(target))
		return true;
	if (!fs_make_folders(parent, FS_MODE_FOLDER, err) ||
	    !extract_archive(request->package, target, &extract_default_limits, &result, err))
		return false;
	if (!request->run.quiet)
		console_note("%s extracted to %s: %llu files", request->package, target,
			     (unsigned long long)result.files);
	return true;
}

bool install_source_open(const struct install_request *request, const char *beside, struct install_source *ret,
			 struct error *err)
{
	CLEANUP_FREE char *name = install_name(request->package);
	CLEANUP_FREE char *folder = is_folder(request->package) ? xstrdup(request->package) : NULL;
	CLEANUP_FREE char *root = NULL;
	char digest[DIGEST_TEXT_SIZE];
	bool is_archive = !folder;

	if (is_archive) {
		if (!digest_archive(request->package, digest, err))
			return false;
		folder = xasprintf("%s/packages/%s-%.*s", beside, name, SHORT_DIGEST, digest);
		if (!extract(request, folder, err))
			return false;
	}
	if (!find_root(folder, request->kind, &root, err) ||
	    (!is_archive && !digest_folder(root, request->kind, digest, err)))
		return false;
	ret->root = TAKE(root);
	ret->runbook_id = request->runbook_id ? xstrdup(request->runbook_id)
					      : xasprintf("%s-%.*s%s", name, SHORT_DIGEST, digest,
							  request->kind == INSTALL_DEV ? "-dev" : "");
	return true;
}
