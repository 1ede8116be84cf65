/* SPDX-License-Identifier: Apache-2.0 */
/* The soak: 1,000 connections ask without a pause for 60 seconds, and nobody may wait over 2 seconds. It is what a lost
 * wake-up between a worker and an event thread would break. Seconds can be given as the first argument. */
#include "http_probe.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { CONNECTIONS = 1000, WAIT_MS_MAX = 2000 };

static int seconds = 60;

/* Every 7th answer takes 2 ms of blocking, as a database would; every 3rd has 20 KB. */
static void
handler(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    static const char page[20000] = "page";
    tb_str number = http_query(request, "n");
    int64_t n = 0;
    tb_str_to_int(number, &n);
    if (n % 7 == 0) {
        struct timespec pause = {.tv_nsec = 2 * 1000000L};
        nanosleep(&pause, NULL);
    }
    response->type = TB_STR("text/plain");
    response->body =
        n % 3 == 0 ? (tb_str){page, sizeof(page)} : tb_str_copy(request->arena, number);
}

struct client {
    int fd;
    int64_t asked_ms;
    size_t len, needed; /* bytes of the answer: here, in all (0: head not complete) */
    char head[1024];
};

struct soak {
    int epoll_fd;
    int64_t until_ms, answers, wrong, wait_ms_max, number;
    struct client clients[CONNECTIONS];
};

static void
client_ask(struct soak *soak, struct client *client)
{
    char bytes[256];
    int64_t n = soak->number++;
    int len =
        n % 5 == 0
            ? snprintf(bytes, sizeof(bytes),
                       "POST /?n=%lld HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello=world",
                       (long long)n)
            : snprintf(bytes, sizeof(bytes), "GET /?n=%lld HTTP/1.1\r\nHost: x\r\n\r\n",
                       (long long)n);
    client->asked_ms = probe_ms();
    client->len = client->needed = 0;
    if (!probe_send(client->fd, bytes, (size_t)len))
        soak->wrong++;
}

static void
head_read(struct soak *soak, struct client *client, const char *bytes, size_t got)
{
    size_t room = sizeof(client->head) - 1 - client->len;
    size_t take = got < room ? got : room;
    memcpy(client->head + client->len, bytes, take);
    client->head[client->len + take] = '\0';
    const char *end = strstr(client->head, "\r\n\r\n");
    if (end == NULL)
        return;
    const char *length = strcasestr(client->head, "\r\nContent-Length: ");
    if (strncmp(client->head, "HTTP/1.1 200", 12) != 0 || length == NULL)
        soak->wrong++;
    else
        client->needed = (size_t)(end - client->head) + 4 + strtoul(length + 18, NULL, 10);
}

static void
client_read(struct soak *soak, struct client *client)
{
    char bytes[65536];
    ssize_t got = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got <= 0) {
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            soak->wrong++;
            epoll_ctl(soak->epoll_fd, EPOLL_CTL_DEL, client->fd, NULL);
        }
        return;
    }
    if (client->needed == 0)
        head_read(soak, client, bytes, (size_t)got);
    client->len += (size_t)got;
    if (client->needed == 0 || client->len < client->needed)
        return;
    int64_t waited_ms = probe_ms() - client->asked_ms;
    if (waited_ms > soak->wait_ms_max)
        soak->wait_ms_max = waited_ms;
    soak->answers++;
    client->asked_ms = 0;
    if (probe_ms() < soak->until_ms)
        client_ask(soak, client);
}

/* Who still waits counts as having waited until now. */
static size_t
waiting_check(struct soak *soak)
{
    size_t waiting = 0;
    int64_t now_ms = probe_ms();
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (soak->clients[i].asked_ms == 0)
            continue;
        waiting++;
        if (now_ms - soak->clients[i].asked_ms > soak->wait_ms_max)
            soak->wait_ms_max = now_ms - soak->clients[i].asked_ms;
    }
    return waiting;
}

static void
soak_run(struct soak *soak)
{
    struct epoll_event events[256];
    size_t waiting = CONNECTIONS;
    while (waiting > 0 && probe_ms() < soak->until_ms + 10000) {
        int count = epoll_wait(soak->epoll_fd, events, TB_COUNT(events), 200);
        for (int i = 0; i < count; i++)
            client_read(soak, events[i].data.ptr);
        if (count == 0 || probe_ms() >= soak->until_ms)
            waiting = waiting_check(soak);
    }
    waiting_check(soak);
}

static void
a_thousand_busy_connections_never_wait_over_two_seconds(void **state)
{
    (void)state;
    struct rlimit files = {4096, 4096};
    setrlimit(RLIMIT_NOFILE, &files);
    struct tb_err err = {0};
    struct http_server *server;
    struct http_options options = {
        .listen = TB_STR("127.0.0.1:0"), .handler = handler, .env = &probe_env, .log_fd = -1};
    assert_int_equal(http_server_open(&options, &server, &err), TB_OK);
    struct soak *soak = calloc(1, sizeof(*soak));
    soak->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct client *client = &soak->clients[i];
        client->fd = probe_connect(http_server_port(server));
        assert_true(client->fd >= 0);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        assert_int_equal(epoll_ctl(soak->epoll_fd, EPOLL_CTL_ADD, client->fd, &event), 0);
    }
    soak->until_ms = probe_ms() + seconds * 1000;
    for (size_t i = 0; i < CONNECTIONS; i++)
        client_ask(soak, &soak->clients[i]);
    soak_run(soak);
    struct http_stats stats;
    http_server_stats(server, &stats);
    print_message("%lld answers in %d s, longest wait %lld ms, %lld wrong, %lld refused\n",
                  (long long)soak->answers, seconds, (long long)soak->wait_ms_max,
                  (long long)soak->wrong, (long long)stats.refused_busy);
    assert_int_equal(soak->wrong, 0);
    assert_true(soak->wait_ms_max <= WAIT_MS_MAX);
    assert_true(soak->answers > (int64_t)seconds * CONNECTIONS / 2);
    for (size_t i = 0; i < CONNECTIONS; i++)
        close(soak->clients[i].fd);
    close(soak->epoll_fd);
    free(soak);
    assert_true(http_server_stop(server));
    http_server_close(server);
}

static void
one_connection_too_many_is_told_at_once(void **state)
{
    (void)state;
    struct tb_err err = {0};
    struct http_server *server;
    struct http_options options = {
        .listen = TB_STR("127.0.0.1:0"), .handler = handler, .env = &probe_env, .log_fd = -1};
    assert_int_equal(http_server_open(&options, &server, &err), TB_OK);
    static int fds[HTTP_CONNECTIONS_MAX];
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        assert_true((fds[i] = probe_connect(http_server_port(server))) >= 0);
    struct http_stats stats = {0};
    for (int i = 0; i < 100 && stats.connections < HTTP_CONNECTIONS_MAX; i++) {
        struct timespec pause = {.tv_nsec = 20 * 1000000L};
        nanosleep(&pause, NULL);
        http_server_stats(server, &stats);
    }
    char out[4096];
    int64_t began_ms = probe_ms();
    static const char bytes[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_int_equal(
        probe_status(http_server_port(server), bytes, sizeof(bytes) - 1, out, sizeof(out), 5000),
        503);
    assert_true(probe_ms() - began_ms < 1000);
    assert_non_null(strstr(out, "Retry-After"));
    for (size_t i = 0; i < HTTP_CONNECTIONS_MAX; i++)
        close(fds[i]);
    assert_true(http_server_stop(server));
    http_server_close(server);
}

int
main(int argc, char **argv)
{
    if (argc > 1)
        seconds = (int)strtol(argv[1], NULL, 10);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_busy_connections_never_wait_over_two_seconds),
        cmocka_unit_test(one_connection_too_many_is_told_at_once),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
