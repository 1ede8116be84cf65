/* SPDX-License-Identifier: Apache-2.0 */
/* The server: sockets, libmicrohttpd's callbacks, starting and stopping.
 *
 * on_connection  a socket came or goes            on_target   the request line is there: make the
 * exchange on_request     head, each piece of body, end, and once more when the worker is done:
 * send on_completed   sent or broken off: free the exchange
 *
 * All four run on event threads. The exchange belongs to the event thread, except between suspend
 * and resume, when it belongs to the queue and then to one worker. */
#include "http/http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* ---- connections ---- */

static int
ms_of(int asked_ms, int stated_ms)
{
    return asked_ms > 0 ? asked_ms : stated_ms;
}

static void
deadline_set(struct http__connection *connection, int ms)
{
    atomic_store(&connection->deadline_ms, ms < 0 ? INT64_MAX : http__monotonic_ms() + ms);
}

static void
on_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
              enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct http__connection *connection = calloc(1, sizeof(*connection));
        tb_assert(connection != NULL);
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        tb_assert(info != NULL);
        connection->fd = info->connect_fd;
        deadline_set(connection, ms_of(server->options.header_ms, HTTP_HEADER_MS_MAX));
        *socket_context = connection;
        pthread_mutex_lock(&server->lock);
        connection->next = server->connections.next;
        connection->prev = &server->connections;
        connection->next->prev = connection;
        server->connections.next = connection;
        server->connection_count++;
        connection->is_refused = server->connection_count > HTTP_CONNECTIONS_MAX;
        pthread_mutex_unlock(&server->lock);
    } else {
        struct http__connection *connection = *socket_context;
        pthread_mutex_lock(&server->lock);
        connection->prev->next = connection->next;
        connection->next->prev = connection->prev;
        server->connection_count--;
        pthread_mutex_unlock(&server->lock);
        free(connection);
        *socket_context = NULL;
    }
}

/* ---- exchanges ---- */

static void *
on_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    struct http_server *server = context;
    struct http__exchange *exchange = calloc(1, sizeof(*exchange));
    tb_assert(exchange != NULL);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    tb_assert(info != NULL && info->socket_context != NULL);
    exchange->server = server;
    exchange->connection = info->socket_context;
    exchange->mhd = mhd;
    exchange->arena = tb_arena_new(0);
    exchange->target_at = target;
    exchange->request.arena = exchange->arena;
    exchange->request.target =
        tb_str_copy(exchange->arena, tb_str_of(target != NULL ? target : ""));
    deadline_set(exchange->connection, ms_of(server->options.header_ms, HTTP_HEADER_MS_MAX));
    return exchange;
}

static void
on_completed(void *context, struct MHD_Connection *mhd, void **exchange_at,
             enum MHD_RequestTerminationCode code)
{
    (void)mhd;
    (void)code;
    struct http_server *server = context;
    struct http__exchange *exchange = *exchange_at;
    if (exchange == NULL)
        return;
    http__log(server, exchange);
    deadline_set(exchange->connection, ms_of(server->options.idle_ms, HTTP_IDLE_MS_MAX));
    pthread_mutex_lock(&server->lock);
    server->body_bytes -= exchange->body_cap;
    if (exchange->answer != NULL)
        server->stats.by_class[exchange->response.status / 100]++;
    if (exchange->is_started && --server->in_flight == 0)
        pthread_cond_broadcast(&server->is_idle);
    pthread_mutex_unlock(&server->lock);
    if (exchange->answer != NULL)
        MHD_destroy_response(exchange->answer);
    free(exchange->body);
    tb_arena_free(exchange->arena);
    free(exchange);
    *exchange_at = NULL;
}

static enum MHD_Result
send_answer(struct http__exchange *exchange)
{
    exchange->is_answered = true;
    return MHD_queue_response(exchange->mhd, (unsigned)exchange->response.status, exchange->answer);
}

static enum MHD_Result
refuse(struct http__exchange *exchange, int status, const char *why)
{
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    if (status == 503)
        server->stats.refused_busy++;
    else
        server->stats.refused_malformed++;
    pthread_mutex_unlock(&server->lock);
    deadline_set(exchange->connection, HTTP_SEND_MS_MAX);
    http__refuse(exchange, status, why);
    return send_answer(exchange);
}

static void
address_read(struct http__exchange *exchange)
{
    char text[INET6_ADDRSTRLEN] = "";
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info != NULL && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
                  text, sizeof(text));
    else if (info != NULL && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6,
                  &((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr, text,
                  sizeof(text));
    exchange->request.address = tb_str_copy(exchange->arena, tb_str_of(text));
}

/* The head is complete: refuse, or reserve room for the body and go on. */
static enum MHD_Result
head_done(struct http__exchange *exchange, const char *method, const char *version)
{
    struct http_server *server = exchange->server;
    int64_t length;
    const char *why = NULL;
    uint8_t random[16];
    exchange->started_us = http__monotonic_us();
    server->options.env->random(server->options.env->context, random, sizeof(random));
    exchange->request.id = tb_base64url(exchange->arena, random, sizeof(random));
    int status = http__head_check(exchange, method, version, &length, &why);
    if (status != 0)
        return refuse(exchange, status, why);
    address_read(exchange);
    pthread_mutex_lock(&server->lock);
    size_t reserve = length > 0 ? (size_t)length : 0;
    bool is_busy = exchange->connection->is_refused || server->is_closed ||
                   server->queue_count >= HTTP_QUEUE_MAX ||
                   server->body_bytes + reserve > HTTP_BODY_BYTES_TOTAL_MAX;
    if (!is_busy) {
        exchange->body_cap = reserve;
        server->body_bytes += reserve;
        server->in_flight++;
        exchange->is_started = true;
        server->stats.requests++;
    }
    pthread_mutex_unlock(&server->lock);
    if (is_busy)
        return refuse(exchange, 503, "more requests than this server takes at once");
    if (reserve > 0) {
        exchange->body = malloc(reserve);
        tb_assert(exchange->body != NULL);
    }
    deadline_set(exchange->connection, ms_of(server->options.body_ms, HTTP_BODY_MS_MAX));
    return MHD_YES;
}

/* A chunked body does not say how long it gets: room is reserved as it grows. */
static bool
body_grow(struct http__exchange *exchange, size_t needed)
{
    struct http_server *server = exchange->server;
    size_t cap = exchange->body_cap == 0 ? 4096 : exchange->body_cap;
    while (cap < needed)
        cap *= 2;
    pthread_mutex_lock(&server->lock);
    bool is_room = server->body_bytes + (cap - exchange->body_cap) <= HTTP_BODY_BYTES_TOTAL_MAX;
    if (is_room) {
        server->body_bytes += cap - exchange->body_cap;
        exchange->body_cap = cap;
    }
    pthread_mutex_unlock(&server->lock);
    if (!is_room)
        return false;
    exchange->body = realloc(exchange->body, cap);
    tb_assert(exchange->body != NULL);
    return true;
}

static void
body_take(struct http__exchange *exchange, const char *bytes, size_t len)
{
    if (exchange->is_body_over)
        return;
    if (exchange->body_len + len > HTTP_BODY_BYTES_MAX ||
        (exchange->body_len + len > exchange->body_cap &&
         !body_grow(exchange, exchange->body_len + len))) {
        exchange->is_body_over =
            true; /* the rest is read and dropped until the deadline, then 413 */
        return;
    }
    memcpy(exchange->body + exchange->body_len, bytes, len);
    exchange->body_len += len;
}

/* Everything is here: suspend, then hand over. The worker may resume before this function returns.
 */
static enum MHD_Result
hand_over(struct http__exchange *exchange)
{
    if (exchange->is_body_over)
        return refuse(exchange, 413, "the body is too large");
    if (exchange->body_len > 0 || exchange->body != NULL)
        exchange->request.body = (tb_str){exchange->body, exchange->body_len};
    deadline_set(exchange->connection, -1);
    MHD_suspend_connection(exchange->mhd);
    if (!http__queue_put(exchange->server, exchange)) {
        http__refuse(exchange, 503, "the server is stopping");
        MHD_resume_connection(exchange->mhd);
    }
    return MHD_YES;
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *mhd, const char *url, const char *method,
           const char *version, const char *upload, size_t *upload_size, void **exchange_at)
{
    (void)context;
    (void)mhd;
    (void)url;
    struct http__exchange *exchange = *exchange_at;
    if (exchange == NULL || exchange->is_answered)
        return MHD_NO;
    if (exchange->answer != NULL)
        return send_answer(exchange);
    if (exchange->started_us == 0)
        return head_done(exchange, method, version);
    if (*upload_size > 0) {
        body_take(exchange, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return hand_over(exchange);
}

/* Targets are decoded by us, strictly; libmicrohttpd leaves them as they came. */
static size_t
leave_escaped(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

/* Complaints of the library about one request; the client was answered or cut, and the access log
 * has its line. */
static void
ignore_message(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}

/* ---- starting and stopping ---- */

static tb_status
address_split(tb_str listen, char host[256], char port[8], struct tb_err *err)
{
    ptrdiff_t colon = -1;
    for (size_t i = 0; i < listen.len; i++) {
        if (listen.ptr[i] == ':')
            colon = (ptrdiff_t)i;
    }
    int64_t number;
    tb_str left = colon < 0 ? TB_STR("") : tb_str_sub(listen, 0, (size_t)colon);
    tb_str right = colon < 0 ? TB_STR("") : tb_str_sub(listen, (size_t)colon + 1, listen.len);
    if (left.len > 2 && left.ptr[0] == '[' && left.ptr[left.len - 1] == ']')
        left = tb_str_sub(left, 1, left.len - 2);
    if (left.len == 0 || left.len >= 256 || !tb_str_to_int(right, &number) || number < 0 ||
        number > 65535)
        return tb_fail(err, TB_INVALID,
                       "listen address \"" TB_FMT "\": give HOST:PORT, as in 127.0.0.1:8080",
                       TB_ARG(listen));
    memcpy(host, left.ptr, left.len);
    host[left.len] = '\0';
    memcpy(port, right.ptr, right.len);
    port[right.len] = '\0';
    return TB_OK;
}

static int
socket_port(int fd)
{
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
        return 0;
    if (bound.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
}

static tb_status
socket_listen(tb_str listen_text, int *ret_fd, struct tb_err *err)
{
    char host[256], port[8];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                    *found;
    TB_TRY(address_split(listen_text, host, port, err));
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return tb_fail(err, TB_INVALID, "listen address: host %s is not known", host);
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    bool is_good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                   bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0;
    int why = errno;
    freeaddrinfo(found);
    if (!is_good) {
        if (fd >= 0)
            close(fd);
        return tb_fail(err, TB_INVALID, "cannot listen on " TB_FMT ": %s; listen elsewhere",
                       TB_ARG(listen_text), strerror(why));
    }
    *ret_fd = fd;
    return TB_OK;
}

static struct MHD_Daemon *
daemon_start(struct http_server *server)
{
    unsigned threads = (unsigned)(server->options.event_threads > 0 ? server->options.event_threads
                                                                    : HTTP_EVENT_THREADS);
    unsigned flags = MHD_USE_EPOLL | MHD_USE_INTERNAL_POLLING_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG;
    /* clang-format off */
    return MHD_start_daemon(flags, 0, NULL, NULL, on_request, server,
        MHD_OPTION_EXTERNAL_LOGGER, ignore_message, NULL,
        MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_CONNECTION_LIMIT, threads * HTTP_CONNECTIONS_PER_THREAD_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_BYTES_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_END);
    /* clang-format on */
}

tb_status
http_server_open(const struct http_options *options, struct http_server **ret_server,
                 struct tb_err *err)
{
    int fd;
    TB_TRY(socket_listen(options->listen, &fd, err));
    struct http_server *server = calloc(1, sizeof(*server));
    tb_assert(server != NULL);
    server->options = *options;
    server->listen_fd = fd;
    server->port = socket_port(fd);
    server->connections.next = server->connections.prev = &server->connections;
    pthread_mutex_init(&server->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->is_idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    tb_status status = http__workers_start(server, err);
    if (status == TB_OK)
        status = http__sweeper_start(server, err);
    if (status == TB_OK && (server->daemon = daemon_start(server)) == NULL)
        status = tb_fail(err, TB_BUSY,
                         "libmicrohttpd cannot start: threads or file descriptors are used up");
    if (status != TB_OK) {
        http__workers_stop(server);
        http__sweeper_stop(server);
        http_server_close(server);
        return status;
    }
    *ret_server = server;
    return TB_OK;
}

int
http_server_port(const struct http_server *server)
{
    return server->port;
}

bool
http_server_stop(struct http_server *server)
{
    MHD_quiesce_daemon(server->daemon);
    shutdown(server->listen_fd, SHUT_RDWR); /* who waits in the kernel's queue learns it at once */
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += HTTP_STOP_MS_MAX / 1000;
    pthread_mutex_lock(&server->lock);
    server->is_stopping = true;
    while (server->in_flight > 0 &&
           pthread_cond_timedwait(&server->is_idle, &server->lock, &until) == 0)
        continue;
    server->is_closed = true;
    bool is_done = server->running == 0 && server->queue_count == 0;
    pthread_mutex_unlock(&server->lock);
    if (!is_done)
        return false;
    http__workers_stop(server);
    http__sweeper_stop(server);
    return true;
}

void
http_server_close(struct http_server *server)
{
    if (server == NULL)
        return;
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    close(server->listen_fd);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->is_idle);
    free(server);
}

void
http_server_stats(struct http_server *server, struct http_stats *ret_stats)
{
    pthread_mutex_lock(&server->lock);
    *ret_stats = server->stats;
    ret_stats->connections = (int64_t)server->connection_count;
    ret_stats->running = (int64_t)server->running;
    ret_stats->waiting = (int64_t)server->queue_count;
    pthread_mutex_unlock(&server->lock);
}
