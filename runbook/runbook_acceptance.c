// SPDX-License-Identifier: MIT
#include "runbook/runbook_acceptance.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_doc.h"
#include "runbook/xml_out.h"

/* As deep as the writer puts it: it keeps XML text as it is. */
enum { LEVEL_WHOLE = 1, LEVEL_PART, LEVEL_FIELD };

static const char tag_start[] = "<" RUNBOOK_ACCEPTANCE ">";
static const char tag_end[] = "</" RUNBOOK_ACCEPTANCE ">";

void runbook_acceptance_release(struct runbook_acceptance *acceptance)
{
	free(acceptance->sign_time);
	free(acceptance->sign_user);
	free(acceptance->sign_reason);
	free(acceptance->backups_removed);
	free(acceptance->restored_by);
	free(acceptance->restores);
	free(acceptance->restore_time);
	free(acceptance->restore_user);
	free(acceptance->restore_reason);
	*acceptance = (struct runbook_acceptance){ 0 };
}

/* ---- Writing --------------------------------------------------------------------------------------------- */

static void add_text(struct strbuf *xml, const char *name, const char *text)
{
	if (text && *text)
		xml_out_text(xml, LEVEL_FIELD, name, text);
}

static void add_decision(struct strbuf *xml, const char *time, const char *user, const char *reason)
{
	add_text(xml, "Time", time);
	add_text(xml, "UserName", user);
	add_text(xml, "Reason", reason);
}

static bool is_said(const char *text)
{
	return text && *text;
}

static void add_restore(struct strbuf *xml, const char *name, const char *id,
			const struct runbook_acceptance *acceptance)
{
	if (!is_said(id))
		return;
	xml_out_open(xml, LEVEL_PART, name);
	add_text(xml, "RunbookID", id);
	if (id == acceptance->restored_by)
		add_text(xml, "State", acceptance->is_restored ? "Completed" : "InProgress");
	add_decision(xml, acceptance->restore_time, acceptance->restore_user, acceptance->restore_reason);
	xml_out_close(xml, LEVEL_PART, name);
}

static void add_sign_off(struct strbuf *xml, const struct runbook_acceptance *acceptance)
{
	if (!is_said(acceptance->sign_time))
		return;
	xml_out_open(xml, LEVEL_PART, "SignOff");
	add_decision(xml, acceptance->sign_time, acceptance->sign_user, acceptance->sign_reason);
	add_text(xml, "BackupsRemoved", acceptance->backups_removed);
	xml_out_close(xml, LEVEL_PART, "SignOff");
}

void runbook_acceptance_write(const struct runbook_acceptance *acceptance, struct strbuf *ret)
{
	if (!is_said(acceptance->sign_time) && !is_said(acceptance->restored_by) && !is_said(acceptance->restores))
		return;
	strbuf_add_str(ret, tag_start);
	add_sign_off(ret, acceptance);
	add_restore(ret, "RestoredBy", acceptance->restored_by, acceptance);
	add_restore(ret, "Restores", acceptance->restores, acceptance);
	xml_out_close(ret, LEVEL_WHOLE, RUNBOOK_ACCEPTANCE);
}

/* ---- Reading --------------------------------------------------------------------------------------------- */

static void read_restore(struct xml_doc *doc, xmlNode *part, struct runbook_acceptance *ret)
{
	ret->restore_time = xml_read_text(doc, part, "Time", XML_TRIM);
	ret->restore_user = xml_read_text(doc, part, "UserName", XML_TRIM);
	ret->restore_reason = xml_read_text(doc, part, "Reason", XML_TRIM);
}

static void read_element(struct xml_doc *doc, xmlNode *root, void *context)
{
	struct runbook_acceptance *ret = context;
	xmlNode *sign_off = xml_read_child(doc, root, "SignOff", XML_OPTIONAL);
	xmlNode *restored_by = xml_read_child(doc, root, "RestoredBy", XML_OPTIONAL);
	xmlNode *restores = xml_read_child(doc, root, "Restores", XML_OPTIONAL);

	if (sign_off) {
		ret->sign_time = xml_read_text(doc, sign_off, "Time", XML_TRIM);
		ret->sign_user = xml_read_text(doc, sign_off, "UserName", XML_TRIM);
		ret->sign_reason = xml_read_text(doc, sign_off, "Reason", XML_TRIM);
		ret->backups_removed = xml_read_text(doc, sign_off, "BackupsRemoved", XML_TRIM);
	}
	if (restored_by) {
		CLEANUP_FREE char *word = xml_read_text(doc, restored_by, "State", XML_TRIM);

		ret->restored_by = xml_read_text(doc, restored_by, "RunbookID", XML_TRIM);
		ret->is_restored = strcmp(word, "Completed") == 0;
		read_restore(doc, restored_by, ret);
	} else if (restores) {
		ret->restores = xml_read_text(doc, restores, "RunbookID", XML_TRIM);
		read_restore(doc, restores, ret);
	}
}

static void fill(struct runbook_acceptance *acceptance)
{
	xfill(&acceptance->sign_time);
	xfill(&acceptance->sign_user);
	xfill(&acceptance->sign_reason);
	xfill(&acceptance->backups_removed);
	xfill(&acceptance->restored_by);
	xfill(&acceptance->restores);
	xfill(&acceptance->restore_time);
	xfill(&acceptance->restore_user);
	xfill(&acceptance->restore_reason);
}

static void release_element(void *acceptance)
{
	runbook_acceptance_release(acceptance);
}

/* Where it begins in the tail, NULL if it does not; *ret_end is behind it. */
static const char *find(const char *tail_xml, const char **ret_end)
{
	const char *start = strstr(tail_xml, tag_start);
	const char *end = start ? strstr(start, tag_end) : NULL;

	if (end)
		*ret_end = end + sizeof(tag_end) - 1;
	return end ? start : NULL;
}

bool runbook_acceptance_read(const char *tail_xml, struct runbook_acceptance *ret)
{
	static const struct xml_doc_kind kind = { RUNBOOK_ACCEPTANCE, read_element, release_element };
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_XML_SOURCE struct xml_source *source = NULL;
	const char *end;
	const char *start = find(tail_xml, &end);

	if (!start)
		return false;
	source = xml_source_from_memory(start, (size_t)(end - start), RUNBOOK_ACCEPTANCE);
	if (!xml_doc_read_as(&kind, ret, source, &problems, &warnings))
		return false;
	fill(ret);
	return true;
}

char *runbook_acceptance_cut(const char *tail_xml)
{
	CLEANUP_STRBUF struct strbuf rest = STRBUF_INIT;
	const char *end;
	const char *start = find(tail_xml, &end);

	if (!start)
		return xstrdup(tail_xml);
	strbuf_add(&rest, tail_xml, (size_t)(start - tail_xml));
	strbuf_add_str(&rest, end);
	strbuf_trim(&rest);
	return strbuf_detach(&rest);
}
