// SPDX-License-Identifier: MIT
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "packages/cage.h"
#include "runbook/base/alloc.h"
#include "runbook/base/fs.h"

enum { MEBIBYTE = 1024 * 1024, MEMORY = 64 * MEBIBYTE, FILE_BYTES = 1000, SUCCEEDS = 0, FAILS = 1, NO_CAGE = 99 };

static char top[32];
static char *outside;

/* What is tried in the cage; `in_cage` is false for the control, which shows that it would succeed. */
struct attempt {
	bool (*act)(void);
	bool in_cage;
	struct cage cage;
};

static int make_top(void **state)
{
	(void)state;
	(void)strcpy(top, "/tmp/test-cage-XXXXXX");
	if (!mkdtemp(top))
		return -1;
	outside = fs_join(top, "outside");
	return mkdir(outside, 0777);
}

static int remove_top(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	free(TAKE(outside));
	return fs_remove_tree(top, &err) ? 0 : -1;
}

/* In the child. */
static int tree_fd = -1;

static int run(void *context)
{
	struct attempt *attempt = context;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	tree_fd = attempt->cage.tree_fd;
	if (attempt->in_cage && !cage_enter(&attempt->cage, &err)) {
		(void)fprintf(stderr, "%s\n", err.message);
		return NO_CAGE;
	}
	return attempt->act() ? SUCCEEDS : FAILS;
}

/* Runs it in a child. Returns what it returned, or -1 with the error of a child that was ended. */
static int try(bool (*act)(void), bool in_cage, struct error *err)
{
	CLEANUP_FREE char *path = fs_join(top, "tree");
	CLEANUP_FD int fd = -1;
	struct attempt attempt = { act, in_cage, { -1, { -1, -1 }, MEMORY, FILE_BYTES, 1 } };
	pid_t pid = -1;
	int code = -1;

	(void)mkdir(path, 0777);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	attempt.cage.tree_fd = fd;
	assert_true(cage_fork(run, &attempt, &pid, err));
	return cage_wait(pid, &attempt.cage, &code, err) ? code : -1;
}

/* What succeeds outside and fails inside. */
static void assert_prevented(bool (*act)(void))
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_int_equal(try(act, false, &err), SUCCEEDS);
	assert_int_equal(try(act, true, &err), FAILS);
}

static bool writes_into_the_tree(void)
{
	CLEANUP_FD int folder =
		mkdirat(tree_fd, "folder", 0755) == 0 ? openat(tree_fd, "folder", O_RDONLY | O_DIRECTORY) : -1;
	CLEANUP_FD int fd = openat(folder, "file", O_WRONLY | O_CREAT | O_EXCL, 0644);
	const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };

	return write(fd, "x", 1) == 1 && futimens(fd, times) == 0 && fchmod(fd, 0755) == 0;
}

static void test_work_is_possible(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(try(writes_into_the_tree, true, &err), SUCCEEDS);
}

static bool reads_a_file(void)
{
	CLEANUP_FD int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return fd >= 0;
}

static bool writes_a_file(void)
{
	CLEANUP_FREE char *path = fs_join(outside, "file");
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0;
}

static bool climbs_up(void)
{
	CLEANUP_FD int fd = openat(tree_fd, "../outside/climbed", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0;
}

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void test_other_files_are_out_of_reach(void **state)
{
	(void)state;
	if (geteuid() != 0 && !has_landlock())
		skip();
	assert_prevented(reads_a_file);
	assert_prevented(writes_a_file);
	assert_prevented(climbs_up);
}

static bool makes_a_link(void)
{
	return symlinkat("/etc", tree_fd, "link") == 0 && unlinkat(tree_fd, "link", 0) == 0;
}

static bool makes_a_second_name(void)
{
	CLEANUP_FD int fd = openat(tree_fd, "one", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	return fd >= 0 && linkat(tree_fd, "one", tree_fd, "two", 0) == 0 && unlinkat(tree_fd, "two", 0) == 0;
}

static bool makes_a_fifo(void)
{
	return mkfifoat(tree_fd, "fifo", 0600) == 0 && unlinkat(tree_fd, "fifo", 0) == 0;
}

static bool opens_a_socket(void)
{
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0;
}

static bool starts_a_program(void)
{
	char name[] = "true";
	char *const arguments[] = { name, NULL };

	(void)execv("/bin/true", arguments);
	return false;
}

static bool signals_its_parent(void)
{
	return kill(getppid(), 0) == 0;
}

static bool opens_many_files(void)
{
	int fd = 0;

	for (int i = 0; i < 400 && fd >= 0; i++)
		fd = dup(tree_fd);
	return fd >= 0;
}

static void test_what_nobody_needs(void **state)
{
	(void)state;
#if defined(__x86_64__) || defined(__aarch64__)
	assert_prevented(makes_a_link);
	assert_prevented(makes_a_second_name);
	assert_prevented(makes_a_fifo);
	assert_prevented(opens_a_socket);
	assert_prevented(starts_a_program);
	assert_prevented(signals_its_parent);
#endif
	assert_prevented(opens_many_files);
}

static bool takes_much_memory(void)
{
	void *memory = mmap(NULL, 2 * (size_t)MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED;
}

static bool takes_some_memory(void)
{
	void *memory = mmap(NULL, MEMORY / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory != MAP_FAILED;
}

static bool writes_a_large_file(void)
{
	CLEANUP_FD int fd = openat(tree_fd, "large", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char block[FILE_BYTES + 1] = "";

	return write(fd, block, sizeof(block)) == (ssize_t)sizeof(block);
}

static void test_limits(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_prevented(takes_much_memory);
	assert_int_equal(try(takes_some_memory, true, &err), SUCCEEDS);
	assert_prevented(writes_a_large_file);
}

static bool turns_for_ever(void)
{
	volatile bool forever = true;

	while (forever)
		;
	return true;
}

static bool gives_up(void)
{
	abort();
}

static bool is_killed(void)
{
	(void)syscall(SYS_tgkill, getpid(), getpid(), SIGKILL);
	return true;
}

static void assert_ended(bool (*act)(void), const char *words)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_int_equal(try(act, true, &err), -1);
	assert_int_equal(err.code, ERROR_REFUSED);
	if (!strstr(err.message, words))
		fail_msg("not '%s' but: %s", words, err.message);
}

static void test_how_it_ended(void **state)
{
	(void)state;
	assert_ended(turns_for_ever, "takes more than the limit of 1 seconds of processor time");
	assert_ended(gives_up, "more than the limit of 64 MiB of memory");
	assert_ended(is_killed, "was killed");
}

static int low = -1;
static int high = -1;

static bool has_others(void)
{
	return fcntl(low, F_GETFD) >= 0 || fcntl(high, F_GETFD) >= 0;
}

/* A descriptor that stays open in a child keeps locks and pipes alive that are the parent's. */
static void test_other_descriptors_are_closed(void **state)
{
	(void)state;
	low = fcntl(STDERR_FILENO, F_DUPFD, 3);
	high = fcntl(STDERR_FILENO, F_DUPFD, 400);
	assert_true(low >= 3 && high >= 400);
	assert_prevented(has_others);
	assert_int_equal(close(low) + close(high), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_top, remove_top)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_work_is_possible),  TEST(test_other_files_are_out_of_reach),
		TEST(test_what_nobody_needs), TEST(test_limits),
		TEST(test_how_it_ended),      TEST(test_other_descriptors_are_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
