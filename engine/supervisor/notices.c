// SPDX-License-Identifier: MIT
#include "engine/supervisor/notices.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

bool notices_open(int ret_ends[2], struct error *err)
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_ends) == 0 ||
	       error_set_errno(err, errno, "cannot make a socket");
}

void notices_send(int fd, enum notice notice, const char *text)
{
	char kind = (char)notice;
	struct iovec parts[] = { { &kind, 1 }, { (char *)text, strnlen(text, NOTICE_TEXT_BYTES) } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	if (sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		/* Nobody listens, or only slowly: they will look at the disk. */
	}
}

void notices_allow(int fd)
{
	ssize_t sent;

	do
		sent = send(fd, "", 1, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	/* It has ended, or there is no memory for our word: then it must not wait for it. */
	if (sent < 0)
		(void)shutdown(fd, SHUT_WR);
}

bool notices_is_allowed(int fd)
{
	ssize_t length;
	char word;

	do
		length = recv(fd, &word, sizeof(word), 0);
	while (length < 0 && errno == EINTR);
	return length == 1;
}

enum notice notices_receive(int fd, bool may_wait, struct strbuf *ret_text)
{
	char message[1 + NOTICE_TEXT_BYTES];
	ssize_t length;

	/* A supervisor that ended before it took our word leaves a "reset", before what it had said. */
	do
		length = recv(fd, message, sizeof(message), may_wait ? 0 : MSG_DONTWAIT);
	while (length < 0 && (errno == EINTR || errno == ECONNRESET));
	strbuf_clear(ret_text);
	if (length < 0 && errno == EAGAIN)
		return NOTICE_NONE;
	if (length <= 0)
		return NOTICE_CLOSED;
	strbuf_add(ret_text, message + 1, (size_t)length - 1);
	return (enum notice)message[0];
}
