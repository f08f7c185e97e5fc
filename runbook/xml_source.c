// SPDX-License-Identifier: MIT
#include "runbook/xml_source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"
#include "runbook/base/strbuf.h"
#include "runbook/base/utf8.h"
#include "runbook/xml_declaration.h"
#include "runbook/xml_encoding.h"

enum { RAW_SIZE = 64 * 1024 };

struct xml_source {
	char *file;
	int fd;              /* -1: `memory` */
	uint64_t limit;      /* of the file, for the message */
	uint64_t left_bytes; /* that may still be read */
	const char *memory;
	bool started;
	bool at_end; /* nothing is left to read into `raw` */
	struct xml_encoding *encoding;
	size_t raw_length;
	char raw[RAW_SIZE];
	struct strbuf out;
	unsigned line; /* of the first byte of `out` */
};

typedef unsigned char byte_lanes __attribute__((vector_size(16)));

/* Sixteen counters of eight bits, emptied before they run over. */
static unsigned count_in_blocks(const char *data, size_t blocks)
{
	const byte_lanes line_feeds = { '\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n',
					'\n', '\n', '\n', '\n', '\n', '\n', '\n', '\n' };
	unsigned count = 0;

	while (blocks) {
		size_t round = blocks < 255 ? blocks : 255;
		byte_lanes found = { 0 };

		for (size_t i = 0; i < round; i++) {
			byte_lanes block;

			memcpy(&block, data + i * sizeof(block), sizeof(block));
			found -= (byte_lanes)(block == line_feeds);
		}
		for (size_t i = 0; i < sizeof(found); i++)
			count += found[i];
		data += round * sizeof(found);
		blocks -= round;
	}
	return count;
}

unsigned xml_count_lines(const char *data, size_t length)
{
	size_t blocks = length / sizeof(byte_lanes);
	unsigned count = count_in_blocks(data, blocks);

	for (size_t i = blocks * sizeof(byte_lanes); i < length; i++)
		count += data[i] == '\n';
	return count;
}

static struct xml_source *source_new(const char *file)
{
	struct xml_source *source = xcalloc(1, sizeof(*source));

	source->file = xstrdup(file);
	source->fd = -1;
	source->out = (struct strbuf)STRBUF_INIT;
	source->line = 1;
	return source;
}

static void add_too_large(const struct xml_source *source, struct problem_list *problems)
{
	problem_add(problems, source->file, 0, "is larger than the limit of %llu MiB",
		    (unsigned long long)(source->limit >> 20));
}

struct xml_source *xml_source_open(const char *path, uint64_t limit_bytes, struct problem_list *problems)
{
	CLEANUP_XML_SOURCE struct xml_source *source = source_new(path);
	CLEANUP_ERROR struct error err = ERROR_INIT;
	off_t size = 0;

	if (!fs_open_regular(path, &source->fd, &size, &err)) {
		problem_add_error(problems, NULL, 0, &err);
		return NULL;
	}
	source->limit = limit_bytes;
	source->left_bytes = limit_bytes;
	if ((uint64_t)size > limit_bytes) {
		add_too_large(source, problems);
		return NULL;
	}
	return TAKE(source);
}

struct xml_source *xml_source_from_memory(const void *data, size_t length, const char *file)
{
	struct xml_source *source = source_new(file);

	source->memory = data;
	source->left_bytes = length;
	return source;
}

void xml_source_free(struct xml_source *source)
{
	if (!source)
		return;
	if (source->fd >= 0)
		(void)close(source->fd);
	xml_encoding_free(source->encoding);
	strbuf_release(&source->out);
	free(source->file);
	free(source);
}

const char *xml_source_file(const struct xml_source *source)
{
	return source->file;
}

static void fill_from_memory(struct xml_source *source)
{
	size_t room = RAW_SIZE - source->raw_length;
	size_t got = source->left_bytes < room ? (size_t)source->left_bytes : room;

	memcpy(source->raw + source->raw_length, source->memory, got);
	source->memory += got;
	source->left_bytes -= got;
	source->raw_length += got;
}

/* Until `raw` is full or the file ends: the declaration must not be cut by a short read. */
static bool fill_from_file(struct xml_source *source, struct problem_list *problems)
{
	while (source->raw_length < RAW_SIZE) {
		ssize_t got = read(source->fd, source->raw + source->raw_length, RAW_SIZE - source->raw_length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			CLEANUP_ERROR struct error err = ERROR_INIT;

			(void)error_set_errno(&err, errno, "cannot be read");
			problem_add_error(problems, source->file, 0, &err);
			return false;
		}
		source->at_end = got == 0;
		if (source->at_end)
			return true;
		if ((uint64_t)got > source->left_bytes) {
			add_too_large(source, problems);
			return false;
		}
		source->left_bytes -= (uint64_t)got;
		source->raw_length += (size_t)got;
	}
	return true;
}

static bool fill(struct xml_source *source, struct problem_list *problems)
{
	if (source->fd >= 0)
		return fill_from_file(source, problems);
	if (source->memory)
		fill_from_memory(source);
	source->at_end = !source->left_bytes;
	return true;
}

/* Turns what it can of `raw` into UTF-8. What is left is a cut character, at most three bytes. */
static bool decode(struct xml_source *source, struct problem_list *problems)
{
	const char *reason = NULL;
	size_t used = xml_encoding_decode(source->encoding, source->raw, source->raw_length, &source->out, &reason);

	source->raw_length -= used;
	memmove(source->raw, source->raw + used, source->raw_length);
	if (!reason && source->raw_length && source->at_end)
		reason = "the file ends in the middle of a character";
	if (!reason)
		return true;
	problem_add(problems, source->file, source->line + xml_count_lines(source->out.data, source->out.length), "%s",
		    reason);
	return false;
}

/* Spaces instead of the declaration: it has said what it has to say. */
static void blank_declaration(struct strbuf *out, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (out->data[i] != '\n')
			out->data[i] = ' ';
}

static bool start(struct xml_source *source, struct problem_list *problems)
{
	CLEANUP_STRBUF struct strbuf reason = STRBUF_INIT;
	size_t mark_length = 0;
	struct xml_declaration declaration = { 0 };

	source->started = true;
	source->encoding = xml_encoding_detect(source->raw, source->raw_length, &mark_length, &reason);
	if (!source->encoding) {
		problem_add(problems, source->file, 0, "%s", reason.data);
		return false;
	}
	source->raw_length -= mark_length;
	memmove(source->raw, source->raw + mark_length, source->raw_length);
	if (!xml_encoding_declared(source->encoding, source->raw, source->raw_length, &declaration, &reason)) {
		problem_add(problems, source->file, 1, "%s", reason.data);
		return false;
	}
	if (!decode(source, problems))
		return false;
	blank_declaration(&source->out, declaration.length);
	/* A second mark would be taken for the first one further down. */
	if (source->out.length >= 3 && memcmp(source->out.data, "\xef\xbb\xbf", 3) == 0) {
		problem_add(problems, source->file, 1, "begins with two byte order marks; remove one");
		return false;
	}
	return true;
}

bool xml_source_next(struct xml_source *source, size_t consumed, struct xml_chunk *ret, struct problem_list *problems)
{
	struct strbuf *out = &source->out;

	if (consumed) {
		source->line += xml_count_lines(out->data, consumed);
		memmove(out->data, out->data + consumed, out->length - consumed);
		strbuf_set_length(out, out->length - consumed);
	}
	if (!fill(source, problems) || !(source->started ? decode(source, problems) : start(source, problems)))
		return false;
	*ret = (struct xml_chunk){ out->data, out->length, source->line, source->at_end };
	return true;
}
