// SPDX-License-Identifier: MIT
#include "engine/report/bundle.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/console.h"
#include "engine/report/bundle_facts.h"
#include "engine/report/report_write.h"
#include "logs/mask.h"
#include "packages/archive_writer.h"
#include "packages/digest.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "steps/extract.h"
#include "steps/transfer.h"

/* An exported runbook is read back whole. */
enum { EXPORT_LIMIT = 1 << 30 };

struct bundle {
	struct archive_writer *writer;
	const char *id;
	struct strbuf contents;
};

static void bundle_release(struct bundle *bundle)
{
	archive_writer_free(bundle->writer);
	strbuf_release(&bundle->contents);
}

bool bundle_check(const char *name, const struct strbuf *content, struct error *err)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT;

	mask_text(content->data, content->length, &masked);
	if (masked.length == content->length && memcmp(masked.data, content->data, masked.length) == 0)
		return true;
	return error_set(
		err, ERROR_REFUSED,
		"%s: still holds what looks like a secret, so no bundle is written; tell those who keep runbook", name);
}

/* As it is, once the last look has found nothing. */
static bool put(struct bundle *bundle, const char *name, const struct strbuf *content, struct error *err)
{
	CLEANUP_FREE char *full = xasprintf("%s/%s", bundle->id, name);

	return bundle_check(name, content, err) &&
	       archive_writer_add(bundle->writer, full, content->data, content->length, err);
}

static bool add(struct bundle *bundle, const char *name, const struct strbuf *content, struct error *err)
{
	CLEANUP_STRBUF struct strbuf masked = STRBUF_INIT;
	char digest[DIGEST_TEXT_SIZE];

	mask_text(content->data, content->length, &masked);
	digest_bytes(masked.data, masked.length, digest);
	strbuf_addf(&bundle->contents, "%s  %10zu  %s\n", digest, masked.length, name);
	return put(bundle, name, &masked, err);
}

/* ---- Parts ----------------------------------------------------------------------------------------------- */

static bool add_facts(struct bundle *bundle, struct ledger *ledger, const struct report *report, struct error *err)
{
	CLEANUP_FREE char *ledger_folder = fs_folder_of(ledger_path(ledger));
	const char *const folders[] = { "/", ledger_folder, report->runbook.package_root, NULL };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	bundle_add_facts(&text, folders);
	return add(bundle, "facts.txt", &text, err);
}

static bool add_extract(struct bundle *bundle, struct ledger *ledger, const struct report *report, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	return ledger_extract(ledger, &report->runbook, &text, err) && add(bundle, "ledger.sql", &text, err);
}

static bool add_reports(struct bundle *bundle, const struct report *report, struct error *err)
{
	CLEANUP_STRBUF struct strbuf json = STRBUF_INIT, text = STRBUF_INIT;

	report_write_json(report, &json);
	report_write_text(report, &text);
	return add(bundle, "report.json", &json, err) && add(bundle, "report.txt", &text, err);
}

/* The export goes to a file of its own beside the bundle, and is gone when it has been read. */
static bool add_runbook(struct bundle *bundle, struct ledger *ledger, const char *path, struct error *err)
{
	CLEANUP_FREE char *temporary = xasprintf("%s.%d.xml", path, (int)getpid());
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	bool fine =
		ledger_export(ledger, bundle->id, temporary, err) && fs_read_file(temporary, EXPORT_LIMIT, &text, err);

	(void)unlink(temporary);
	return fine && add(bundle, "runbook.xml", &text, err);
}

/* The end of the log; a log that cannot be read is told in its place. */
static void read_log(const char *path, struct strbuf *ret)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FD int fd = -1;
	off_t size = 0, from;
	ssize_t length;

	if (!fs_open_regular(path, &fd, &size, &err)) {
		strbuf_addf(ret, "%s\n", err.message);
		return;
	}
	from = size > BUNDLE_LOG_BYTES ? size - BUNDLE_LOG_BYTES : 0;
	if (from)
		strbuf_addf(ret, "[the first %lld bytes are left out]\n", (long long)from);
	strbuf_grow(ret, (size_t)(size - from));
	length = pread(fd, ret->data + ret->length, (size_t)(size - from), from);
	if (length > 0)
		strbuf_set_length(ret, ret->length + (size_t)length);
}

static bool add_logs(struct bundle *bundle, const struct report *report, struct error *err)
{
	for (size_t i = 0; i < report->attempt_count; i++) {
		const struct report_attempt *attempt = &report->attempts[i];
		CLEANUP_FREE char *name = NULL;
		CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

		if (!*attempt->log_path)
			continue;
		name = xasprintf("logs/%05u-%s", attempt->step, fs_name_of(attempt->log_path));
		read_log(attempt->log_path, &text);
		if (!add(bundle, name, &text, err))
			return false;
	}
	return true;
}

/* ---- The whole ------------------------------------------------------------------------------------------- */

bool bundle_write(struct ledger *ledger, const char *runbook_id, const char *path, struct error *err)
{
	CLEANUP(bundle_release) struct bundle bundle = { .contents = STRBUF_INIT };
	CLEANUP_REPORT struct report report = { 0 };

	if (!report_read(ledger, runbook_id, &report, err) || !archive_writer_open(path, &bundle.writer, err))
		return false;
	bundle.id = report.runbook.id;
	return add_facts(&bundle, ledger, &report, err) && add_extract(&bundle, ledger, &report, err) &&
	       add_reports(&bundle, &report, err) && add_runbook(&bundle, ledger, path, err) &&
	       add_logs(&bundle, &report, err) && put(&bundle, "CONTENTS.txt", &bundle.contents, err) &&
	       archive_writer_commit(bundle.writer, err);
}

void bundle_write_to_folder(struct ledger *ledger, const char *runbook_id, const char *folder)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *path = NULL;
	char stamp[CLOCK_TEXT_SIZE];

	clock_format_stamp(clock_wall_ns(), stamp);
	path = xasprintf("%s/%s-%s.tar.gz", folder, runbook_id, stamp);
	if (fs_make_folders(folder, FS_MODE_FOLDER, &err) && bundle_write(ledger, runbook_id, path, &err))
		console_note("how runbook %s stands, for whoever looks for a cause, is in %s", runbook_id, path);
	else
		console_note("no bundle was written: %s", err.message);
}
