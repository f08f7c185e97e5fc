// SPDX-License-Identifier: MIT
#include "engine/supervisor/log_sync.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

void log_sync_open(struct log_sync *sync)
{
	*sync = (struct log_sync){ .log = -1 };
	if (syscall(SYS_io_setup, 1, &sync->context) < 0)
		sync->context = 0;
}

void log_sync_close(struct log_sync *sync)
{
	if (sync->context)
		(void)syscall(SYS_io_destroy, sync->context);
	sync->context = 0;
}

void log_sync_begin(struct log_sync *sync, int log)
{
	struct iocb *requests[] = { &sync->request };

	sync->log = log;
	sync->request = (struct iocb){ .aio_lio_opcode = IOCB_CMD_FDSYNC, .aio_fildes = (__u32)log };
	if (sync->context && syscall(SYS_io_submit, sync->context, 1, requests) != 1)
		log_sync_close(sync);
}

static bool wait_for_kernel(const struct log_sync *sync)
{
	struct io_event event;
	long count;

	do
		count = syscall(SYS_io_getevents, sync->context, 1, 1, &event, NULL);
	while (count < 0 && errno == EINTR);
	return count == 1;
}

void log_sync_end(struct log_sync *sync)
{
	if (sync->log >= 0 && !(sync->context && wait_for_kernel(sync)))
		(void)fdatasync(sync->log);
	sync->log = -1;
}
