// SPDX-License-Identifier: MIT
#include "engine/commands/nearest.h"

#include <string.h>
#include <strings.h>

#include "runbook/base/alloc.h"

static int letter(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* One row of the table: the distances from the first `row` letters of `left` to each beginning of `right`. */
static void fill_row(const char *left, const char *right, size_t row, size_t *rows[3])
{
	size_t *older = rows[0], *last = rows[1], *now = rows[2];

	now[0] = row;
	for (size_t i = 1; i <= strlen(right); i++) {
		bool same = letter(left[row - 1]) == letter(right[i - 1]);

		now[i] = least(last[i] + 1, now[i - 1] + 1, last[i - 1] + !same);
		if (row > 1 && i > 1 && letter(left[row - 1]) == letter(right[i - 2]) &&
		    letter(left[row - 2]) == letter(right[i - 1]) && older[i - 2] + 1 < now[i])
			now[i] = older[i - 2] + 1;
	}
}

size_t nearest_distance(const char *left, const char *right)
{
	size_t width = strlen(right) + 1;
	CLEANUP_FREE size_t *table = xcalloc(3 * width, sizeof(*table));
	size_t *rows[3] = { table, table + width, table + 2 * width };

	for (size_t i = 0; i < width; i++)
		rows[2][i] = i;
	for (size_t row = 1; row <= strlen(left); row++) {
		size_t *freed = rows[0];

		rows[0] = rows[1];
		rows[1] = rows[2];
		rows[2] = freed;
		fill_row(left, right, row, rows);
	}
	return rows[2][width - 1];
}

const char *nearest_name(const char *text, const struct strv *names)
{
	const char *best = NULL;
	size_t best_distance = 0;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];
		bool begins = *text && strncasecmp(text, name, strlen(text)) == 0;
		size_t distance = begins ? 0 : nearest_distance(text, name);

		if (!best || distance < best_distance) {
			best = name;
			best_distance = distance;
		}
	}
	return best;
}
