// SPDX-License-Identifier: MIT
#include "runbook/xml_parser.h"

#include <pthread.h>
#include <stdlib.h>

#include "runbook/base/utf8.h"
#include "runbook/xml_guard.h"

enum {
	MESSAGE_LIMIT = 300,
	/* The dictionary has at most 16384 chains, so a million names take minutes. Documents of ours have a hundred. */
	DICTIONARY_LIMIT_BYTES = 1 << 20,
};

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static xmlParserInputPtr load_nothing(const char *url, const char *id, xmlParserCtxtPtr context)
{
	(void)url;
	(void)id;
	(void)context;
	return NULL;
}

static void prepare_library(void)
{
	xmlInitParser();
	xmlSetExternalEntityLoader(load_nothing);
}

/* Then the library says that there is no memory, or that a name is none. */
static bool is_dictionary_full(const struct xml_parser *parser)
{
	return xmlDictGetUsage(parser->context->dict) > DICTIONARY_LIMIT_BYTES;
}

/* The library's sentence in one line, without what a document may have smuggled into it. */
static void add_error(struct xml_parser *parser, const xmlError *error)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	strbuf_add_str(&text, error->message ? error->message : "not well-formed");
	strbuf_trim(&text);
	strbuf_add_visible(&shown, text.data, MESSAGE_LIMIT);
	problem_add(parser->problems, parser->file, error->line > 0 ? (unsigned)error->line : 0,
		    is_dictionary_full(parser) ? "too many different names, or not well-formed XML: %s"
					       : "not well-formed XML: %s",
		    shown.data);
}

static void on_error(void *user, xmlErrorPtr error)
{
	struct xml_parser *parser = xml_parser_of(user);

	if (error->level < XML_ERR_ERROR || parser->failed)
		return;
	/* Memory that runs out ends the program, here as elsewhere. */
	if (error->code == XML_ERR_NO_MEMORY && !is_dictionary_full(parser))
		abort();
	add_error(parser, error);
	xml_parser_stop(parser);
}

void xml_parser_init(struct xml_parser *parser, const xmlSAXHandler *sax, void *user, struct problem_list *problems)
{
	xmlParserCtxt *context;

	(void)pthread_once(&library_once, prepare_library);
	context = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
	if (!context)
		abort();
	if (sax)
		*context->sax = *sax;
	context->sax->initialized = XML_SAX2_MAGIC;
	context->sax->serror = on_error;
	(void)xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
	(void)xmlDictSetLimit(context->dict, DICTIONARY_LIMIT_BYTES);
	*parser = (struct xml_parser){ .context = context, .problems = problems, .user = user };
	context->_private = parser;
}

void xml_parser_release(struct xml_parser *parser)
{
	if (!parser->context)
		return;
	xmlFreeDoc(parser->context->myDoc);
	xmlFreeParserCtxt(parser->context);
	parser->context = NULL;
}

/* Not xmlStopParser(): it frees the input, which the caller of an error handler may still be looking at. */
void xml_parser_stop(struct xml_parser *parser)
{
	parser->failed = true;
	parser->context->disableSAX = 1;
}

unsigned xml_parser_line(const struct xml_parser *parser)
{
	return parser->context->input ? (unsigned)parser->context->input->line : 0;
}

static bool parse(struct xml_parser *parser, const char *data, size_t length, bool last)
{
	(void)xmlParseChunk(parser->context, data, (int)length, last);
	return !parser->failed;
}

/* What stands before the refused place is parsed first: an error there is the one to report. */
static bool refuse(struct xml_parser *parser, const struct xml_chunk *chunk, size_t place, const char *reason)
{
	if (parse(parser, chunk->data, place, false)) {
		problem_add(parser->problems, parser->file, chunk->line + xml_count_lines(chunk->data, place), "%s",
			    reason);
		parser->failed = true;
	}
	return false;
}

bool xml_parser_run(struct xml_parser *parser, struct xml_source *source)
{
	struct xml_guard guard = { .item_limit = parser->item_limit };
	struct xml_chunk chunk = { 0 };
	size_t safe = 0;

	parser->file = xml_source_file(source);
	do {
		const char *reason;

		if (!xml_source_next(source, safe, &chunk, parser->problems)) {
			parser->failed = true;
			return false;
		}
		reason = xml_guard_scan(&guard, chunk.data, chunk.length, chunk.last, &safe);
		if (reason)
			return refuse(parser, &chunk, safe, reason);
		if (!parse(parser, chunk.data, safe, chunk.last))
			return false;
	} while (!chunk.last);
	if (parser->context->wellFormed && parser->context->nsWellFormed)
		return true;
	problem_add(parser->problems, parser->file, 0, "not well-formed XML");
	return false;
}
