// SPDX-License-Identifier: MIT
#include "engine/package/trusted_archive.h"

#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "engine/console.h"
#include "packages/private_copy.h"
#include "packages/signature_record.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

void trusted_archive_release(struct trusted_archive *archive)
{
	cleanup_fd_(&archive->fd);
	free(archive->path);
	signature_release(&archive->signature);
	*archive = (struct trusted_archive)TRUSTED_ARCHIVE_INIT;
}

static bool has_signature(const char *path)
{
	CLEANUP_FREE char *signature = signature_path(path);

	return access(signature, F_OK) == 0;
}

bool trusted_archive_open(const char *path, const struct trust *trust, const char *folder, struct trusted_archive *ret,
			  struct error *err)
{
	off_t size = 0;
	struct signature_request request = { .archive = path, .trust_folder = trust->folder };

	if (!fs_open_regular(path, &ret->fd, &size, err))
		return false;
	ret->path = xstrdup(path);
	ret->size_bytes = (uint64_t)size;
	if (has_signature(path) && !private_copy(&ret->fd, path, folder, err))
		return false;
	request.archive_fd = ret->fd;
	return signature_check(&request, &ret->signature, err);
}

bool trusted_archive_judge(const struct trusted_archive *archive, const struct trust *trust, struct error *err)
{
	const struct signature *signature = &archive->signature;

	if (signature->state == SIGNATURE_WRONG)
		return error_set(err, ERROR_REFUSED,
				 "%s: its signature " SIGNATURE_ENDING
				 " does not fit: %s\n  get archive and signature again from where they come from",
				 archive->path, signature->reason);
	if (!trust->required || signature->state == SIGNATURE_TRUSTED)
		return true;
	if (signature->state == SIGNATURE_NONE)
		return error_set(err, ERROR_REFUSED,
				 "%s: not signed: there is no %s" SIGNATURE_ENDING ", and -requiresignature is set",
				 archive->path, archive->path);
	return error_set(err, ERROR_REFUSED,
			 "%s: signed by %s, who is not trusted: %s\n  trusted are the certificates in %s",
			 archive->path, *signature->signer ? signature->signer : "somebody", signature->reason,
			 trust->folder ? trust->folder : SIGNATURE_TRUST_FOLDER);
}

/* Whoever reads the message knows the archive by its name, not by our descriptor. */
static bool name_archive(const struct trusted_archive *archive, const char *opened, struct error *err)
{
	size_t length = strlen(opened);
	CLEANUP_FREE char *message = err->message;

	if (strncmp(message, opened, length) == 0)
		err->message = xasprintf("%s%s", archive->path, message + length);
	else
		err->message = TAKE(message);
	return false;
}

/* Whatever archive the request names. */
static bool extract(const struct trusted_archive *archive, const struct extract_request *request,
		    struct extract_result *ret, struct error *err)
{
	CLEANUP_FREE char *opened = xasprintf("/proc/self/fd/%d", archive->fd);
	struct extract_request of_opened = *request;

	of_opened.archive = opened;
	if (!extract_run(&of_opened, ret, err))
		return name_archive(archive, opened, err);
	return archive->signature.state != SIGNATURE_TRUSTED ||
	       signature_record_write(request->target, archive->path, &archive->signature, err);
}

bool trusted_archive_extract(const struct trusted_archive *archive, const char *target, struct extract_result *ret,
			     struct error *err)
{
	return extract(archive, &(struct extract_request){ .target = target, .limits = &extract_default_limits }, ret,
		       err);
}

static void note_untrusted(const struct trusted_archive *archive)
{
	if (archive->signature.state == SIGNATURE_UNTRUSTED)
		console_note("warning: %s: its signature is not trusted: %s", archive->path, archive->signature.reason);
}

bool trusted_archive_unpack(const struct extract_request *request, const struct trust *trust,
			    struct extract_result *ret, struct error *err)
{
	CLEANUP(trusted_archive_release) struct trusted_archive archive = TRUSTED_ARCHIVE_INIT;
	CLEANUP_FREE char *absolute = fs_absolute(request->target);
	CLEANUP_FREE char *folder = fs_folder_of(absolute);

	if (!trusted_archive_open(request->archive, trust, folder, &archive, err) ||
	    !trusted_archive_judge(&archive, trust, err))
		return false;
	note_untrusted(&archive);
	return extract(&archive, request, ret, err);
}

bool trusted_root_judge(const char *root, const char *archive_sha256, const struct trust *trust, struct error *err)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	bool found;

	if (!trust->required)
		return true;
	if (!signature_record_load(root, &record, &found, err))
		return false;
	if (found && (!archive_sha256 || strcmp(record.archive_sha256, archive_sha256) == 0))
		return true;
	if (archive_sha256)
		return error_set(err, ERROR_REFUSED,
				 "%s: was extracted before, but not from this archive with a trusted signature, and "
				 "-requiresignature is set\n  remove that folder and run this again",
				 root);
	return error_set(
		err, ERROR_REFUSED,
		"%s: was not extracted from an archive with a trusted signature, and -requiresignature is set\n"
		"  extract it anew: runbook package extract ARCHIVE -target=NEW-FOLDER -requiresignature",
		root);
}
