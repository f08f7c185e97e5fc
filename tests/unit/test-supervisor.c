// SPDX-License-Identifier: MIT
/* The supervisor with real scripts: what it writes, and what it does about time and about processes that stay. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/supervisor/notices.h"
#include "engine/supervisor/nursery.h"
#include "engine/supervisor/outcome.h"
#include "engine/supervisor/records.h"
#include "engine/work_folder.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

#define NS_PER_MS INT64_C(1000000)

/* One supervised script in a folder of its own. */
struct scene {
	char folder[32];
	char *log_path;
	struct supervise_request request;
	struct nursery nursery;
	int notices;
	struct strbuf trouble;
	struct strbuf told; /* of the outcome, before it was durable */
	bool kept;          /* it was said to be durable, and was there */
	struct strbuf log;
	struct outcome outcome;
	bool has_outcome;
};

static void scene_begin(struct scene *scene, const char *script)
{
	static char path[] = "PATH=/usr/bin:/bin", shell[] = "/bin/sh", option[] = "-c";
	static char *environment[] = { path, NULL };
	static char *command[] = { shell, option, NULL, NULL };
	CLEANUP_FREE char *lock = NULL;

	*scene = (struct scene){ .folder = "/tmp/test-supervisor-XXXXXX",
				 .nursery = NURSERY_INIT,
				 .trouble = STRBUF_INIT,
				 .told = STRBUF_INIT,
				 .log = STRBUF_INIT };
	assert_non_null(mkdtemp(scene->folder));
	command[2] = (char *)script;
	scene->log_path = fs_join(scene->folder, "log");
	lock = fs_join(scene->folder, ATTEMPT_LOCK);
	scene->request = (struct supervise_request){
		.attempt_folder = scene->folder,
		.program = { .argv = command, .envp = environment, .folder = scene->folder },
		.grace_ns = 300 * NS_PER_MS,
		.log_cap_bytes = 1 << 20,
	};
	scene->request.lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	scene->request.log = open(scene->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_int_equal(flock(scene->request.lock, LOCK_EX), 0);
}

/* As far as a supervisor goes by itself. */
static void scene_record(struct scene *scene)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(nursery_begin(&scene->nursery, &scene->request, &scene->notices, &err));
	assert_int_equal(close(scene->request.lock), 0);
	assert_int_equal(close(scene->request.log), 0);
}

static void scene_start(struct scene *scene)
{
	scene_record(scene);
	notices_allow(scene->notices);
}

static bool has_record(const struct scene *scene, const char *name)
{
	CLEANUP_FREE char *path = fs_join(scene->folder, name);

	return access(path, F_OK) == 0;
}

static void scene_wait(struct scene *scene)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	enum notice notice;

	while ((notice = notices_receive(scene->notices, true, &text)) != NOTICE_CLOSED) {
		if (notice == NOTICE_TROUBLE)
			strbuf_add_str(&scene->trouble, text.data);
		if (notice == NOTICE_ENDED)
			strbuf_add_str(&scene->told, text.data);
		if (notice == NOTICE_KEPT)
			scene->kept = has_record(scene, ATTEMPT_OUTCOME);
	}
	assert_true(fs_read_file(scene->log_path, 1 << 24, &scene->log, &err));
	scene->has_outcome = false;
	(void)outcome_read(scene->folder, &scene->outcome, &scene->has_outcome, &err);
}

static void scene_run(struct scene *scene, const char *script)
{
	scene_begin(scene, script);
	scene_start(scene);
	scene_wait(scene);
}

static void scene_end(struct scene *scene)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)close(scene->notices);
	nursery_release(&scene->nursery);
	free(scene->log_path);
	strbuf_release(&scene->trouble);
	strbuf_release(&scene->told);
	strbuf_release(&scene->log);
	outcome_release(&scene->outcome);
	assert_true(fs_remove_tree(scene->folder, &err));
}

static bool is_alive(const char *pid)
{
	return kill((pid_t)strtol(pid, NULL, 10), 0) == 0;
}

static void test_success(void **state)
{
	struct scene scene;

	(void)state;
	scene_run(&scene, "echo out; echo err >&2; pwd; printf last");
	assert_true(scene.has_outcome);
	assert_int_equal(scene.outcome.exit_code, 0);
	assert_int_equal(scene.outcome.signal, 0);
	assert_int_equal(scene.trouble.length, 0);
	assert_non_null(strstr(scene.told.data, "exit_code=0\n"));
	assert_true(scene.kept);
	assert_true(scene.outcome.duration_ns > 0 && scene.outcome.cpu_us >= 0 && scene.outcome.peak_memory_kb > 0);
	assert_non_null(strstr(scene.log.data, "out\nerr\n"));
	assert_non_null(strstr(scene.log.data, scene.folder));
	assert_string_equal(scene.log.data + scene.log.length - 4, "last");
	scene_end(&scene);
}

static void test_exit_code_and_signal(void **state)
{
	struct scene scene;

	(void)state;
	scene_run(&scene, "exit 42");
	assert_int_equal(scene.outcome.exit_code, 42);
	scene_end(&scene);
	scene_run(&scene, "kill -USR1 $$");
	assert_int_equal(scene.outcome.exit_code, -1);
	assert_int_equal(scene.outcome.signal, SIGUSR1);
	scene_end(&scene);
}

static void test_nothing_is_inherited(void **state)
{
	struct scene scene;
	int open_here = open("/dev/null", O_RDONLY); /* without close-on-exec, on purpose */

	(void)state;
	scene_run(&scene, "ls /proc/self/fd | wc -l; read line || echo no input; umask; env | sort");
	/* 0, 1, 2, and the one with which ls reads the folder */
	assert_int_equal(strncmp(scene.log.data, "4\nno input\n0022\n", 16), 0);
	assert_null(strstr(scene.log.data, "HOME="));
	scene_end(&scene);
	(void)close(open_here);
}

static void test_program_that_cannot_be_started(void **state)
{
	static char program[] = "/no/such/program";
	static char *missing[] = { program, NULL };
	struct scene scene;

	(void)state;
	scene_begin(&scene, "");
	scene.request.program.argv = missing;
	scene_start(&scene);
	scene_wait(&scene);
	assert_true(scene.has_outcome);
	assert_non_null(scene.outcome.not_started);
	assert_non_null(strstr(scene.outcome.not_started, "/no/such/program"));
	assert_int_equal(scene.outcome.exit_code, -1);
	scene_end(&scene);
}

/* The lock tells that it lives: held from before the start until after the outcome. */
static void test_lock_is_held(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct scene scene;
	bool locked;

	(void)state;
	scene_begin(&scene, "sleep 0.3");
	scene_start(&scene);
	assert_true(work_folder_is_locked(scene.folder, &locked, &err));
	assert_true(locked);
	scene_wait(&scene);
	assert_true(work_folder_is_locked(scene.folder, &locked, &err));
	assert_true(!locked);
	scene_end(&scene);
}

/* `started` is there before the script's first command; `outcome` is not before its last. */
static void test_order_of_records(void **state)
{
	struct scene scene;

	(void)state;
	scene_run(&scene, "ls");
	assert_non_null(strstr(scene.log.data, "started"));
	assert_null(strstr(scene.log.data, "outcome\n"));
	scene_end(&scene);
}

static void test_timeout_ends_the_tree(void **state)
{
	struct scene scene;
	int64_t begun = clock_boot_ns();

	(void)state;
	scene_begin(&scene, "trap '' TERM; setsid sleep 60 & sleep 60 & echo $!; wait; wait; sleep 60");
	scene.request.timeout_ns = 300 * NS_PER_MS;
	scene_start(&scene);
	scene_wait(&scene);
	assert_true(clock_boot_ns() - begun < 3000 * NS_PER_MS);
	assert_true(scene.outcome.timed_out);
	assert_non_null(scene.outcome.left_behind);
	assert_non_null(strstr(scene.outcome.left_behind, "sleep ("));
	assert_false(is_alive(scene.log.data));
	scene_end(&scene);
}

static void test_children_in_the_session_are_ended_and_named(void **state)
{
	struct scene scene;

	(void)state;
	scene_run(&scene, "sleep 60 & echo $!");
	assert_int_equal(scene.outcome.exit_code, 0);
	assert_false(scene.outcome.timed_out);
	assert_false(is_alive(scene.log.data));
	assert_non_null(scene.outcome.left_behind);
	assert_non_null(strstr(scene.outcome.left_behind, "left behind and ended: sleep ("));
	assert_non_null(strstr(scene.log.data, "[runbook] left behind and ended: sleep ("));
	scene_end(&scene);
}

/* A service keeps the output pipe open and lives on; nobody waits for it. */
static void test_service_lives_on(void **state)
{
	struct scene scene;
	int64_t begun = clock_boot_ns();
	pid_t service;

	(void)state;
	scene_run(&scene, "setsid sleep 60 & echo $!");
	assert_true(clock_boot_ns() - begun < 3000 * NS_PER_MS);
	service = (pid_t)strtol(scene.log.data, NULL, 10);
	assert_int_equal(kill(service, SIGKILL), 0);
	assert_non_null(strstr(scene.outcome.left_behind, "lives on in its own session: "));
	scene_end(&scene);
}

/* What its `started` says. */
static pid_t supervisor_of(const struct scene *scene)
{
	CLEANUP_FREE char *path = fs_join(scene->folder, ATTEMPT_STARTED);
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const char *line;

	while (!fs_read_file(path, 4096, &text, &err) || !(line = strstr(text.data, "supervisor="))) {
		error_release(&err);
		strbuf_clear(&text);
		(void)usleep(1000);
	}
	return (pid_t)strtol(line + strlen("supervisor="), NULL, 10);
}

static void test_supervisor_ignores_signals(void **state)
{
	struct scene scene;
	pid_t supervisor;

	(void)state;
	scene_begin(&scene, "sleep 0.3; echo done");
	scene_start(&scene);
	supervisor = supervisor_of(&scene);
	for (int i = 0; i < 20; i++) {
		(void)kill(supervisor, SIGHUP);
		(void)kill(supervisor, SIGINT);
		(void)kill(supervisor, SIGTERM);
		(void)usleep(10000);
	}
	scene_wait(&scene);
	assert_string_equal(scene.log.data, "done\n");
	assert_int_equal(scene.outcome.exit_code, 0);
	scene_end(&scene);
}

static void test_output_beyond_the_cap_does_not_block(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, "yes | head -c 5000000; exit 7");
	scene_start(&scene);
	scene_wait(&scene);
	assert_int_equal(scene.outcome.exit_code, 7);
	assert_int_equal(scene.outcome.log_dropped_bytes, 5000000 - (1 << 20));
	scene_end(&scene);
}

/* Without its folder the supervisor cannot promise anything: it runs nothing and says why. */
static void test_nothing_runs_without_records(void **state)
{
	struct scene scene;
	char path[64];

	(void)state;
	scene_begin(&scene, "echo ran");
	(void)snprintf(path, sizeof(path), "%s/" ATTEMPT_STARTED, scene.folder);
	assert_int_equal(mkdir(path, 0700), 0); /* in the way of the file */
	scene_start(&scene);
	scene_wait(&scene);
	assert_true(scene.trouble.length > 0);
	assert_false(scene.kept);
	assert_false(scene.has_outcome);
	assert_int_equal(scene.log.length, 0);
	assert_int_equal(rmdir(path), 0);
	scene_end(&scene);
}

static void rerun(struct scene *scene, const char *script)
{
	struct nursery nursery = scene->nursery;

	scene->nursery = (struct nursery)NURSERY_INIT;
	scene_end(scene);
	scene_begin(scene, script);
	scene->nursery = nursery;
	scene_start(scene);
	scene_wait(scene);
}

static void test_one_nursery_for_many_attempts(void **state)
{
	struct scene scene;
	pid_t nursery;

	(void)state;
	scene_run(&scene, "exit 1");
	nursery = scene.nursery.pid;
	for (int code = 2; code < 6; code++) {
		char script[16];

		(void)snprintf(script, sizeof(script), "exit %d", code);
		rerun(&scene, script);
		assert_int_equal(scene.outcome.exit_code, code);
	}
	assert_int_equal(scene.nursery.pid, nursery);
	scene_end(&scene);
	assert_int_equal(kill(nursery, 0), -1);
}

/* There are two; who has nothing left below it is used again. */
static void test_supervisors_are_used_again(void **state)
{
	struct scene scene;
	pid_t used[8];
	size_t count = 0;

	(void)state;
	scene_run(&scene, "exit 1");
	for (int i = 0; i < 8; i++) {
		size_t known = 0;

		rerun(&scene, "exit 2");
		while (known < count && used[known] != supervisor_of(&scene))
			known++;
		if (known == count)
			used[count++] = supervisor_of(&scene);
	}
	assert_in_range(count, 1, 2);
	scene_end(&scene);
}

/* What it finds below itself it would take for the next step's. */
static void test_supervisor_with_a_service_is_not(void **state)
{
	struct scene scene;
	pid_t first, service;

	(void)state;
	scene_run(&scene, "setsid sleep 60 & echo $!");
	first = supervisor_of(&scene);
	service = (pid_t)strtol(scene.log.data, NULL, 10);
	for (int i = 0; i < 4; i++) {
		rerun(&scene, "exit 0");
		assert_int_not_equal(supervisor_of(&scene), first);
		assert_null(scene.outcome.left_behind);
	}
	assert_int_equal(kill(service, SIGKILL), 0);
	scene_end(&scene);
}

/* The engine died before the attempt was in its ledger. */
static void scene_forbid(struct scene *scene)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool locked = true;

	scene_record(scene);
	(void)supervisor_of(scene); /* `started` is there */
	assert_int_equal(close(scene->notices), 0);
	scene->notices = -1;
	while (locked)
		assert_true(work_folder_is_locked(scene->folder, &locked, &err));
	assert_false(has_record(scene, ATTEMPT_STARTED));
	assert_false(has_record(scene, ATTEMPT_OUTCOME));
	assert_true(fs_read_file(scene->log_path, 1 << 20, &scene->log, &err));
	assert_int_equal(scene->log.length, 0);
}

static void test_nothing_runs_unless_allowed(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, "echo ran");
	scene_forbid(&scene);
	scene_end(&scene);
}

/* It is known before, but is not what became of an attempt that is not to be. */
static void test_nothing_fails_unless_allowed(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, "echo ran");
	scene.request.program.folder = "/nonexistent";
	scene_forbid(&scene);
	scene_end(&scene);
}

static void test_reserved_files_become_the_records(void **state)
{
	CLEANUP(records_release) struct records records = RECORDS_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf started = STRBUF_INIT;
	CLEANUP_FREE char *path = NULL;
	struct scene scene;

	(void)state;
	scene_begin(&scene, "exit 3");
	path = fs_join(scene.folder, ATTEMPT_STARTED);
	assert_true(records_open(&records, scene.folder, &err) && records_reserve(&records, "SHA PATH", &err) &&
		    records_sync_reserved(&records, &err));
	assert_false(has_record(&scene, ATTEMPT_STARTED));
	scene.request.reserved = true;
	scene_start(&scene);
	scene_wait(&scene);
	assert_int_equal(scene.outcome.exit_code, 3);
	assert_true(fs_read_file(path, 4096, &started, &err));
	assert_ptr_equal(strstr(started.data, "# runbook started 1\nboot_id="), started.data);
	assert_non_null(strstr(started.data, "\ninterpreter=SHA PATH\nsupervisor="));
	assert_false(has_record(&scene, ATTEMPT_STARTED_RESERVED));
	assert_false(has_record(&scene, ATTEMPT_OUTCOME_RESERVED));
	scene_end(&scene);
}

/* What is said to be there is not. */
static void test_nothing_runs_without_what_was_reserved(void **state)
{
	struct scene scene;

	(void)state;
	scene_begin(&scene, "echo ran");
	scene.request.reserved = true;
	scene_start(&scene);
	scene_wait(&scene);
	assert_non_null(strstr(scene.trouble.data, ATTEMPT_OUTCOME_RESERVED));
	assert_false(scene.has_outcome);
	assert_int_equal(scene.log.length, 0);
	scene_end(&scene);
}

/* A nursery that was killed, with whoever waited in it, is replaced. */
static void test_killed_nursery(void **state)
{
	struct scene scene;

	(void)state;
	scene_run(&scene, "exit 1");
	assert_int_equal(kill(scene.nursery.pid, SIGKILL), 0);
	rerun(&scene, "exit 2");
	assert_int_equal(scene.outcome.exit_code, 2);
	rerun(&scene, "exit 3");
	assert_int_equal(scene.outcome.exit_code, 3);
	scene_end(&scene);
}

static void test_too_long_a_request(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *text = xmalloc(3 << 20);
	struct scene scene;

	(void)state;
	memset(text, 'x', 3 << 20);
	text[(3 << 20) - 1] = '\0';
	scene_begin(&scene, text);
	assert_false(nursery_begin(&scene.nursery, &scene.request, &scene.notices, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_int_equal(close(scene.request.lock), 0);
	assert_int_equal(close(scene.request.log), 0);
	scene.notices = -1;
	scene_end(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_exit_code_and_signal),
		cmocka_unit_test(test_nothing_is_inherited),
		cmocka_unit_test(test_program_that_cannot_be_started),
		cmocka_unit_test(test_lock_is_held),
		cmocka_unit_test(test_order_of_records),
		cmocka_unit_test(test_timeout_ends_the_tree),
		cmocka_unit_test(test_children_in_the_session_are_ended_and_named),
		cmocka_unit_test(test_service_lives_on),
		cmocka_unit_test(test_supervisor_ignores_signals),
		cmocka_unit_test(test_output_beyond_the_cap_does_not_block),
		cmocka_unit_test(test_nothing_runs_without_records),
		cmocka_unit_test(test_one_nursery_for_many_attempts),
		cmocka_unit_test(test_supervisors_are_used_again),
		cmocka_unit_test(test_supervisor_with_a_service_is_not),
		cmocka_unit_test(test_nothing_runs_unless_allowed),
		cmocka_unit_test(test_nothing_fails_unless_allowed),
		cmocka_unit_test(test_reserved_files_become_the_records),
		cmocka_unit_test(test_nothing_runs_without_what_was_reserved),
		cmocka_unit_test(test_killed_nursery),
		cmocka_unit_test(test_too_long_a_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
