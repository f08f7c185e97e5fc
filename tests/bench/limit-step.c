// SPDX-License-Identifier: MIT
/*
 * The limit of a step: what nothing can do without that runs a script, keeps its output and remembers durably before and after it what
 * happened. vfork and exec of sh, output through a pipe into a log file of its own, two commits to SQLite (WAL, synchronous=FULL).
 * No supervisor, no checks, no timeout.
 *
 * usage: limit-step COUNT SCRIPT FOLDER		FOLDER must exist and be empty
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int right, const char *what)
{
	if (right)
		return;
	perror(what);
	exit(1);
}

static sqlite3 *open_database(void)
{
	static const char setup[] =
		"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA locking_mode=EXCLUSIVE;"
		"CREATE TABLE attempt(step INTEGER PRIMARY KEY, state INTEGER, code INTEGER) STRICT;";
	sqlite3 *db = NULL;

	must(sqlite3_open("limit.db", &db) == SQLITE_OK, "sqlite3_open");
	must(sqlite3_exec(db, setup, NULL, NULL, NULL) == SQLITE_OK, "sqlite3_exec");
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, sql);
	return statement;
}

/* Outside a transaction each statement is one commit. */
static void commit(sqlite3_stmt *statement, int step, int code)
{
	sqlite3_bind_int(statement, 1, step);
	sqlite3_bind_int(statement, 2, code);
	must(sqlite3_step(statement) == SQLITE_DONE, "commit");
	sqlite3_reset(statement);
}

static void keep_output(int from, int step)
{
	char name[32], buffer[65536];
	ssize_t got;
	int log;

	(void)snprintf(name, sizeof name, "%d.log", step);
	log = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(log >= 0, name);
	while ((got = read(from, buffer, sizeof buffer)) > 0)
		must(write(log, buffer, (size_t)got) == got, name);
	(void)close(log);
}

static int run_script(const char *script, int step)
{
	int ends[2], status;
	pid_t child;

	must(pipe2(ends, O_CLOEXEC) == 0, "pipe");
	child = vfork();
	if (child == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		(void)dup2(ends[1], STDERR_FILENO);
		(void)execl("/bin/sh", "sh", script, (char *)NULL);
		_exit(127);
	}
	must(child > 0, "vfork");
	(void)close(ends[1]);
	keep_output(ends[0], step);
	(void)close(ends[0]);
	must(waitpid(child, &status, 0) == child, "waitpid");
	return status;
}

int main(int argc, char **argv)
{
	long count = argc == 4 ? strtol(argv[1], NULL, 10) : 0;
	sqlite3_stmt *begin, *end;
	sqlite3 *db;

	if (count <= 0)
		return 2;
	must(chdir(argv[3]) == 0, argv[3]);
	db = open_database();
	begin = prepare(db, "INSERT INTO attempt(step, state, code) VALUES (?1, 1, ?2)");
	end = prepare(db, "UPDATE attempt SET state = 2, code = ?2 WHERE step = ?1");
	for (int step = 1; step <= count; step++) {
		commit(begin, step, 0);
		commit(end, step, run_script(argv[2], step));
	}
	sqlite3_finalize(begin);
	sqlite3_finalize(end);
	return sqlite3_close(db) != SQLITE_OK;
}
