/* SPDX-License-Identifier: Apache-2.0 */
/* A server for tests and a client that sends exactly the bytes it is told to. */
#ifndef TESTS_HTTP_PROBE_H
#define TESTS_HTTP_PROBE_H

#include "http/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static inline int64_t
probe_now_us(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline void
probe_random(void *context, void *bytes, size_t len)
{
    (void)context;
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        abort();
}

static const struct tb_env probe_env = {.now_us = probe_now_us, .random = probe_random};

static inline int64_t
probe_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline int
probe_connect(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

static inline bool
probe_send(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* Reads until the peer closes, cap is full or wait_ms passed without a byte. NUL-terminated. Returns the
 * length; -1: the time passed. */
static inline ssize_t
probe_read_all(int fd, char *out, size_t cap, int wait_ms)
{
    size_t len = 0;
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, wait_ms) <= 0)
            return -1;
        ssize_t got = len + 1 < cap ? recv(fd, out + len, cap - 1 - len, 0) : 0;
        if (got <= 0)
            break;
        len += (size_t)got;
        out[len] = '\0';
    }
    out[len] = '\0';
    return (ssize_t)len;
}

/* Reads one answer with Content-Length from a connection that stays open. Returns its status; 0: closed, -1: time. */
static inline int
probe_read_answer(int fd, char *out, size_t cap, int wait_ms)
{
    size_t len = 0;
    out[0] = '\0';
    for (;;) {
        char *head_end = strstr(out, "\r\n\r\n");
        if (head_end != NULL) {
            const char *length = strcasestr(out, "\r\nContent-Length: ");
            size_t body = length != NULL && length < head_end ? strtoul(length + 18, NULL, 10) : 0;
            if (len >= (size_t)(head_end - out) + 4 + body)
                return (int)strtol(out + 9, NULL, 10);
        }
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, wait_ms) <= 0)
            return -1;
        ssize_t got = recv(fd, out + len, cap - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        out[len] = '\0';
    }
}

/* Sends bytes on a fresh connection. Returns the status of the answer, 0 when it was closed without one, -1
 * when nothing came. */
static inline int
probe_status(int port, const char *bytes, size_t len, char *out, size_t cap, int wait_ms)
{
    int fd = probe_connect(port);
    if (fd < 0)
        return -2;
    probe_send(fd, bytes, len);
    int status = probe_read_answer(fd, out, cap, wait_ms);
    close(fd);
    return status;
}

#endif
