// SPDX-License-Identifier: MIT
#include "engine/package/package_verify.h"

#include <inttypes.h>

#include "engine/package/package_digests.h"
#include "engine/package/package_files.h"
#include "packages/signature_record.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

const char *verify_subject_name(enum verify_subject subject)
{
	static const char *const names[] = { "digests", "signature", "structure", "scripts", "interpreters" };

	return names[subject];
}

const char *verify_verdict_name(enum verify_verdict verdict)
{
	static const char *const names[] = { "ok", "none", "bad" };

	return names[verdict];
}

void verify_report_release(struct verify_report *report)
{
	for (size_t i = 0; i < VERIFY_COUNT; i++) {
		free(report->checks[i].text);
		problem_list_release(&report->checks[i].problems);
	}
}

static void conclude(struct verify_check *check, enum verify_verdict verdict, char *text)
{
	check->verdict = verdict;
	check->text = text;
}

/* ---- Digests ------------------------------------------------------------------------------------------------ */

struct newcomers {
	const struct digest_list *list;
	size_t count;
};

static bool count_newcomer(void *context, const struct tree_item *item, struct error *err)
{
	struct newcomers *self = context;

	(void)err;
	if (!S_ISDIR(item->st->st_mode) && package_files_is_own(item->path) &&
	    !digest_list_find(self->list, item->path))
		self->count++;
	return true;
}

/* Steps may leave files beside their scripts: that they are there is told, and no fault. */
static char *describe_files(const struct digest_changes *changes, size_t newcomers)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "%zu of %zu files are as they were extracted", changes->checked - changes->count,
		    changes->checked);
	if (newcomers)
		strbuf_addf(&text, "; %zu came later", newcomers);
	return strbuf_detach(&text);
}

static bool compare_files(const struct package_root *root, const struct digest_list *list, struct verify_check *check,
			  struct error *err)
{
	CLEANUP_DIGEST_CHANGES struct digest_changes changes = { 0 };
	struct newcomers newcomers = { list, 0 };
	const struct tree_walk walk = { .enter = count_newcomer, .context = &newcomers, .root = root->path };

	if (!package_digests_compare(root, list, NULL, &changes, err) || !tree_walk(root->fd, &walk, err))
		return false;
	for (size_t i = 0; i < changes.count; i++) {
		CLEANUP_FREE char *text = digest_change_text(&changes.items[i], WHEN_EXTRACTED);

		problem_add(&check->problems, NULL, 0, "%s", text);
	}
	conclude(check, changes.count ? VERDICT_BAD : VERDICT_GOOD, describe_files(&changes, newcomers.count));
	return true;
}

static bool check_digests(const struct package_view *view, struct verify_check *check, struct error *err)
{
	CLEANUP_DIGEST_LIST struct digest_list *list = NULL;
	CLEANUP_ERROR struct error trouble = ERROR_INIT;

	if (view->is_archive) {
		conclude(check, VERDICT_GOOD,
			 xasprintf("%" PRIu64 " files unpacked (%s), with the checksums of the archive",
				   view->extracted.files, view->extracted.format));
		return true;
	}
	if (!digest_list_load(view->root.path, &list, &trouble)) {
		conclude(check, VERDICT_BAD, xstrdup("the list of digests cannot be used"));
		problem_add(&check->problems, NULL, 0, "%s", trouble.message);
		return trouble.code != ERROR_SYSTEM || error_set(err, ERROR_SYSTEM, "%s", trouble.message);
	}
	if (list)
		return compare_files(&view->root, list, check, err);
	conclude(check, VERDICT_NONE,
		 xstrdup("this folder was not made by package extract: there is nothing to compare with"));
	return true;
}

/* ---- Signature ---------------------------------------------------------------------------------------------- */

static char *describe_signature(const struct signature *signature)
{
	char expires[CLOCK_TEXT_SIZE];

	clock_format_plain(signature->expires_ns, expires);
	return xasprintf("signed by %s (%s), whose certificate is valid until %s", signature->signer, signature->key,
			 expires);
}

static void check_archive_signature(const struct package_view *view, const struct trust *trust,
				    struct verify_check *check)
{
	const struct signature *signature = &view->archive.signature;

	switch (signature->state) {
	case SIGNATURE_NONE:
		conclude(check, trust->required ? VERDICT_BAD : VERDICT_NONE,
			 xasprintf("not signed: there is no %s" SIGNATURE_ENDING, view->path));
		break;
	case SIGNATURE_TRUSTED:
		conclude(check, VERDICT_GOOD, describe_signature(signature));
		break;
	case SIGNATURE_UNTRUSTED:
		conclude(check, VERDICT_BAD,
			 xasprintf("signed by %s, who is not trusted: %s", signature->signer, signature->reason));
		break;
	default:
		conclude(check, VERDICT_BAD, xasprintf("does not fit: %s", signature->reason));
	}
}

/* What was true of the archive when the folder was made of it. */
static bool check_folder_signature(const struct package_view *view, const struct trust *trust,
				   struct verify_check *check, struct error *err)
{
	CLEANUP(signature_record_release) struct signature_record record = { 0 };
	CLEANUP_ERROR struct error trouble = ERROR_INIT;
	bool found = false;

	if (!signature_record_load(view->root.path, &record, &found, &trouble)) {
		conclude(check, VERDICT_BAD, xstrdup("the record of the signature cannot be used"));
		problem_add(&check->problems, NULL, 0, "%s", trouble.message);
		return trouble.code != ERROR_SYSTEM || error_set(err, ERROR_SYSTEM, "%s", trouble.message);
	}
	if (found)
		conclude(check, VERDICT_GOOD,
			 xasprintf("extracted from %s, signed by %s, who was trusted on %.10s", record.archive,
				   record.signer, record.checked));
	else
		conclude(check, trust->required ? VERDICT_BAD : VERDICT_NONE,
			 xstrdup("not extracted from an archive with a trusted signature"));
	return true;
}

/* ---- Content ------------------------------------------------------------------------------------------------ */

static void take_problems(struct verify_check *check, struct problem_list *from, char *good, const char *bad)
{
	bool is_good = problem_list_total(from) == 0;

	conclude(check, is_good ? VERDICT_GOOD : VERDICT_BAD,
		 is_good ? good : xasprintf("%zu %s", problem_list_total(from), bad));
	if (!is_good)
		free(good);
	check->problems = *from;
	*from = (struct problem_list)PROBLEM_LIST_INIT;
}

static size_t count_scripts(const struct package_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->service_count; i++)
		for (size_t j = 0; j < report->services[i].script_count; j++)
			count += report->services[i].scripts[j].found;
	return count;
}

static bool check_content(const struct package_view *view, struct verify_report *ret, struct error *err)
{
	CLEANUP_PACKAGE_REPORT struct package_report report = { 0 };

	if (!package_report_make(&view->root, view->is_package, &report, err))
		return false;
	take_problems(&ret->checks[VERIFY_STRUCTURE], &report.structure,
		      xasprintf("%zu service models and %zu modules, all documents readable", report.service_count,
				report.module_count),
		      "problems");
	take_problems(&ret->checks[VERIFY_SCRIPTS], &report.scripts,
		      xasprintf("all %zu scripts are there", count_scripts(&report)), "problems");
	take_problems(&ret->checks[VERIFY_INTERPRETERS], &report.interpreters,
		      xstrdup("everything that runs them is on this machine"), "scripts cannot be run on this machine");
	return true;
}

bool package_verify(const struct package_view *view, const struct trust *trust, struct verify_report *ret,
		    struct error *err)
{
	if (view->is_archive)
		check_archive_signature(view, trust, &ret->checks[VERIFY_SIGNATURE]);
	else if (!check_folder_signature(view, trust, &ret->checks[VERIFY_SIGNATURE], err))
		return false;
	return check_digests(view, &ret->checks[VERIFY_DIGESTS], err) && check_content(view, ret, err);
}

static bool is_bad(const struct verify_report *report, enum verify_subject first, enum verify_subject last)
{
	for (enum verify_subject subject = first; subject <= last; subject++)
		if (report->checks[subject].verdict == VERDICT_BAD)
			return true;
	return false;
}

bool verify_judge(const struct verify_report *report, const char *path, struct error *err)
{
	if (is_bad(report, VERIFY_DIGESTS, VERIFY_SIGNATURE))
		return error_set(err, ERROR_REFUSED, "%s: not to be trusted; see above", path);
	if (is_bad(report, VERIFY_STRUCTURE, VERIFY_INTERPRETERS))
		return error_set(err, ERROR_INPUT, "%s: would not run here as it is; see above", path);
	return true;
}
