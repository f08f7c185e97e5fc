// SPDX-License-Identifier: MIT
#include "engine/progress.h"

#include <string.h>
#include <unistd.h>

#include "engine/terminal.h"
#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/columns.h"
#include "runbook/base/utf8.h"

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

enum { TICK_MS = 200, SUB_STEP_LOOK_MS = 1000 };

/* Of a line of output, so much is kept; of a long piece only its end matters. */
enum { LINE_BYTES = 1000, PIECE_BYTES = 4096 };

/* Beyond it a line is hard to follow with the eye. */
enum { WIDEST = 100, NUMBER_WIDTH = 4, NARROWEST = 24 };

static struct progress {
	bool active;
	struct ledger *ledger;
	int64_t runbook;
	bool running;
	uint32_t step;
	char *description;
	int64_t started_boot_ns;
	int64_t expected_ns; /* 0: not known */
	int64_t looked_ns;   /* when the sub-step was looked at */
	struct strbuf sub_step;
	struct strbuf line; /* of output, not at its end yet */
	struct strbuf last; /* the last whole one */
	size_t rows;        /* drawn now */
	size_t columns;     /* of the terminal when they were drawn */
	struct strbuf picture;
} self = { .sub_step = STRBUF_INIT, .line = STRBUF_INIT, .last = STRBUF_INIT, .picture = STRBUF_INIT };

void progress_begin(struct ledger *ledger, int64_t runbook)
{
	self.active = terminal_can_draw(STDOUT_FILENO);
	self.ledger = ledger;
	self.runbook = runbook;
}

bool progress_is_active(void)
{
	return self.active;
}

/* ---- Drawing --------------------------------------------------------------------------------------------- */

/*
 * To the first column of the first drawn row. How a terminal that has changed its width has moved the rows nobody can know: then the row we
 * are in is all that is taken back, for a row that is left over is better than a line of a step that is erased.
 */
static void add_way_back(struct strbuf *sb, size_t columns)
{
	strbuf_add_char(sb, '\r');
	if (self.rows > 1 && columns == self.columns)
		strbuf_addf(sb, "\033[%zuA", self.rows - 1);
}

void progress_hide(void)
{
	CLEANUP_STRBUF struct strbuf sb = STRBUF_INIT;

	if (!self.rows)
		return;
	add_way_back(&sb, terminal_size(STDOUT_FILENO).columns);
	strbuf_add_str(&sb, "\033[J");
	terminal_write(STDOUT_FILENO, &sb);
	self.rows = 0;
	strbuf_clear(&self.picture);
}

/* Seconds do: tenths would make the line restless. */
static void format_elapsed(int64_t duration_ns, char ret[static CLOCK_TEXT_SIZE])
{
	if (duration_ns < 60 * NS_PER_SECOND)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%d s", (int)(duration_ns / NS_PER_SECOND));
	else
		clock_format_duration(duration_ns, ret);
}

static size_t width_of(size_t columns)
{
	/* A row that fills the terminal to its last column may wrap. */
	return columns - 1 < WIDEST ? columns - 1 : WIDEST;
}

/* "MARK NUMBER  DESCRIPTION   TIME", the time at the right end. */
static void add_row(struct strbuf *sb, enum terminal_colour colour, const char *mark, const char *time)
{
	size_t width = width_of(terminal_size(STDOUT_FILENO).columns);
	size_t fixed = 2 + NUMBER_WIDTH + 2 + 2 + strlen(time);
	CLEANUP_STRBUF struct strbuf description = STRBUF_INIT;
	size_t room = width > fixed ? width - fixed : 0;

	columns_add_fitted(&description, self.description, room);
	terminal_add_coloured(sb, colour, mark);
	strbuf_addf(sb, " %*u  %s%*s  %s", NUMBER_WIDTH, self.step, description.data,
		    (int)(room - columns_of(description.data)), "", time);
}

static void add_time(struct strbuf *sb)
{
	char elapsed[CLOCK_TEXT_SIZE], expected[CLOCK_TEXT_SIZE];

	format_elapsed(clock_boot_ns() - self.started_boot_ns, elapsed);
	strbuf_add_str(sb, elapsed);
	if (!self.expected_ns)
		return;
	format_elapsed(self.expected_ns, expected);
	strbuf_addf(sb, " of about %s", expected);
}

/* What it is doing: the sub-step and the last line, or what there is of them. */
static void add_doing(struct strbuf *sb)
{
	const struct strbuf *line = self.last.length ? &self.last : &self.line;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT, visible = STRBUF_INIT;

	strbuf_addf(&text, "%s%s", self.sub_step.data, self.sub_step.length && line->length ? ": " : "");
	strbuf_add(&text, line->data, line->length);
	strbuf_add_visible_bytes(&visible, text.data, text.length, "");
	columns_add_fitted(sb, visible.data, width_of(terminal_size(STDOUT_FILENO).columns) - (2 + NUMBER_WIDTH + 2));
}

/* The rows as they are to be; returns how many. */
static size_t compose(struct strbuf *rows)
{
	CLEANUP_STRBUF struct strbuf time = STRBUF_INIT, doing = STRBUF_INIT;

	add_time(&time);
	add_row(rows, TERMINAL_WARN, "▸", time.data);
	strbuf_add_str(rows, "\033[K");
	add_doing(&doing);
	if (!doing.length)
		return 1;
	strbuf_addf(rows, "\r\n%*s", 2 + NUMBER_WIDTH + 2, "");
	terminal_add_coloured(rows, TERMINAL_DIM, doing.data);
	strbuf_add_str(rows, "\033[K");
	return 2;
}

static void draw(void)
{
	CLEANUP_STRBUF struct strbuf rows = STRBUF_INIT, sb = STRBUF_INIT;
	size_t columns = terminal_size(STDOUT_FILENO).columns;
	size_t count;

	/* No room for anything that would help. */
	if (columns < NARROWEST)
		return;
	count = compose(&rows);
	if (self.rows == count && self.columns == columns && strcmp(rows.data, self.picture.data) == 0)
		return;
	strbuf_add_str(&sb, "\033[?2026h");
	add_way_back(&sb, columns);
	strbuf_add(&sb, rows.data, rows.length);
	/* At the end of a full row the ^C that a terminal shows would go on into the next one, where no way leads back from. */
	strbuf_add_str(&sb, "\033[J\r\033[?2026l");
	terminal_write(STDOUT_FILENO, &sb);
	strbuf_clear(&self.picture);
	strbuf_add(&self.picture, rows.data, rows.length);
	self.rows = count;
	self.columns = columns;
}

/* ---- What is known --------------------------------------------------------------------------------------- */

static struct ledger_place place(void)
{
	return (struct ledger_place){ .runbook = self.runbook, .step = self.step };
}

static void look_at_sub_step(void)
{
	CLEANUP(ledger_sub_step_release) struct ledger_sub_step running = { 0 };
	CLEANUP_ERROR struct error left_out = ERROR_INIT;
	int64_t now_ns = clock_boot_ns();
	bool found;

	if (self.looked_ns && now_ns - self.looked_ns < SUB_STEP_LOOK_MS * NS_PER_MS)
		return;
	self.looked_ns = now_ns;
	strbuf_clear(&self.sub_step);
	if (ledger_sub_step_running(self.ledger, place(), &running, &found, &left_out) && found)
		strbuf_addf(&self.sub_step, "%u.%u %s/%s", self.step, running.number, running.group, running.name);
}

/* An attempt that runs already began before us. */
static int64_t find_start(const struct ledger_step *step)
{
	CLEANUP(ledger_attempt_release) struct ledger_attempt attempt = { 0 };
	CLEANUP_ERROR struct error left_out = ERROR_INIT;
	char boot_id[CLOCK_BOOT_ID_SIZE];

	clock_boot_id(boot_id);
	if (step->file_name && (*step->file_name || step->has_sub_steps) &&
	    ledger_attempt_get(self.ledger, place(), &attempt, &left_out) && attempt.state == STATE_IN_PROGRESS &&
	    strcmp(attempt.boot_id, boot_id) == 0)
		return attempt.started_boot_ns;
	return clock_boot_ns();
}

static void forget_step(void)
{
	self.running = false;
	self.looked_ns = 0;
	free(self.description);
	self.description = NULL;
	strbuf_clear(&self.sub_step);
	strbuf_clear(&self.line);
	strbuf_clear(&self.last);
}

void progress_step(const struct ledger_step *step)
{
	CLEANUP_ERROR struct error left_out = ERROR_INIT;
	CLEANUP_FREE char *masked = NULL;
	CLEANUP_STRBUF struct strbuf visible = STRBUF_INIT;

	if (!self.active)
		return;
	forget_step();
	masked = mask_string(step->description);
	strbuf_add_visible(&visible, masked, SIZE_MAX);
	self.description = strbuf_detach(&visible);
	self.step = step->number;
	self.running = true;
	self.started_boot_ns = find_start(step);
	if (!ledger_step_expected(self.ledger, step, &self.expected_ns, &left_out))
		self.expected_ns = 0;
	draw();
}

static void end_line(void)
{
	static const char own[] = "Executing sub-step: ";
	struct strbuf line = self.line;

	strbuf_trim(&self.line);
	if (!self.line.length || strncmp(self.line.data, own, sizeof(own) - 1) == 0) {
		strbuf_clear(&self.line);
		return;
	}
	line = self.last;
	self.last = self.line;
	self.line = line;
	strbuf_clear(&self.line);
}

void progress_output(const char *data, size_t length)
{
	if (length > PIECE_BYTES) {
		data += length - PIECE_BYTES;
		length = PIECE_BYTES;
		strbuf_clear(&self.line);
	}
	for (size_t i = 0; i < length; i++) {
		if (data[i] == '\n' || data[i] == '\r')
			end_line();
		else if (self.line.length < LINE_BYTES)
			strbuf_add_char(&self.line, data[i]);
	}
}

void progress_step_end(enum step_state state)
{
	static const char *const marks[] = { "✓", "✗", "–" };
	CLEANUP_STRBUF struct strbuf row = STRBUF_INIT;
	char time[CLOCK_TEXT_SIZE];

	if (!self.active || !self.running)
		return;
	progress_hide();
	clock_format_duration(clock_boot_ns() - self.started_boot_ns, time);
	if (state == STATE_SKIPPED)
		add_row(&row, TERMINAL_WARN, marks[2], "skipped");
	else if (state == STATE_COMPLETED)
		add_row(&row, TERMINAL_GOOD, marks[0], time);
	else
		add_row(&row, TERMINAL_BAD, marks[1], time);
	strbuf_add_char(&row, '\n');
	terminal_write(STDOUT_FILENO, &row);
	forget_step();
}

void progress_end(void)
{
	if (!self.active)
		return;
	progress_hide();
	forget_step();
	self.active = false;
	strbuf_release(&self.sub_step);
	strbuf_release(&self.line);
	strbuf_release(&self.last);
	strbuf_release(&self.picture);
}

int progress_wait_ms(int otherwise)
{
	if (!self.active || !self.running || (otherwise >= 0 && otherwise < TICK_MS))
		return otherwise;
	return TICK_MS;
}

void progress_tick(void)
{
	static int64_t drawn_ns;
	int64_t now_ns = clock_boot_ns();

	if (!self.active || !self.running || (self.rows && now_ns - drawn_ns < TICK_MS / 2 * NS_PER_MS))
		return;
	drawn_ns = now_ns;
	look_at_sub_step();
	draw();
}
