// SPDX-License-Identifier: MIT
#include "runbook/catalogue.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/xml_doc.h"

enum { LIMIT_BYTES = 4 << 20, EXIT_CODE_MOST = 255 };

void catalogue_release(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		free(catalogue->items[i].code);
		free(catalogue->items[i].patterns);
		free(catalogue->items[i].cause);
		free(catalogue->items[i].action);
	}
	free(catalogue->items);
	*catalogue = (struct catalogue){ 0 };
}

static char *read_patterns(struct xml_doc *doc, xmlNode *element)
{
	CLEANUP_STRBUF struct strbuf patterns = STRBUF_INIT;
	xmlNode *pattern = NULL;

	while ((pattern = xml_read_next(doc, element, pattern, "Pattern"))) {
		CLEANUP_FREE char *text = xml_read_own_text(doc, pattern, XML_NOT_EMPTY | XML_TRIM);

		if (strchr(text, '\n'))
			problem_add(doc->problems, doc->file, xml_line(pattern),
				    "Pattern must be one line: lines are judged one by one");
		strbuf_addf(&patterns, "%s%s", patterns.length ? "\n" : "", text);
	}
	return strbuf_detach(&patterns);
}

static int read_exit_code(struct xml_doc *doc, xmlNode *element)
{
	xmlNode *child = xml_read_child(doc, element, "ExitCode", XML_OPTIONAL);
	CLEANUP_FREE char *text = child ? xml_read_own_text(doc, child, XML_TRIM) : NULL;
	char *end = NULL;
	long number = text && *text ? strtol(text, &end, 10) : -1;

	if (!text)
		return -1;
	if (!end || *end || number < 1 || number > EXIT_CODE_MOST) {
		problem_add(doc->problems, doc->file, xml_line(child), "ExitCode must be a number from 1 to %d",
			    EXIT_CODE_MOST);
		return -1;
	}
	return (int)number;
}

static void read_entry(struct xml_doc *doc, xmlNode *element, struct catalogue_entry *ret)
{
	const unsigned rules = XML_REQUIRED | XML_NOT_EMPTY | XML_TRIM;

	ret->line = xml_line(element);
	ret->code = xml_read_text(doc, element, "Code", XML_PLAIN_NAME);
	ret->patterns = read_patterns(doc, element);
	ret->exit_code = read_exit_code(doc, element);
	ret->cause = xml_read_text(doc, element, "Cause", rules);
	ret->action = xml_read_text(doc, element, "Action", rules);
	if (!*ret->patterns && ret->exit_code < 0)
		problem_add(doc->problems, doc->file, ret->line, "ErrorCode needs a Pattern or an ExitCode");
}

static void read_catalogue(struct xml_doc *doc, xmlNode *root, void *ret)
{
	struct catalogue *catalogue = ret;
	xmlNode *element = NULL;

	while ((element = xml_read_next(doc, root, element, "ErrorCode"))) {
		catalogue->items =
			xgrow(catalogue->items, catalogue->count, &catalogue->alloc, sizeof(*catalogue->items));
		catalogue->items[catalogue->count] = (struct catalogue_entry){ 0 };
		read_entry(doc, element, &catalogue->items[catalogue->count++]);
	}
}

static void release_catalogue(void *catalogue)
{
	catalogue_release(catalogue);
}

static const struct xml_doc_kind catalogue_kind = { "ErrorCodeData", read_catalogue, release_catalogue };

bool catalogue_read(const char *path, struct catalogue *ret, struct problem_list *problems,
		    struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, LIMIT_BYTES, problems);

	*ret = (struct catalogue){ 0 };
	return xml_doc_read_as(&catalogue_kind, ret, source, problems, warnings);
}

bool catalogue_parse(const struct document *document, struct catalogue *ret, struct problem_list *problems,
		     struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE
	struct xml_source *source = xml_source_from_memory(document->text, document->length, document->file);

	*ret = (struct catalogue){ 0 };
	return xml_doc_read_as(&catalogue_kind, ret, source, problems, warnings);
}
