// SPDX-License-Identifier: MIT
#include "packages/extract_report.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

/* In front of each record. */
struct head {
	uint64_t number; /* of a file its size, of an error its order */
	uint16_t text_bytes;
	uint8_t kind;
	uint8_t flag;                      /* of a file: executable; of an error: its code */
	char digest[DIGEST_TEXT_SIZE + 3]; /* no padding behind it: the whole record is written */
};

_Static_assert(sizeof(struct head) == 80, "no padding");

enum { KIND_FILE = 1, KIND_FORMAT, KIND_ERROR, FORMAT_LIMIT = 20 };
enum { TEXT_LIMIT = sizeof(((struct report_writer *)NULL)->buffer) - sizeof(struct head) };

_Static_assert(sizeof(((struct report_writer *)NULL)->buffer) <= PIPE_BUF, "the pipe takes a buffer whole");

bool report_flush(struct report_writer *writer)
{
	ssize_t written;

	if (!writer->length)
		return true;
	written = TEMP_FAILURE_RETRY(write(writer->fd, writer->buffer, writer->length));
	writer->length = 0;
	return written >= 0;
}

static bool add_record(struct report_writer *writer, struct head head, const char *text)
{
	size_t length = strnlen(text, TEXT_LIMIT);

	if (writer->length + sizeof(head) + length > sizeof(writer->buffer) && !report_flush(writer))
		return false;
	head.text_bytes = (uint16_t)length;
	(void)memcpy(writer->buffer + writer->length, &head, sizeof(head));
	(void)memcpy(writer->buffer + writer->length + sizeof(head), text, length);
	writer->length += sizeof(head) + length;
	return true;
}

bool report_file(struct report_writer *writer, const char *path, const struct report_file *file)
{
	struct head head = { .number = file->size_bytes, .kind = KIND_FILE, .flag = file->executable };

	(void)memcpy(head.digest, file->digest, sizeof(file->digest));
	return add_record(writer, head, path);
}

bool report_format(struct report_writer *writer, const char *format)
{
	return add_record(writer, (struct head){ .kind = KIND_FORMAT }, format);
}

bool report_error(struct report_writer *writer, uint64_t order, const struct error *err)
{
	return add_record(writer, (struct head){ .number = order, .kind = KIND_ERROR, .flag = (uint8_t)err->code },
			  err->message);
}

void report_reader_init(struct report_reader *reader, uint64_t file_limit)
{
	*reader = (struct report_reader){ .file_limit = file_limit, .rest = STRBUF_INIT };
}

void report_reader_release(struct report_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++)
		free(reader->files[i].path);
	free(reader->files);
	free(reader->format);
	error_release(&reader->error);
	strbuf_release(&reader->rest);
	*reader = (struct report_reader){ .rest = STRBUF_INIT };
}

static bool nonsense(struct error *err)
{
	return error_set(err, ERROR_REFUSED,
			 "the process that unpacks it reports nonsense; the archive may be made to do harm");
}

static bool take_file(struct report_reader *reader, const struct head *head, const char *text, struct error *err)
{
	struct report_file *file;

	if (reader->count == reader->file_limit || head->digest[DIGEST_TEXT_SIZE - 1] ||
	    strspn(head->digest, "0123456789abcdef") != DIGEST_TEXT_SIZE - 1)
		return nonsense(err);
	reader->files = xgrow(reader->files, reader->count, &reader->alloc, sizeof(*reader->files));
	file = &reader->files[reader->count++];
	*file = (struct report_file){ xmemdupz(text, head->text_bytes), head->number, "", head->flag != 0, false };
	(void)memcpy(file->digest, head->digest, sizeof(file->digest));
	return true;
}

static bool take_format(struct report_reader *reader, const struct head *head, const char *text, struct error *err)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	if (reader->format || !head->text_bytes || head->text_bytes > FORMAT_LIMIT)
		return nonsense(err);
	strbuf_add_visible_bytes(&visible, text, head->text_bytes, "");
	reader->format = strbuf_detach(&visible);
	return true;
}

static void take_error(struct report_reader *reader, const struct head *head, const char *text)
{
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;
	enum error_code code =
		head->flag == ERROR_SYSTEM || head->flag == ERROR_INPUT ? (enum error_code)head->flag : ERROR_REFUSED;

	if (error_is_set(&reader->error) && reader->error_order <= head->number)
		return;
	strbuf_add_visible_bytes(&visible, text, head->text_bytes, "");
	error_release(&reader->error);
	(void)error_set(&reader->error, code, "%s", visible.data);
	reader->error_order = head->number;
}

static bool take_record(struct report_reader *reader, const struct head *head, const char *text, struct error *err)
{
	if (memchr(text, '\0', head->text_bytes))
		return nonsense(err);
	if (head->kind == KIND_FILE)
		return take_file(reader, head, text, err);
	if (head->kind == KIND_FORMAT)
		return take_format(reader, head, text, err);
	if (head->kind != KIND_ERROR)
		return nonsense(err);
	take_error(reader, head, text);
	return true;
}

bool report_reader_add(struct report_reader *reader, const void *data, size_t length, struct error *err)
{
	CLEANUP_STRBUF struct strbuf all = reader->rest;
	size_t at = 0;
	struct head head;

	reader->rest = (struct strbuf)STRBUF_INIT;
	strbuf_add(&all, data, length);
	while (all.length - at >= sizeof(head)) {
		(void)memcpy(&head, all.data + at, sizeof(head));
		if (head.text_bytes > TEXT_LIMIT)
			return nonsense(err);
		if (all.length - at < sizeof(head) + head.text_bytes)
			break;
		if (!take_record(reader, &head, all.data + at + sizeof(head), err))
			return false;
		at += sizeof(head) + head.text_bytes;
	}
	strbuf_add(&reader->rest, all.data + at, all.length - at);
	return true;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct report_file *)a)->path, ((const struct report_file *)b)->path);
}

bool report_reader_finish(struct report_reader *reader, struct error *err)
{
	if (reader->rest.length)
		return nonsense(err);
	if (reader->count)
		qsort(reader->files, reader->count, sizeof(*reader->files), compare_paths);
	for (size_t i = 1; i < reader->count; i++)
		if (strcmp(reader->files[i - 1].path, reader->files[i].path) == 0)
			return nonsense(err);
	return true;
}
