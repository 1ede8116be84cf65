/* SPDX-License-Identifier: Apache-2.0 */
/* The server from outside: malformed heads, limits, deadlines, overload, stopping. */
#include "http_probe.h"

#include <pthread.h>
#include <stdatomic.h>

static struct http_server *server;
static int port;
static _Atomic int handled, finished;

/* /echo gives the body back, /sleep takes 300 ms, /look shows what was understood, everything else says hello. */
static void
handler(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    atomic_fetch_add(&handled, 1);
    response->type = TB_STR("text/plain; charset=utf-8");
    if (tb_str_is(request->path, "/echo")) {
        response->body = request->body;
    } else if (tb_str_is(request->path, "/sleep")) {
        struct timespec pause = {.tv_nsec = 300 * 1000000L};
        nanosleep(&pause, NULL);
        response->body = TB_STR("slept");
    } else if (tb_str_is(request->path, "/look")) {
        response->body =
            tb_printf(request->arena, "q=" TB_FMT " c=" TB_FMT " h=" TB_FMT " m=" TB_FMT,
                      TB_ARG(http_query(request, "q")), TB_ARG(http_cookie(request, "c")),
                      TB_ARG(http_header(request, "x-test")), TB_ARG(request->method));
        http_set(request, response, "X-Seen",
                 tb_printf(request->arena, TB_FMT " %s", TB_ARG(request->address),
                           request->is_tls ? "tls" : "plain"));
        http_set_cookie(request, response, "a", TB_STR("1"), 0, false);
        http_set_cookie(request, response, "b", TB_STR("2"), 60, true);
    } else {
        response->body = TB_STR("hello");
    }
    atomic_fetch_add(&finished, 1);
}

static int
start(void **state)
{
    (void)state;
    struct tb_err err = {0};
    struct http_options options = {.listen = TB_STR("127.0.0.1:0"),
                                   .handler = handler,
                                   .env = &probe_env,
                                   .workers = 8,
                                   .event_threads = 4,
                                   .header_ms = 1500,
                                   .body_ms = 1500,
                                   .idle_ms = 1500,
                                   .log_fd = -1};
    if (http_server_open(&options, &server, &err) != TB_OK)
        return -1;
    port = http_server_port(server);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    if (!http_server_stop(server))
        return -1;
    http_server_close(server);
    return 0;
}

static char answer[1 << 20];

static int
ask(const char *bytes, size_t len)
{
    return probe_status(port, bytes, len, answer, sizeof(answer), 4000);
}
#define ASK(literal) ask((literal), sizeof(literal) - 1)

/* ---- heads ---- */

static void
a_plain_request_is_answered_with_security_headers(void **state)
{
    (void)state;
    assert_int_equal(ASK("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
    assert_non_null(strstr(answer, "\r\n\r\nhello"));
    assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
    assert_null(strstr(answer, "unsafe-inline"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
    assert_non_null(strstr(answer, "frame-ancestors 'none'"));
    assert_non_null(strstr(answer, "Referrer-Policy: same-origin"));
    assert_null(strstr(answer, "Strict-Transport-Security"));
}

static void
query_cookies_and_headers_are_understood(void **state)
{
    (void)state;
    assert_int_equal(ASK("GET /look?a=b&q=%E5%8D%AB+x HTTP/1.1\r\nHost: x\r\nCookie: z=1; c=7; "
                         "d=\r\nX-Test:  a b \r\n\r\n"),
                     200);
    assert_non_null(strstr(answer, "q=卫 x c=7 h=a b m=GET"));
    assert_non_null(strstr(answer, "Set-Cookie: a=1; Path=/; HttpOnly; SameSite=Lax\r\n"));
    assert_non_null(
        strstr(answer, "Set-Cookie: b=2; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure\r\n"));
}

static void
a_refusal_is_a_page_for_people_and_a_problem_for_programs(void **state)
{
    (void)state;
    assert_int_equal(ASK("GET /a%00<b> HTTP/1.1\r\nHost: x\r\n\r\n"), 400);
    assert_non_null(strstr(answer, "Content-Type: application/problem+json"));
    assert_int_equal(ASK("GET /a%00<b> HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*;q=0.8\r\n\r\n"),
                     400);
    assert_non_null(strstr(answer, "Content-Type: text/html; charset=utf-8"));
    assert_non_null(strstr(answer, "<h1>请求的格式不对</h1>"));
    assert_non_null(strstr(answer, "Content-Security-Policy: default-src 'none'"));
    assert_null(strstr(answer, "<b>"));
}

static void
head_is_get_without_body(void **state)
{
    (void)state;
    int fd = probe_connect(port);
    assert_true(fd >= 0);
    static const char bytes[] = "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_true(probe_send(fd, bytes, sizeof(bytes) - 1));
    ssize_t len = probe_read_all(fd, answer, sizeof(answer), 4000);
    assert_true(len > 12);
    assert_memory_equal(answer, "HTTP/1.1 200", 12);
    assert_memory_equal(answer + len - 4, "\r\n\r\n", 4);
    close(fd);
}

struct probe {
    const char *name, *bytes;
    size_t len;
    int status, status_or;
};
#define PROBE(name, bytes, ...)                                                                    \
    {                                                                                              \
        name, bytes, sizeof(bytes) - 1, __VA_ARGS__                                                \
    }

/* clang-format off */
static const struct probe malformed[] = {
    PROBE("two different Content-Length",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
    PROBE("two equal Content-Length",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400),
    PROBE("Content-Length and Transfer-Encoding",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    PROBE("Transfer-Encoding twice",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    PROBE("unknown Transfer-Encoding",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    PROBE("Transfer-Encoding in HTTP/1.0",
     "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    PROBE("Content-Length with a sign", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello", 400),
    PROBE("Content-Length in hexadecimal", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\nhello", 400),
    PROBE("Content-Length as a list", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello", 400),
    PROBE("Content-Length beyond the limit",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 26000000\r\n\r\nhello", 413),
    PROBE("Content-Length beyond all numbers",
     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nhello", 413),
    PROBE("blank before the colon", "GET / HTTP/1.1\r\nHost: x\r\nX-Test : 1\r\n\r\n", 400),
    PROBE("tab before the colon", "GET / HTTP/1.1\r\nHost: x\r\nX-Test\t: 1\r\n\r\n", 400),
    PROBE("blank in a name", "GET / HTTP/1.1\r\nHost: x\r\nX Test: 1\r\n\r\n", 400),
    PROBE("a name that is empty", "GET / HTTP/1.1\r\nHost: x\r\n: 1\r\n\r\n", 400),
    PROBE("a line without colon", "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400),
    PROBE("a folded line", "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\r\n b\r\n\r\n", 400),
    PROBE("a folded last line", "GET / HTTP/1.1\r\nX-Test: a\r\nHost: x\r\n\ty\r\n\r\n", 400),
    PROBE("NUL in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\0b\r\nX-Other: 1\r\n\r\n", 400),
    PROBE("NUL in the last value", "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\0b\r\n\r\n", 400),
    PROBE("NUL in a name", "GET / HTTP/1.1\r\nHost: x\r\nX-T\0est: a\r\n\r\n", 400),
    PROBE("NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("NUL in the method", "G\0ET / HTTP/1.1\r\nHost: x\r\n\r\n", 400, 501),
    PROBE("a control character in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\x01" "b\r\n\r\n", 400),
    PROBE("a bare carriage return in a value", "GET / HTTP/1.1\r\nHost: x\r\nX-Test: a\rb\r\n\r\n", 400),
    PROBE("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", 400),
    PROBE("one bare line feed", "GET / HTTP/1.1\r\nHost: x\nX-Test: 1\r\n\r\n", 400),
    PROBE("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
    PROBE("two Host lines", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    PROBE("an unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
    PROBE("a method that is none", "G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("two blanks in the request line", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("a blank behind the version", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400, 505),
    PROBE("HTTP/0.9", "GET /\r\n\r\n", 400, 505),
    PROBE("HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 400, 505),
    PROBE("HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400, 505),
    PROBE("a broken escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("an escaped slash", "GET /a%2fb HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("an escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("dot segments", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("escaped dot segments", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("ill-formed UTF-8 in a query", "GET /?q=%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("raw bytes in the target", "GET /\xe5\x8d\xab HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("a target that does not begin with a slash", "GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    PROBE("a chunk size that is none",
     "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400, 0),
};
/* clang-format on */

static void
malformed_requests_are_refused(void **state)
{
    (void)state;
    int before = handled, wrong = 0;
    for (size_t i = 0; i < TB_COUNT(malformed); i++) {
        const struct probe *probe = &malformed[i];
        int status = ask(probe->bytes, probe->len);
        if (status != probe->status &&
            (status != probe->status_or || (status == 0 && probe->status_or != 0))) {
            print_message("%s: %d instead of %d\n", probe->name, status, probe->status);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(handled, before);
}

static void
a_head_that_comes_byte_by_byte_is_read_like_any_other(void **state)
{
    (void)state;
    static const char bytes[] =
        "GET /look?q=slow HTTP/1.1\r\nHost: x\r\nCookie: c=9\r\nX-Test: drip\r\n\r\n";
    int fd = probe_connect(port);
    for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
        struct timespec pause = {.tv_nsec = 2 * 1000000L};
        assert_true(probe_send(fd, bytes + i, 1));
        nanosleep(&pause, NULL);
    }
    assert_int_equal(probe_read_answer(fd, answer, sizeof(answer), 4000), 200);
    assert_non_null(strstr(answer, "q=slow c=9 h=drip m=GET"));
    close(fd);
}

static void
a_large_head_is_read_and_a_larger_one_refused(void **state)
{
    (void)state;
    struct tb_arena *arena = tb_arena_new(0);
    for (int lines = 10; lines <= 400; lines += 30) {
        struct tb_buf buf = {.arena = arena};
        tb_buf_cstr(&buf, "GET /look HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; i < lines; i++)
            tb_buf_printf(&buf, "X-Line-%d: %0100d\r\n", i, i);
        tb_buf_cstr(&buf, "X-Test: end\r\n\r\n");
        int status = ask(buf.ptr, buf.len);
        if (lines < HTTP_HEADERS_MAX - 2)
            assert_int_equal(status, 200);
        else
            assert_int_equal(status, 431);
        if (status == 200)
            assert_non_null(strstr(answer, "h=end"));
    }
    tb_arena_free(arena);
}

/* ---- bodies ---- */

static void
bodies_arrive_whole_by_length_and_by_chunks(void **state)
{
    (void)state;
    assert_int_equal(ASK("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhe\0lo"), 200);
    assert_memory_equal(strstr(answer, "\r\n\r\n") + 4, "he\0lo", 5);
    assert_int_equal(ASK("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                         "chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n"),
                     200);
    assert_non_null(strstr(answer, "\r\n\r\nhello"));
    size_t len = 900000;
    char *body = malloc(len + 200);
    int head =
        snprintf(body, 200, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", len);
    for (size_t i = 0; i < len; i++)
        body[(size_t)head + i] = (char)('a' + i % 26);
    assert_int_equal(ask(body, (size_t)head + len), 200);
    assert_memory_equal(strstr(answer, "\r\n\r\n") + 4, body + head, len);
    free(body);
}

static void
a_chunked_body_over_the_limit_is_refused(void **state)
{
    (void)state;
    static char piece[65536];
    memset(piece, 'x', sizeof(piece));
    int fd = probe_connect(port), before = handled;
    static const char head[] =
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_true(probe_send(fd, head, sizeof(head) - 1));
    bool is_open = true;
    for (size_t sent = 0; is_open && sent <= HTTP_BODY_BYTES_MAX; sent += sizeof(piece))
        is_open = probe_send(fd, "10000\r\n", 7) && probe_send(fd, piece, sizeof(piece)) &&
                  probe_send(fd, "\r\n", 2);
    if (is_open)
        probe_send(fd, "0\r\n\r\n", 5);
    int status = probe_read_answer(fd, answer, sizeof(answer), 4000);
    assert_true(status == 413 || status == 0);
    assert_int_equal(handled, before);
    close(fd);
}

static void
requests_on_one_connection_follow_each_other(void **state)
{
    (void)state;
    int fd = probe_connect(port);
    for (int i = 0; i < 50; i++) {
        static const char bytes[] = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok";
        assert_true(probe_send(fd, bytes, sizeof(bytes) - 1));
        assert_int_equal(probe_read_answer(fd, answer, sizeof(answer), 4000), 200);
    }
    close(fd);
}

/* ---- deadlines ---- */

/* Sends one byte each 100 ms and says after how many ms the server cut the connection. */
static int64_t
drip_until_cut(const char *head)
{
    int fd = probe_connect(port);
    int64_t began = probe_ms();
    probe_send(fd, head, strlen(head));
    while (probe_ms() - began < 8000) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        if (poll(&poll_fd, 1, 100) > 0 && recv(fd, answer, sizeof(answer), 0) <= 0)
            break;
        if (!probe_send(fd, "a", 1))
            break;
    }
    close(fd);
    return probe_ms() - began;
}

static void
a_head_that_drips_is_cut_at_its_deadline(void **state)
{
    (void)state;
    int64_t took_ms = drip_until_cut("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    assert_in_range(took_ms, 1300, 3000);
    took_ms = drip_until_cut("GET /");
    assert_in_range(took_ms, 1300, 3000);
}

static void
a_body_that_drips_is_cut_at_its_deadline(void **state)
{
    (void)state;
    int64_t took_ms =
        drip_until_cut("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    assert_in_range(took_ms, 1300, 3000);
}

static void
stalled_connections_do_not_stop_a_request(void **state)
{
    (void)state;
    int fds[300];
    for (size_t i = 0; i < TB_COUNT(fds); i++) {
        fds[i] = probe_connect(port);
        assert_true(fds[i] >= 0);
        probe_send(fds[i], "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf", 55);
    }
    int64_t began = probe_ms();
    assert_int_equal(ASK("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
    assert_true(probe_ms() - began < 1000);
    for (size_t i = 0; i < TB_COUNT(fds); i++)
        close(fds[i]);
}

/* ---- stopping ---- */

struct slow {
    int status;
};

static void *
slow_client(void *context)
{
    struct slow *slow = context;
    static const char bytes[] = "GET /sleep HTTP/1.1\r\nHost: x\r\n\r\n";
    char out[4096];
    slow->status = probe_status(port, bytes, sizeof(bytes) - 1, out, sizeof(out), 9000);
    return NULL;
}

static void
stopping_finishes_what_runs(void **state)
{
    (void)state;
    pthread_t threads[8];
    struct slow slow[TB_COUNT(threads)] = {0};
    int before = handled;
    for (size_t i = 0; i < TB_COUNT(threads); i++)
        pthread_create(&threads[i], NULL, slow_client, &slow[i]);
    while (handled < before + (int)TB_COUNT(threads)) {
        struct timespec pause = {.tv_nsec = 1000000L};
        nanosleep(&pause, NULL);
    }
    int64_t began = probe_ms();
    assert_true(http_server_stop(server));
    assert_true(probe_ms() - began < 3000);
    assert_int_equal(handled, finished);
    for (size_t i = 0; i < TB_COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(slow[i].status, 200);
    }
    int fd = probe_connect(port);
    assert_true(fd < 0 || probe_status(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 28, answer,
                                       sizeof(answer), 500) <= 0);
    http_server_close(server);
    assert_int_equal(start(NULL), 0);
}

/* Who has sent half a request when the server stops is waited for, and not for ever. */
static void *
late_client(void *context)
{
    int *fd = context;
    struct timespec pause = {.tv_sec = 1};
    nanosleep(&pause, NULL);
    probe_send(fd[0], "lf!!!", 5);
    return NULL;
}

static void
a_body_on_its_way_is_waited_for_when_stopping(void **state)
{
    (void)state;
    static const char half[] = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf";
    int fds[2] = {probe_connect(port), probe_connect(port)};
    assert_true(probe_send(fds[0], half, sizeof(half) - 1) &&
                probe_send(fds[1], half, sizeof(half) - 1));
    struct timespec pause = {.tv_nsec = 200 * 1000000L};
    nanosleep(&pause, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, late_client, fds);
    int64_t began = probe_ms();
    assert_true(http_server_stop(server));
    int64_t took_ms = probe_ms() - began;
    http_server_close(server);
    pthread_join(thread, NULL);
    assert_int_equal(probe_read_answer(fds[0], answer, sizeof(answer), 1000), 200);
    assert_non_null(strstr(answer, "halflf!!!"));
    assert_non_null(strstr(answer, "Connection: close"));
    assert_int_equal(probe_read_answer(fds[1], answer, sizeof(answer), 1000), 0);
    assert_in_range(took_ms, 500, HTTP_STOP_MS_MAX + 1000);
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(start(NULL), 0);
}

static void
a_listen_address_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", ":80"};
    for (size_t i = 0; i < TB_COUNT(wrong); i++) {
        struct tb_err err = {0};
        struct http_server *other;
        struct http_options options = {
            .listen = tb_str_of(wrong[i]), .handler = handler, .env = &probe_env, .log_fd = -1};
        assert_int_equal(http_server_open(&options, &other, &err), TB_INVALID);
        assert_non_null(strstr(err.message, "HOST:PORT"));
    }
}

/* ---- behind a proxy ---- */

static const char from_proxy[] =
    "GET /look?q=secret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    "X-Forwarded-For: 6.6.6.6, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n\r\n";

static void
only_a_trusted_proxy_is_believed(void **state)
{
    (void)state;
    assert_int_equal(ask(from_proxy, sizeof(from_proxy) - 1), 200);
    assert_non_null(strstr(answer, "X-Seen: 127.0.0.1 plain\r\n"));
    int log[2];
    struct tb_err err = {0};
    struct http_server *other;
    assert_int_equal(pipe(log), 0);
    struct http_options options = {.listen = TB_STR("[::1]:0"),
                                   .handler = handler,
                                   .env = &probe_env,
                                   .workers = 1,
                                   .event_threads = 1,
                                   .trusted_proxy = TB_STR("127.0.0.1"),
                                   .is_hsts = true,
                                   .log_fd = log[1]};
    if (http_server_open(&options, &other, &err) ==
        TB_OK) { /* a machine without IPv6 has no such address */
        assert_true(http_server_port(other) > 0);
        assert_true(http_server_stop(other));
        http_server_close(other);
    }
    options.listen = TB_STR("127.0.0.1:0");
    options.trusted_proxy = TB_STR("127.0.0.1");
    assert_int_equal(http_server_open(&options, &other, &err), TB_OK);
    int status = probe_status(http_server_port(other), from_proxy, sizeof(from_proxy) - 1, answer,
                              sizeof(answer), 4000);
    assert_true(http_server_stop(other));
    http_server_close(other);
    assert_int_equal(status, 200);
    assert_non_null(strstr(answer, "X-Seen: 10.1.2.3 tls\r\n"));
    assert_non_null(strstr(answer, "Strict-Transport-Security: max-age="));
    char line[1024] = "";
    assert_true(read(log[0], line, sizeof(line) - 1) > 0);
    assert_non_null(strstr(line, " GET /look 200 "));
    assert_null(strstr(line, "secret"));
    assert_null(strstr(line, "10.1.2.3"));
    close(log[0]);
    close(log[1]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_request_is_answered_with_security_headers),
        cmocka_unit_test(query_cookies_and_headers_are_understood),
        cmocka_unit_test(a_refusal_is_a_page_for_people_and_a_problem_for_programs),
        cmocka_unit_test(head_is_get_without_body),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(a_head_that_comes_byte_by_byte_is_read_like_any_other),
        cmocka_unit_test(a_large_head_is_read_and_a_larger_one_refused),
        cmocka_unit_test(bodies_arrive_whole_by_length_and_by_chunks),
        cmocka_unit_test(a_chunked_body_over_the_limit_is_refused),
        cmocka_unit_test(requests_on_one_connection_follow_each_other),
        cmocka_unit_test(a_head_that_drips_is_cut_at_its_deadline),
        cmocka_unit_test(a_body_that_drips_is_cut_at_its_deadline),
        cmocka_unit_test(stalled_connections_do_not_stop_a_request),
        cmocka_unit_test(stopping_finishes_what_runs),
        cmocka_unit_test(a_body_on_its_way_is_waited_for_when_stopping),
        cmocka_unit_test(a_listen_address_that_is_none_is_refused),
        cmocka_unit_test(only_a_trusted_proxy_is_believed),
    };
    return cmocka_run_group_tests_name("http_server", tests, start, stop);
}
