// SPDX-License-Identifier: MIT
#include "tests/unit/zip_builder.h"

#include <stdbool.h>
#include <string.h>

void zip_add16(struct strbuf *zip, uint16_t value)
{
	strbuf_add_char(zip, (char)(value & 0xff));
	strbuf_add_char(zip, (char)(value >> 8));
}

void zip_add32(struct strbuf *zip, uint32_t value)
{
	zip_add16(zip, (uint16_t)value);
	zip_add16(zip, (uint16_t)(value >> 16));
}

void zip_add64(struct strbuf *zip, uint64_t value)
{
	zip_add32(zip, (uint32_t)value);
	zip_add32(zip, (uint32_t)(value >> 32));
}

uint32_t zip_crc32(const char *data, size_t length)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= (unsigned char)data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static size_t data_bytes(const struct zip_member *member)
{
	return member->data ? strlen(member->data) : 0;
}

static size_t name_bytes(const struct zip_member *member)
{
	return member->name_bytes ? member->name_bytes : strlen(member->name);
}

static void add_descriptor(struct strbuf *zip, const struct zip_member *member)
{
	bool wide = member->descriptor >= 20;

	if (!member->descriptor)
		return;
	if (member->descriptor % 8 == 0)
		strbuf_add(zip, "PK\7\x8", 4);
	zip_add32(zip, member->crc);
	for (int i = 0; i < 2; i++) {
		uint64_t size = data_bytes(member) + (i ? member->descriptor_lie : 0);

		if (wide)
			zip_add64(zip, size);
		else
			zip_add32(zip, (uint32_t)size);
	}
}

static void add_local(struct strbuf *zip, struct zip_member *member)
{
	const char *name = member->local_name ? member->local_name : member->name;
	size_t length = member->local_name ? strlen(name) : name_bytes(member);
	uint32_t size = member->descriptor ? 0 : (uint32_t)data_bytes(member);

	member->offset = (uint32_t)zip->length;
	member->crc = zip_crc32(member->data, data_bytes(member));
	strbuf_add(zip, "PK\3\4\x14\0", 6);
	zip_add16(zip, member->flags);
	zip_add16(zip, (uint16_t)(member->method + member->local_method));
	zip_add32(zip, 0x50f06000); /* some day in 2020 */
	zip_add32(zip, member->descriptor ? 0 : member->crc);
	zip_add32(zip, size);
	zip_add32(zip, size);
	zip_add16(zip, (uint16_t)length);
	zip_add16(zip, 0);
	strbuf_add(zip, name, length);
	strbuf_add(zip, member->data, data_bytes(member));
	add_descriptor(zip, member);
	strbuf_add(zip, member->gap, member->gap_bytes);
}

static void add_record(struct strbuf *zip, const struct zip_member *member)
{
	strbuf_add(zip, "PK\1\2\x14", 5);
	strbuf_add_char(zip, (char)member->host);
	zip_add16(zip, 20);
	zip_add16(zip, member->flags);
	zip_add16(zip, member->method);
	zip_add32(zip, 0x50f06000);
	zip_add32(zip, member->crc + member->crc_lie);
	zip_add32(zip, (uint32_t)data_bytes(member));
	zip_add32(zip, (uint32_t)data_bytes(member) + member->size_lie);
	zip_add16(zip, (uint16_t)name_bytes(member));
	zip_add16(zip, (uint16_t)member->extra_bytes);
	zip_add16(zip, 0);
	zip_add16(zip, 0);
	zip_add16(zip, 0);
	zip_add32(zip, member->external);
	zip_add32(zip, member->offset);
	strbuf_add(zip, member->name, name_bytes(member));
	strbuf_add(zip, member->extra, member->extra_bytes);
}

static void add_zip64_end(struct strbuf *zip, size_t count, size_t start, const struct zip_end_lies *lies)
{
	size_t end = zip->length;

	strbuf_add(zip, "PK\6\6", 4);
	zip_add64(zip, 44);
	zip_add32(zip, 0x002d002d);
	zip_add32(zip, 0);
	zip_add32(zip, 0);
	zip_add64(zip, count + lies->zip64_count);
	zip_add64(zip, count + lies->zip64_count);
	zip_add64(zip, end - start);
	zip_add64(zip, start);
	strbuf_add(zip, "PK\6\7", 4);
	zip_add32(zip, 0);
	zip_add64(zip, end);
	zip_add32(zip, 1);
}

static void add_end(struct strbuf *zip, size_t count, size_t start, const struct zip_end_lies *lies)
{
	size_t bytes = zip->length - start;

	if (lies->zip64)
		add_zip64_end(zip, count, start, lies);
	strbuf_add(zip, "PK\5\6", 4);
	zip_add16(zip, lies->disk);
	zip_add16(zip, lies->disk);
	zip_add16(zip, lies->zip64 ? UINT16_MAX : (uint16_t)(count + lies->count));
	zip_add16(zip, lies->zip64 ? UINT16_MAX : (uint16_t)(count + lies->count));
	zip_add32(zip, lies->zip64 ? UINT32_MAX : (uint32_t)bytes + lies->bytes);
	zip_add32(zip, lies->zip64 ? UINT32_MAX : (uint32_t)start + lies->offset);
	zip_add16(zip, (uint16_t)(lies->comment_size + lies->comment_bytes));
	strbuf_add(zip, lies->comment, lies->comment_size);
}

void zip_build(struct strbuf *zip, struct zip_member *members, size_t count, const struct zip_end_lies *lies)
{
	static const struct zip_end_lies truth = { .before = NULL };
	size_t start;

	lies = lies ? lies : &truth;
	strbuf_add(zip, lies->before, lies->before_bytes);
	for (size_t i = 0; i < count; i++)
		add_local(zip, &members[i]);
	start = zip->length;
	for (size_t i = 0; i < count; i++)
		add_record(zip, &members[i]);
	add_end(zip, count, start, lies);
}
