// SPDX-License-Identifier: MIT
#include "packages/zip_extra.h"

#include "packages/bytes.h"

enum { RECORD_HEADER_BYTES = 4 };

/* Takes the first record off `extra`; returns false if there is no whole one. */
static bool take_record(struct zip_extra *extra, uint16_t *ret_id, struct zip_extra *ret_record)
{
	size_t length;

	if (extra->length < RECORD_HEADER_BYTES)
		return false;
	length = bytes_le16(extra->data + 2);
	if (length > extra->length - RECORD_HEADER_BYTES)
		return false;
	*ret_id = bytes_le16(extra->data);
	*ret_record = (struct zip_extra){ extra->data + RECORD_HEADER_BYTES, length };
	extra->data += RECORD_HEADER_BYTES + length;
	extra->length -= RECORD_HEADER_BYTES + length;
	return true;
}

static bool find_from(struct zip_extra *extra, uint16_t id, struct zip_extra *ret)
{
	uint16_t found = 0;

	while (take_record(extra, &found, ret))
		if (found == id)
			return true;
	return false;
}

bool zip_extra_find(struct zip_extra extra, uint16_t id, struct zip_extra *ret)
{
	struct zip_extra record = { NULL, 0 };

	if (!find_from(&extra, id, &record))
		return false;
	*ret = record;
	return true;
}

bool zip_extra_is_double(struct zip_extra extra, uint16_t id)
{
	struct zip_extra record = { NULL, 0 };

	return find_from(&extra, id, &record) && find_from(&extra, id, &record);
}
