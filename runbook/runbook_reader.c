// SPDX-License-Identifier: MIT
#include "runbook/runbook_reader.h"

#include <string.h>

#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"
#include "runbook/runbook_acceptance.h"
#include "runbook/runbook_build.h"
#include "runbook/xml_fragment.h"
#include "runbook/xml_parser.h"
#include "runbook/xml_scope.h"
#include "runbook/xml_unknown.h"
#include "runbook/xml_value.h"

enum {
	TEXT_LIMIT_BYTES = 10 << 20,  /* of one value of a step or log, and of all that it has of unknown elements */
	HEAD_LIMIT_BYTES = 128 << 20, /* the same of the root: a topology of 64 MiB is longer when it is escaped */
};

#define FILE_LIMIT_BYTES (UINT64_C(2) << 30)

/* An element of ours that is open and holds others. */
struct frame {
	enum runbook_place place;
	unsigned hint;          /* see runbook_field_find() */
	uint32_t seen;          /* a bit for each field */
	void *target;           /* where its values go */
	struct strbuf *unknown; /* where unknown elements are collected */
};

/* An element that is kept as XML text while it is open. */
struct keeping {
	bool is_on;
	const struct runbook_field
		*field; /* whose value it is; NULL: an unknown element, written to where it belongs */
	struct xml_fragment fragment;
	struct strbuf value; /* of the field */
	size_t limit_bytes;
};

/*
 * A DynamicStepDefinition while it is open. It is read and kept at once: nobody knows what those of others look like, and if
 * there is something in it that we would not write, it is an unknown element as a whole.
 */
struct dynamic {
	bool is_on;
	bool is_foreign;
	struct xml_fragment fragment;
	struct strbuf text;
};

/* What came behind a field the last time: most steps look alike. The parser has one pointer for each name. */
struct known {
	const xmlChar *name;
	unsigned number; /* of the field */
};

struct reader {
	struct runbook_build build;
	struct xml_parser *parser;
	struct xml_unknown unknown;
	struct xml_scope scope;
	struct frame frames[PLACE_COUNT];
	unsigned depth;
	struct known known[PLACE_COUNT][RUNBOOK_FIELD_LIMIT]; /* by place and hint */
	const struct runbook_field *field;                    /* whose text is being read; else NULL */
	unsigned field_line;
	struct strbuf text;
	struct strbuf space; /* white space before what comes next */
	struct keeping keeping;
	struct dynamic dynamic;
};

static struct reader *reader_of(void *context)
{
	return xml_parser_of(context)->user;
}

static unsigned line_of(const struct reader *reader)
{
	return xml_parser_line(reader->parser);
}

static struct frame *top(struct reader *reader)
{
	return &reader->frames[reader->depth - 1];
}

static bool is_in_sub_steps(const struct frame *frame)
{
	return frame->place == PLACE_DYNAMIC || frame->place == PLACE_SUB_STEP;
}

static void check_limit(struct reader *reader, size_t length, size_t limit_bytes)
{
	if (length <= limit_bytes)
		return;
	problem_add(reader->build.problems, reader->build.file, line_of(reader), "an element of more than %zu MiB",
		    limit_bytes >> 20);
	xml_parser_stop(reader->parser);
}

/* The place for one more unknown thing, behind the white space that it had. */
static struct strbuf *place_for_unknown(struct reader *reader)
{
	struct strbuf *unknown = top(reader)->unknown;

	if (unknown->length)
		strbuf_add(unknown, reader->space.data, reader->space.length);
	strbuf_clear(&reader->space);
	return unknown;
}

static size_t limit_of(const struct frame *frame)
{
	return frame->place == PLACE_ROOT ? HEAD_LIMIT_BYTES : TEXT_LIMIT_BYTES;
}

/* The element that begins is kept in `out` with its tags, and what it inherits. */
static void keep_outer(struct reader *reader, const struct xml_start *start, struct strbuf *out)
{
	CLEANUP_STRBUF struct strbuf inherited = STRBUF_INIT;

	xml_scope_add_missing(&reader->scope, start, &inherited);
	reader->keeping.is_on = true;
	reader->keeping.fragment = (struct xml_fragment){ .out = out };
	reader->keeping.limit_bytes = limit_of(top(reader));
	xml_fragment_start(&reader->keeping.fragment, start, inherited.data);
}

static void keep_value(struct reader *reader, const struct runbook_field *field, const struct xml_start *start)
{
	struct keeping *keeping = &reader->keeping;

	strbuf_clear(&keeping->value);
	keeping->field = field;
	if (field->kind == FIELD_OUTER_XML) {
		keep_outer(reader, start, &keeping->value);
		return;
	}
	keeping->is_on = true;
	keeping->fragment = (struct xml_fragment){ .out = &keeping->value };
	keeping->limit_bytes = limit_of(top(reader));
}

/* Kept as what we do not know, for whoever asks for it there (runbook_acceptance.h), but not reported. */
static bool is_acceptance(const struct frame *frame, const struct xml_start *start)
{
	return frame->place == PLACE_ROOT && !start->uri && strcmp((const char *)start->name, RUNBOOK_ACCEPTANCE) == 0;
}

static void keep_unknown(struct reader *reader, const struct xml_start *start)
{
	struct frame *frame = top(reader);

	reader->keeping.field = NULL;
	if (is_in_sub_steps(frame)) {
		reader->dynamic.is_foreign = true;
		strbuf_clear(&reader->keeping.value);
		keep_outer(reader, start, &reader->keeping.value);
		return;
	}
	if (!is_acceptance(frame, start))
		xml_unknown_element(&reader->unknown, line_of(reader), (const char *)start->name,
				    runbook_place_name(frame->place));
	keep_outer(reader, start, place_for_unknown(reader));
}

static void end_keeping(struct reader *reader)
{
	struct keeping *keeping = &reader->keeping;

	keeping->is_on = false;
	if (!keeping->field)
		return;
	strbuf_trim(&keeping->value);
	(void)runbook_field_set(keeping->field, top(reader)->target, keeping->value.data, keeping->value.length);
}

/* Attributes of elements that we know; those of XML Schema instances (xsi:type, xsi:nil) come with .NET and say nothing. */
static void report_attributes(struct reader *reader, const struct xml_start *start)
{
	for (int i = 0; i < start->attribute_count; i++) {
		const char *uri = (const char *)start->attributes[i * 5 + 2];

		if (!uri || strcmp(uri, XML_NAMESPACE_XSI) != 0)
			xml_unknown_attribute(&reader->unknown, line_of(reader), (const char *)start->attributes[i * 5],
					      (const char *)start->name);
	}
}

static void push(struct reader *reader, enum runbook_place place)
{
	strbuf_clear(&reader->space);
	if (!runbook_build_begin(&reader->build, place, line_of(reader)))
		xml_parser_stop(reader->parser);
	reader->frames[reader->depth++] = (struct frame){
		.place = place,
		.target = runbook_build_target(&reader->build, place),
		.unknown = runbook_build_unknown(&reader->build, place),
	};
}

static void begin_root(struct reader *reader, const struct xml_start *start)
{
	CLEANUP_STRBUF struct strbuf attributes = STRBUF_INIT;

	if (start->uri || strcmp((const char *)start->name, runbook_place_name(PLACE_ROOT)) != 0) {
		problem_add(reader->build.problems, reader->build.file, line_of(reader),
			    "the root element is %s%s, expected RunbookData: not a runbook", (const char *)start->name,
			    start->uri ? " in a namespace" : "");
		xml_parser_stop(reader->parser);
		return;
	}
	push(reader, PLACE_ROOT);
	xml_fragment_add_namespaces(&attributes, start, true);
	xml_fragment_add_attributes(&attributes, start);
	reader->build.head.attributes_xml = strbuf_detach(&attributes);
}

/* Whether the field may stand here: once, and in the root only before the steps. */
static bool is_in_place(struct reader *reader, const struct runbook_field *field)
{
	struct frame *frame = top(reader);
	uint32_t bit = UINT32_C(1) << runbook_field_number(frame->place, field);
	bool is_doubled = field->kind != FIELD_ITEM && (frame->seen & bit);

	frame->seen |= bit;
	if (is_doubled && is_in_sub_steps(frame))
		return false;
	if (is_doubled)
		problem_add(reader->build.problems, reader->build.file, line_of(reader),
			    "%s stands twice in %s; remove one", field->name, runbook_place_name(frame->place));
	return frame->place != PLACE_ROOT || field->kind == FIELD_PLACE || !reader->build.is_head_done;
}

static void begin_dynamic(struct reader *reader, const struct xml_start *start)
{
	struct dynamic *dynamic = &reader->dynamic;
	CLEANUP_STRBUF struct strbuf inherited = STRBUF_INIT;

	strbuf_clear(&dynamic->text);
	xml_scope_add_missing(&reader->scope, start, &inherited);
	dynamic->is_on = true;
	dynamic->is_foreign = false;
	dynamic->fragment = (struct xml_fragment){ .out = &dynamic->text };
	xml_fragment_start(&dynamic->fragment, start, inherited.data);
}

static void enter_scope(struct reader *reader, const struct xml_start *start)
{
	if (start->namespace_count > XML_NAMESPACE_LIMIT) {
		problem_add(reader->build.problems, reader->build.file, line_of(reader),
			    "%s declares more than %d namespaces", (const char *)start->name, XML_NAMESPACE_LIMIT);
		return;
	}
	xml_scope_enter(&reader->scope, reader->depth, start);
}

static void begin_field(struct reader *reader, const struct runbook_field *field, const struct xml_start *start)
{
	reader->build.step.fields |= field->bit;
	reader->build.has_number |= field->kind == FIELD_NUMBER;
	if (start->attribute_count)
		report_attributes(reader, start);
	if (field->kind == FIELD_INNER_XML || field->kind == FIELD_OUTER_XML) {
		keep_value(reader, field, start);
		return;
	}
	if (start->namespace_count)
		enter_scope(reader, start);
	if (field->kind == FIELD_ITEM || field->kind == FIELD_PLACE) {
		if (field->place == PLACE_DYNAMIC)
			begin_dynamic(reader, start);
		push(reader, field->place);
		return;
	}
	reader->field = field;
	reader->field_line = line_of(reader);
	strbuf_clear(&reader->text);
}

/* An element where only text may be: it is skipped. */
static void begin_in_text(struct reader *reader, const struct xml_start *start)
{
	if (is_in_sub_steps(top(reader)))
		reader->dynamic.is_foreign = true;
	else
		problem_add(reader->build.problems, reader->build.file, line_of(reader),
			    "element %s in %s, which holds only text; remove it", (const char *)start->name,
			    reader->field->name);
	reader->keeping.field = NULL;
	strbuf_clear(&reader->keeping.value);
	keep_outer(reader, start, &reader->keeping.value);
}

static const struct runbook_field *find_field(struct reader *reader, const xmlChar *name)
{
	struct frame *frame = top(reader);
	struct known *known = &reader->known[frame->place][frame->hint];
	const struct runbook_field *field;

	if (known->name == name)
		return runbook_field_at(frame->place, known->number, &frame->hint);
	field = runbook_field_find(frame->place, (const char *)name, &frame->hint);
	if (field)
		*known = (struct known){ name, runbook_field_number(frame->place, field) };
	return field;
}

static void begin_element(struct reader *reader, const struct xml_start *start)
{
	const struct runbook_field *field = NULL;

	if (reader->dynamic.is_on)
		xml_fragment_start(&reader->dynamic.fragment, start, NULL);
	if (reader->keeping.is_on) {
		xml_fragment_start(&reader->keeping.fragment, start, NULL);
		return;
	}
	if (reader->field) {
		begin_in_text(reader, start);
		return;
	}
	if (!reader->depth) {
		begin_root(reader, start);
		return;
	}
	if (!start->uri)
		field = find_field(reader, start->name);
	if (field && is_in_place(reader, field))
		begin_field(reader, field, start);
	else
		keep_unknown(reader, start);
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespace_count,
		     const xmlChar **namespaces, int attribute_count, int defaulted_count, const xmlChar **attributes)
{
	const struct xml_start start = { name, prefix, uri, namespace_count, namespaces, attribute_count, attributes };

	(void)defaulted_count;
	begin_element(reader_of(context), &start);
}

static void add_bad_value(struct reader *reader, const struct runbook_field *field, const char *expected)
{
	CLEANUP_STRBUF struct strbuf shown = STRBUF_INIT;

	strbuf_trim(&reader->text);
	strbuf_add_visible(&shown, reader->text.data, XML_SHOWN_BYTES);
	problem_add(reader->build.problems, reader->build.file, reader->field_line, "%s is \"%s\", expected %s",
		    field->name, shown.data, expected);
}

static void end_field(struct reader *reader)
{
	const struct runbook_field *field = reader->field;
	const char *expected;

	reader->field = NULL;
	expected = runbook_field_set(field, top(reader)->target, reader->text.data, reader->text.length);
	if (expected)
		add_bad_value(reader, field, expected);
}

static void end_dynamic(struct reader *reader)
{
	struct strbuf *unknown;

	reader->dynamic.is_on = false;
	if (!reader->dynamic.is_foreign)
		return;
	runbook_build_drop_sub_steps(&reader->build);
	xml_unknown_element(&reader->unknown, line_of(reader), "DynamicStepDefinition of another kind",
			    "ScriptToExecute");
	unknown = place_for_unknown(reader);
	strbuf_add(unknown, reader->dynamic.text.data, reader->dynamic.text.length);
}

static void end_place(struct reader *reader)
{
	enum runbook_place place = top(reader)->place;

	reader->depth--;
	if (!runbook_build_end(&reader->build, place))
		xml_parser_stop(reader->parser);
	if (place == PLACE_DYNAMIC)
		end_dynamic(reader);
}

static void end_kept_element(struct reader *reader, const xmlChar *name, const xmlChar *prefix)
{
	struct xml_fragment *fragment = &reader->keeping.fragment;
	bool is_inner = reader->keeping.field && reader->keeping.field->kind == FIELD_INNER_XML;
	bool is_end = fragment->depth == (is_inner ? 0 : 1);

	if (fragment->depth)
		xml_fragment_end(fragment, name, prefix);
	check_limit(reader, fragment->out->length, reader->keeping.limit_bytes);
	if (is_end)
		end_keeping(reader);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reader *reader = reader_of(context);

	(void)uri;
	if (reader->dynamic.is_on) {
		xml_fragment_end(&reader->dynamic.fragment, name, prefix);
		check_limit(reader, reader->dynamic.text.length, TEXT_LIMIT_BYTES);
	}
	if (reader->keeping.is_on) {
		end_kept_element(reader, name, prefix);
		return;
	}
	if (reader->field)
		end_field(reader);
	else
		end_place(reader);
	strbuf_clear(&reader->space);
	if (reader->scope.count)
		xml_scope_leave(&reader->scope, reader->depth);
}

static bool is_space(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] != ' ' && text[i] != '\n' && text[i] != '\t' && text[i] != '\r')
			return false;
	return true;
}

/* Text between elements: white space, or something that does not belong there. */
static void add_between(struct reader *reader, const char *text, size_t length)
{
	struct frame *frame = top(reader);

	if (!is_space(text, length)) {
		if (is_in_sub_steps(frame))
			reader->dynamic.is_foreign = true;
		else
			xml_unknown_text(&reader->unknown, line_of(reader), runbook_place_name(frame->place));
		return;
	}
	if (!frame->unknown->length)
		return;
	strbuf_add(&reader->space, text, length);
	check_limit(reader, reader->space.length, TEXT_LIMIT_BYTES);
}

static void on_text(void *context, const xmlChar *data, int count)
{
	struct reader *reader = reader_of(context);
	const char *text = (const char *)data;
	size_t length = (size_t)count;

	/* Text is all that the library goes on to hand out when it has been stopped: within an element whose start it kept back. */
	if (reader->parser->failed)
		return;
	if (reader->dynamic.is_on) {
		xml_fragment_text(&reader->dynamic.fragment, text, length);
		check_limit(reader, reader->dynamic.text.length, TEXT_LIMIT_BYTES);
	}
	if (reader->keeping.is_on) {
		xml_fragment_text(&reader->keeping.fragment, text, length);
		check_limit(reader, reader->keeping.fragment.out->length, reader->keeping.limit_bytes);
	} else if (reader->field) {
		strbuf_add(&reader->text, text, length);
		check_limit(reader, reader->text.length, TEXT_LIMIT_BYTES);
	} else if (reader->depth) {
		add_between(reader, text, length);
	}
}

/* A comment or an instruction between elements is kept with the unknown ones; within a text it is left out. */
static bool begin_other(struct reader *reader, struct xml_fragment *ret)
{
	if (reader->keeping.is_on) {
		*ret = reader->keeping.fragment;
		return true;
	}
	if (reader->field || !reader->depth || is_in_sub_steps(top(reader)))
		return false;
	*ret = (struct xml_fragment){ .out = place_for_unknown(reader) };
	return true;
}

static void end_other(struct reader *reader, const struct xml_fragment *fragment)
{
	if (reader->keeping.is_on)
		reader->keeping.fragment = *fragment;
	check_limit(reader, fragment->out->length, limit_of(top(reader)));
}

static void on_comment(void *context, const xmlChar *text)
{
	struct reader *reader = reader_of(context);
	struct xml_fragment fragment;

	if (reader->dynamic.is_on)
		xml_fragment_comment(&reader->dynamic.fragment, (const char *)text);
	if (!begin_other(reader, &fragment))
		return;
	xml_fragment_comment(&fragment, (const char *)text);
	end_other(reader, &fragment);
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
	struct reader *reader = reader_of(context);
	struct xml_fragment fragment;

	if (reader->dynamic.is_on)
		xml_fragment_instruction(&reader->dynamic.fragment, (const char *)target, (const char *)data);
	if (!begin_other(reader, &fragment))
		return;
	xml_fragment_instruction(&fragment, (const char *)target, (const char *)data);
	end_other(reader, &fragment);
}

static const xmlSAXHandler sax = {
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.comment = on_comment,
	.processingInstruction = on_instruction,
};

static void reader_release(struct reader *reader)
{
	runbook_build_release(&reader->build);
	xml_unknown_release(&reader->unknown);
	xml_scope_release(&reader->scope);
	strbuf_release(&reader->text);
	strbuf_release(&reader->space);
	strbuf_release(&reader->keeping.value);
	strbuf_release(&reader->dynamic.text);
}

bool runbook_read_source(struct xml_source *source, const struct runbook_handlers *handlers,
			 struct problem_list *problems, struct problem_list *warnings)
{
	CLEANUP(reader_release) struct reader reader = { 0 };
	CLEANUP_XML_PARSER struct xml_parser parser = { 0 };
	size_t before = problem_list_total(problems);

	reader.text = reader.space = reader.keeping.value = reader.dynamic.text = (struct strbuf)STRBUF_INIT;
	reader.parser = &parser;
	runbook_build_init(&reader.build, handlers, xml_source_file(source), problems);
	xml_unknown_init(&reader.unknown, xml_source_file(source), warnings);
	xml_parser_init(&parser, &sax, &reader, problems);
	return xml_parser_run(&parser, source) && problem_list_total(problems) == before;
}

bool runbook_read(const char *path, const struct runbook_handlers *handlers, struct problem_list *problems,
		  struct problem_list *warnings)
{
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_open(path, FILE_LIMIT_BYTES, problems);

	return source && runbook_read_source(source, handlers, problems, warnings);
}
