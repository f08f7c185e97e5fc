// SPDX-License-Identifier: MIT
/*
 * Runs a command and makes one fault happen at one exact system call of it, or only counts where that is possible.
 *
 * Every process below the command has a role (plan.h). The calls of the engine, of supervisors and of starters are looked at one by one; of
 * steps nothing is looked at but their forks. Counting begins at a program's own entry: what the dynamic loader does before is no point.
 *
 * After the fault nobody is traced any more: what lives on does so as if nothing had been there. The report is written when the command
 * itself has ended; if it was killed, at once.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/plan.h"

/* linux/ptrace.h and sys/ptrace.h do not go together. */
extern long int ptrace(int request, ...);

#define OPTIONS \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

/* Shuts an ext4 or XFS down as a power cut would: what is not durable yet, the journal's last entries too, is gone. */
#define IOCTL_SHUTDOWN _IOR('X', 125, uint32_t)
enum { SHUTDOWN_WITHOUT_FLUSH = 2 };

enum { PROCESSES_LIMIT = 4096, EXIT_TROUBLE = 70 };

struct process {
	pid_t pid;
	enum role role;
	bool held;        /* stopped at its birth until its role is known */
	bool has_session; /* made by itself */
	uint64_t entry;   /* of its program, if a breakpoint is there; 0: passed */
	long covered;     /* what the breakpoint covers */
};

struct tracer {
	struct plan plan;
	struct process processes[PROCESSES_LIMIT];
	size_t count;
	unsigned long points[ROLE_COUNT];
	pid_t command;
	int command_status;
	bool command_ended;
	unsigned long killed[ROLE_COUNT];
	const struct call *failing; /* once the fault has happened: what goes on failing with REPEAT_CALL */
	int mount;
	FILE *report;
};

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "fault-tracer: %s: %s\n", what, strerror(errno));
	_exit(EXIT_TROUBLE);
}

/* ---- The table of processes ------------------------------------------------------------------------------ */

static struct process *find(struct tracer *self, pid_t pid)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->processes[i].pid == pid)
			return &self->processes[i];
	return NULL;
}

static struct process *find_or_add(struct tracer *self, pid_t pid)
{
	struct process *process = find(self, pid);

	if (process)
		return process;
	if (self->count == PROCESSES_LIMIT) {
		errno = ENOSPC;
		die("too many processes");
	}
	process = &self->processes[self->count++];
	*process = (struct process){ .pid = pid };
	return process;
}

static void forget(struct tracer *self, struct process *process)
{
	*process = self->processes[--self->count];
}

static bool has_role(const struct tracer *self, enum role role)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->processes[i].role == role)
			return true;
	return false;
}

/* A process that vanished under us is no trouble: its end is reported separately. */
static void resume(const struct process *process, int signal)
{
	int how = process->role == ROLE_STEP || process->entry ? PTRACE_CONT : PTRACE_SYSCALL;

	if (ptrace(how, process->pid, NULL, (long)signal) < 0 && errno != ESRCH)
		die("cannot resume");
}

/* ---- The entry of a program ------------------------------------------------------------------------------ */

static uint64_t find_entry(pid_t pid)
{
	char path[64];
	Elf64_auxv_t aux = { .a_type = AT_NULL };
	uint64_t entry = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/auxv", (int)pid);
	file = fopen(path, "re");
	while (file && fread(&aux, sizeof(aux), 1, file) == 1)
		if (aux.a_type == AT_ENTRY)
			entry = aux.a_un.a_val;
	if (file)
		(void)fclose(file);
	return entry;
}

static void set_breakpoint(struct process *process)
{
	uint64_t entry = find_entry(process->pid);

	errno = 0;
	process->covered = ptrace(PTRACE_PEEKTEXT, process->pid, (long)entry, NULL);
	if (errno || ptrace(PTRACE_POKETEXT, process->pid, (long)entry, (process->covered & ~0xffL) | 0xcc) < 0)
		return;
	process->entry = entry;
}

static bool pass_breakpoint(struct process *process)
{
	struct user_regs_struct registers;

	if (!process->entry || ptrace(PTRACE_GETREGS, process->pid, NULL, &registers) < 0 ||
	    registers.rip != process->entry + 1)
		return false;
	registers.rip = process->entry;
	(void)ptrace(PTRACE_SETREGS, process->pid, NULL, &registers);
	(void)ptrace(PTRACE_POKETEXT, process->pid, (long)process->entry, process->covered);
	process->entry = 0;
	return true;
}

/* ---- Faults ---------------------------------------------------------------------------------------------- */

/* The kernel leaves the result as it is if there is no call of that number. */
static void replace_call(const struct call_made *made, long result)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, made->pid, NULL, &registers) < 0)
		return;
	registers.orig_rax = (unsigned long long)-1;
	registers.rax = (unsigned long long)result;
	(void)ptrace(PTRACE_SETREGS, made->pid, NULL, &registers);
}

static bool is_victim(const struct tracer *self, const struct process *process, pid_t caller)
{
	if (self->plan.victims & 1U << process->role)
		return true;
	return !self->plan.victims && process->pid == caller;
}

static void note_end(struct tracer *self, struct process *process, int status)
{
	if (process->pid == self->command) {
		self->command_ended = true;
		self->command_status = status;
	}
	forget(self, process);
}

/* One that was born while its parent was being killed. */
static void take_newborn(struct tracer *self, pid_t parent, int status, bool doomed)
{
	unsigned long child;

	if (status >> 16 != PTRACE_EVENT_FORK && status >> 16 != PTRACE_EVENT_VFORK &&
	    status >> 16 != PTRACE_EVENT_CLONE)
		return;
	if (ptrace(PTRACE_GETEVENTMSG, parent, NULL, &child) < 0)
		return;
	(void)find_or_add(self, (pid_t)child);
	if (doomed)
		(void)kill((pid_t)child, SIGKILL);
}

static int signal_of_stop(int status)
{
	int signal = WSTOPSIG(status);

	return status >> 16 || signal == (SIGTRAP | 0x80) ? 0 : signal;
}

/* Waits for a killed process. */
static void bury(struct tracer *self, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) == pid)
		if (WIFSTOPPED(status))
			take_newborn(self, pid, status, true);
		else
			break;
	note_end(self, find(self, pid), status);
}

static void kill_victims(struct tracer *self, pid_t caller)
{
	pid_t dead[PROCESSES_LIMIT];
	size_t count = 0;

	for (size_t i = 0; i < self->count; i++)
		if (is_victim(self, &self->processes[i], caller)) {
			dead[count++] = self->processes[i].pid;
			self->killed[self->processes[i].role]++;
			(void)kill(self->processes[i].pid, SIGKILL);
		}
	for (size_t i = 0; i < count; i++)
		bury(self, dead[i]);
}

static void detach(struct tracer *self, struct process *process, int signal)
{
	if (process->entry && !pass_breakpoint(process))
		(void)ptrace(PTRACE_POKETEXT, process->pid, (long)process->entry, process->covered);
	(void)ptrace(PTRACE_DETACH, process->pid, NULL, (long)signal);
	forget(self, process);
}

/* Lets go of all. In no order of ours: one that is in a vfork hears us only when its child goes on, and that may stop for us first. */
static void detach_all(struct tracer *self, pid_t standing)
{
	int status;
	pid_t pid;

	for (size_t i = self->count; i-- > 0;)
		if (self->processes[i].pid == standing || self->processes[i].held)
			detach(self, &self->processes[i], 0);
		else
			(void)ptrace(PTRACE_INTERRUPT, self->processes[i].pid, NULL, NULL);
	while (self->count && (pid = waitpid(-1, &status, __WALL)) > 0) {
		struct process *process = find_or_add(self, pid);

		if (!WIFSTOPPED(status)) {
			note_end(self, process, status);
			continue;
		}
		take_newborn(self, pid, status, false);
		detach(self, find(self, pid), signal_of_stop(status));
	}
}

static void report_point(struct tracer *self, const char *what, const struct call_made *made, enum role role)
{
	char subject[512];

	call_describe(made, subject, sizeof(subject));
	(void)fprintf(self->report, "%s=%s %lu %s %s\n", what, role_name(role), self->points[role], made->call->name,
		      subject);
}

/* Does what is to be done at the point; true if the caller stands still no more because nobody is traced now. */
static bool fire(struct tracer *self, const struct call_made *made, enum role role)
{
	static const uint32_t how = SHUTDOWN_WITHOUT_FLUSH;

	report_point(self, "fired", made, role);
	if (self->plan.action == ACTION_ERROR) {
		self->failing = made->call;
		replace_call(made, -self->plan.errnum);
		return false;
	}
	if (self->plan.action == ACTION_RUN)
		(void)!system(self->plan.shell_command);
	if (self->plan.action == ACTION_CUT && ioctl(self->mount, IOCTL_SHUTDOWN, &how) < 0)
		die("cannot cut the power");
	if (self->plan.action != ACTION_RUN)
		kill_victims(self, made->pid);
	detach_all(self, made->pid);
	return true;
}

/* ---- Calls ----------------------------------------------------------------------------------------------- */

static bool is_lie(const struct tracer *self, const struct call_made *made, enum role role)
{
	if (!(self->plan.liars & 1U << role))
		return false;
	for (size_t i = 0; i < self->plan.lie_count; i++)
		if (self->plan.lies[i] == made->call)
			return true;
	return false;
}

/* Where the command's own words go is not what fails for ever: it is to say what does. */
static bool is_console(const struct call_made *made)
{
	return made->call->subject == SUBJECT_DESCRIPTOR && made->arguments[0] <= STDERR_FILENO;
}

/* As if all had been written. */
static long result_of_lie(const struct call_made *made)
{
	long number = made->call->number;

	return number == SYS_write || number == SYS_pwrite64 ? (long)made->arguments[2] : 0;
}

static bool goes_on_failing(const struct tracer *self, const struct call_made *made)
{
	if (is_console(made))
		return false;
	return self->plan.repeat == REPEAT_ALL || (self->plan.repeat == REPEAT_CALL && self->failing == made->call);
}

/* True if nobody is traced any more. */
static bool count_point(struct tracer *self, const struct call_made *made, enum role role)
{
	self->points[role]++;
	if (self->plan.list)
		report_point(self, "point", made, role);
	if (self->plan.action == ACTION_COUNT || role != self->plan.role)
		return false;
	if (self->points[role] == self->plan.point)
		return fire(self, made, role);
	if (self->failing && goes_on_failing(self, made))
		replace_call(made, -self->plan.errnum);
	return false;
}

/* It may do so before its fork was seen, if it was taken for a step's. */
static void leave_nursery(struct process *process)
{
	process->has_session = true;
	if (process->role == ROLE_NURSERY)
		process->role = ROLE_SUPERVISOR;
}

/* True if nobody is traced any more. */
static bool on_call(struct tracer *self, struct process *process)
{
	struct ptrace_syscall_info info;
	struct call_made made = { .pid = process->pid };

	if (ptrace(PTRACE_GET_SYSCALL_INFO, process->pid, (long)sizeof(info), &info) <= 0 ||
	    info.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	if (info.entry.nr == SYS_setsid)
		leave_nursery(process);
	made.call = call_find((long)info.entry.nr);
	if (!made.call)
		return false;
	memcpy(made.arguments, info.entry.args, sizeof(made.arguments));
	if (is_lie(self, &made, process->role))
		replace_call(&made, result_of_lie(&made));
	if (self->plan.no_rename_flags && info.entry.nr == SYS_renameat2 && made.arguments[4])
		replace_call(&made, -EINVAL);
	return call_is_point(&made, self->plan.kind) && count_point(self, &made, process->role);
}

/* ---- Events ---------------------------------------------------------------------------------------------- */

static enum role role_of_child(enum role parent)
{
	switch (parent) {
	case ROLE_ENGINE:
	case ROLE_NURSERY:
		return ROLE_NURSERY;
	case ROLE_SUPERVISOR:
		return ROLE_STARTER;
	default:
		return ROLE_STEP;
	}
}

static void give_role(struct process *process, enum role role)
{
	process->role = role;
	if (process->held)
		resume(process, 0);
	process->held = false;
}

static void on_fork(struct tracer *self, const struct process *parent)
{
	enum role role = role_of_child(parent->role);
	struct process *process;
	unsigned long child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &child) != 0)
		return;
	process = find_or_add(self, (pid_t)child);
	give_role(process, role == ROLE_NURSERY && process->has_session ? ROLE_SUPERVISOR : role);
}

static void on_exec(struct process *process)
{
	if (process->role == ROLE_STARTER || process->role == ROLE_STEP) {
		process->role = ROLE_STEP;
		return;
	}
	process->role = ROLE_ENGINE;
	set_breakpoint(process);
}

static void on_event(struct tracer *self, pid_t pid, int status)
{
	struct process *process = find_or_add(self, pid);

	switch (status >> 16) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_fork(self, process);
		process = find(self, pid);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(process);
		break;
	case PTRACE_EVENT_STOP:
		if (WSTOPSIG(status) != SIGTRAP) {
			(void)ptrace(PTRACE_LISTEN, pid, NULL, NULL);
			return;
		}
		process->held = process->role == ROLE_UNKNOWN;
		break;
	default:
		break;
	}
	if (!process->held)
		resume(process, 0);
}

/* True if nobody is traced any more. */
static bool on_stop(struct tracer *self, pid_t pid, int status)
{
	struct process *process = find(self, pid);
	int signal = WSTOPSIG(status);

	if (!process || status >> 16) {
		on_event(self, pid, status);
		return false;
	}
	if (signal == (SIGTRAP | 0x80)) {
		if (on_call(self, process))
			return true;
		signal = 0;
	} else if (signal == SIGTRAP && pass_breakpoint(process)) {
		signal = 0;
	}
	resume(process, signal);
	return false;
}

/* Those whose parent died before its fork was seen: only steps do that without a fault. */
static void adopt_held(struct tracer *self)
{
	for (size_t i = 0; i < self->count; i++)
		if (self->processes[i].held)
			give_role(&self->processes[i], ROLE_STEP);
}

static void on_end(struct tracer *self, pid_t pid, int status)
{
	struct process *process = find(self, pid);

	if (process)
		note_end(self, process, status);
	adopt_held(self);
}

/* Steps alone are not waited for: a service may have been started. */
static bool is_over(const struct tracer *self)
{
	return self->command_ended && !has_role(self, ROLE_ENGINE) && !has_role(self, ROLE_NURSERY) &&
	       !has_role(self, ROLE_SUPERVISOR);
}

static void trace(struct tracer *self)
{
	int status;
	pid_t pid;

	while (!is_over(self) && (pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status))
			on_end(self, pid, status);
		else if (on_stop(self, pid, status))
			return;
	}
	detach_all(self, 0);
}

/* ---- The whole ------------------------------------------------------------------------------------------- */

static _Noreturn void become_command(char **command, int gate)
{
	char byte;

	if (read(gate, &byte, 1) == 1)
		(void)execvp(command[0], command);
	(void)fprintf(stderr, "fault-tracer: %s: %s\n", command[0], strerror(errno));
	_exit(127);
}

static void start(struct tracer *self)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		die("pipe");
	self->command = fork();
	if (self->command < 0)
		die("fork");
	if (self->command == 0)
		become_command(self->plan.command, gate[0]);
	if (ptrace(PTRACE_SEIZE, self->command, NULL, (long)OPTIONS) < 0)
		die("cannot trace");
	find_or_add(self, self->command)->role = ROLE_ENGINE;
	(void)!write(gate[1], "!", 1);
	(void)close(gate[0]);
	(void)close(gate[1]);
}

/* Nobody is traced any more, but for those whose parent was killed before its fork was seen: they stop, and nobody knows them. */
static void wait_for_command(struct tracer *self)
{
	int status;
	pid_t pid;

	while (!self->command_ended && (pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			(void)ptrace(PTRACE_DETACH, pid, NULL, (long)signal_of_stop(status));
		else if (pid == self->command)
			note_end(self, find_or_add(self, pid), status);
	}
}

/* How the command ended: its exit code, or the signal as a negative number. */
static void report_end(struct tracer *self)
{
	int status = self->command_status;

	(void)fprintf(self->report, "status=%d\n", WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
	for (int role = ROLE_ENGINE; role <= ROLE_STEP; role++)
		(void)fprintf(self->report, "%s=%lu\nkilled_%s=%lu\n", role_name((enum role)role), self->points[role],
			      role_name((enum role)role), self->killed[role]);
	if (fclose(self->report) != 0)
		die("cannot write the report");
}

int main(int argc, char **argv)
{
	static struct tracer self;

	(void)argc;
	if (!plan_parse(argv, &self.plan))
		return 2;
	self.mount = self.plan.mount ? open(self.plan.mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (self.plan.mount && self.mount < 0)
		die(self.plan.mount);
	self.report = self.plan.report ? fopen(self.plan.report, "we") : stderr;
	if (!self.report)
		die(self.plan.report);
	(void)setvbuf(self.report, NULL, _IOLBF, 0);
	start(&self);
	trace(&self);
	wait_for_command(&self);
	report_end(&self);
	return 0;
}
