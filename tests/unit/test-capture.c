// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "logs/capture.h"
#include "logs/mask.h"
#include "runbook/base/cleanup.h"

/* A pipe, a log file without a name, and the capture between them. */
struct fixture {
	int write_end;
	int read_end;
	int log;
	struct capture capture;
};

static int nameless_file(void)
{
	char path[] = "/tmp/test-capture-XXXXXX";
	int fd = mkostemp(path, O_APPEND | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	return fd;
}

static void setup(struct fixture *f, uint64_t cap_bytes)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	f->read_end = ends[0];
	f->write_end = ends[1];
	f->log = nameless_file();
	capture_init(&f->capture, f->read_end, f->log, cap_bytes);
}

static void teardown(struct fixture *f)
{
	capture_release(&f->capture);
	cleanup_fd_(&f->write_end);
	cleanup_fd_(&f->read_end);
	cleanup_fd_(&f->log);
}

static void send_text(struct fixture *f, const char *text)
{
	assert_int_equal(write(f->write_end, text, strlen(text)), (ssize_t)strlen(text));
}

static void end_output(struct fixture *f)
{
	cleanup_fd_(&f->write_end);
	f->write_end = -1;
}

static void assert_log(const struct fixture *f, const char *expected)
{
	char text[512];
	ssize_t got = pread(f->log, text, sizeof(text) - 1, 0);

	assert_true(got >= 0);
	text[got] = '\0';
	assert_string_equal(text, expected);
}

static void test_bytes_are_kept(void **state)
{
	static const char bytes[] = "a\0b\r\n\x1b[31m\xff\xfe";
	char got[sizeof(bytes)];
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	assert_int_equal(write(f.write_end, bytes, sizeof(bytes)), sizeof(bytes));
	assert_int_equal(capture_pump(&f.capture, UINT64_MAX), sizeof(bytes));
	assert_false(f.capture.ended);
	assert_int_equal(capture_pump(&f.capture, UINT64_MAX), 0); /* nothing there: it does not wait */
	assert_false(f.capture.ended);
	end_output(&f);
	assert_int_equal(capture_pump(&f.capture, UINT64_MAX), 0);
	assert_true(f.capture.ended);
	capture_finish(&f.capture);
	assert_int_equal(pread(f.log, got, sizeof(got), 0), sizeof(bytes));
	assert_memory_equal(got, bytes, sizeof(bytes));
	assert_int_equal(lseek(f.log, 0, SEEK_END), sizeof(bytes)); /* no marker */
	teardown(&f);
}

static void test_pump_stops_at_its_limit(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	send_text(&f, "01\n3456789\n");
	assert_int_equal(capture_pump(&f.capture, 4), 4);
	assert_log(&f, "01\n");
	assert_int_equal(capture_pump(&f.capture, 100), 7);
	assert_log(&f, "01\n3456789\n");
	teardown(&f);
}

static void test_cap_and_marker(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 12);
	send_text(&f, "first line\nsecond line\n");
	(void)capture_pump(&f.capture, UINT64_MAX);
	send_text(&f, "third\n");
	(void)capture_pump(&f.capture, UINT64_MAX);
	assert_int_equal(f.capture.written_bytes, 12);
	assert_int_equal(f.capture.dropped_bytes, 17);
	assert_int_equal(f.capture.log_errno, 0);
	capture_finish(&f.capture);
	assert_log(
		&f,
		"first line\ns\n[runbook: 17 bytes of output were dropped: the log has reached its limit of 12 bytes]\n");
	teardown(&f);
}

static void test_marker_is_a_line_of_its_own(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 6);
	send_text(&f, "first\nx");
	(void)capture_pump(&f.capture, UINT64_MAX);
	capture_finish(&f.capture);
	assert_log(&f, "first\n[runbook: 1 bytes of output were dropped: the log has reached its limit of 6 bytes]\n");
	teardown(&f);
}

/* The writer never fills the pipe for good, however much it writes beyond the cap. */
static void test_a_flood_is_emptied(void **state)
{
	enum { BLOCK = 32 * 1024, BLOCKS = 400 };
	static char block[BLOCK];
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	memset(block, 'x', sizeof(block));
	assert_int_equal(fcntl(f.write_end, F_SETFL, O_NONBLOCK), 0);
	for (int i = 0; i < BLOCKS; i++) {
		assert_int_equal(write(f.write_end, block, BLOCK), BLOCK);
		(void)capture_pump(&f.capture, UINT64_MAX);
	}
	capture_finish(&f.capture);
	assert_int_equal(f.capture.written_bytes, 1000);
	assert_int_equal(f.capture.dropped_bytes, BLOCK * BLOCKS - 1000);
	assert_true(lseek(f.log, 0, SEEK_END) < 1200); /* with the marker */
	teardown(&f);
}

static void test_full_disk_does_not_block(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	assert_int_equal(close(f.log), 0);
	f.log = open("/dev/full", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(f.log >= 0);
	f.capture.log = f.log;
	send_text(&f, "lost\n");
	assert_int_equal(capture_pump(&f.capture, UINT64_MAX), 5);
	send_text(&f, "lost too\n");
	assert_int_equal(capture_pump(&f.capture, UINT64_MAX), 9);
	assert_int_equal(f.capture.log_errno, ENOSPC);
	assert_int_equal(f.capture.written_bytes, 0);
	assert_int_equal(f.capture.dropped_bytes, 14);
	/* Space came back: the marker tells what is missing, nothing is added behind the gap. */
	assert_int_equal(close(f.log), 0);
	f.log = nameless_file();
	f.capture.log = f.log;
	send_text(&f, "late\n");
	(void)capture_pump(&f.capture, UINT64_MAX);
	capture_finish(&f.capture);
	assert_log(&f, "[runbook: 19 bytes of output were dropped: cannot write the log: No space left on device]\n");
	teardown(&f);
}

static void test_secrets_are_masked(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	send_text(&f, "one\npassword=hun");
	(void)capture_pump(&f.capture, UINT64_MAX);
	assert_log(&f, "one\n");
	send_text(&f, "ter2 x\nend");
	end_output(&f);
	(void)capture_pump(&f.capture, UINT64_MAX);
	assert_log(&f, "one\npassword=*** x\n");
	capture_finish(&f.capture);
	assert_log(&f, "one\npassword=*** x\nend");
	teardown(&f);
}

static void test_prompt_is_seen(void **state)
{
	struct fixture f;

	(void)state;
	setup(&f, 1000);
	send_text(&f, "Continue? ");
	(void)capture_pump(&f.capture, UINT64_MAX);
	assert_log(&f, "");
	f.capture.taken_ns -= INT64_C(1000000) * CAPTURE_PAUSE_MS;
	assert_true(capture_rest(&f.capture));
	assert_log(&f, "Continue? ");
	assert_false(capture_rest(&f.capture));
	teardown(&f);
}

static void test_masking_is_off(void **state)
{
	struct fixture f;

	(void)state;
	mask_turn_off();
	setup(&f, 1000);
	send_text(&f, "password=hunter2");
	(void)capture_pump(&f.capture, UINT64_MAX);
	assert_log(&f, "password=hunter2");
	capture_finish(&f.capture);
	teardown(&f);
	mask_reset();
}

static int release_rules(void **state)
{
	(void)state;
	mask_reset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_are_kept),     cmocka_unit_test(test_pump_stops_at_its_limit),
		cmocka_unit_test(test_cap_and_marker),     cmocka_unit_test(test_marker_is_a_line_of_its_own),
		cmocka_unit_test(test_a_flood_is_emptied), cmocka_unit_test(test_full_disk_does_not_block),
		cmocka_unit_test(test_secrets_are_masked), cmocka_unit_test(test_prompt_is_seen),
		cmocka_unit_test(test_masking_is_off),
	};

	return cmocka_run_group_tests(tests, NULL, release_rules);
}
