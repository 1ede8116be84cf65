/* SPDX-License-Identifier: Apache-2.0 */
/* The queue, the workers that empty it, and the sweeper that cuts who is too slow. */
#include "http/http_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { SWEEP_MS = 100 };

static int64_t
monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t
http__monotonic_ms(void)
{
    return monotonic_ns() / 1000000;
}

int64_t
http__monotonic_us(void)
{
    return monotonic_ns() / 1000;
}

/* To an idle worker, or into the queue when there is none; false when there will be no worker any more. */
bool
http__queue_put(struct http_server *server, struct http__exchange *exchange)
{
    pthread_mutex_lock(&server->lock);
    struct http__worker *worker = server->idle;
    bool is_open = !server->is_closed;
    exchange->next = NULL;
    if (is_open && worker != NULL) {
        server->idle = worker->next_idle;
        worker->exchange = exchange;
        server->running++;
        pthread_cond_signal(&worker->has_work);
    } else if (is_open) {
        if (server->queue_last != NULL)
            server->queue_last->next = exchange;
        else
            server->queue_first = exchange;
        server->queue_last = exchange;
        server->queue_count++;
    }
    pthread_mutex_unlock(&server->lock);
    return is_open;
}

/* The next of the queue, or what is given while idle; NULL: the server closes. */
static struct http__exchange *
work_take(struct http__worker *worker)
{
    struct http_server *server = worker->server;
    pthread_mutex_lock(&server->lock);
    struct http__exchange *exchange = server->queue_first;
    if (exchange != NULL) {
        server->queue_first = exchange->next;
        if (server->queue_first == NULL)
            server->queue_last = NULL;
        server->queue_count--;
        server->running++;
    } else {
        worker->next_idle = server->idle;
        server->idle = worker;
        while (worker->exchange == NULL && !server->is_closed)
            pthread_cond_wait(&worker->has_work, &server->lock);
        exchange = worker->exchange;
        worker->exchange = NULL;
    }
    pthread_mutex_unlock(&server->lock);
    return exchange;
}

/* The last address of X-Forwarded-For, when the peer is the proxy in front of us: what it saw
 * itself. */
static void
proxy_read(const struct http_options *options, struct http_request *request)
{
    if (options->trusted_proxy.len == 0 || !tb_str_eq(options->trusted_proxy, request->address))
        return;
    tb_str chain = http_header(request, "X-Forwarded-For"), piece;
    while (chain.len > 0 && tb_str_cut(&chain, ',', &piece))
        request->address = tb_str_trim(piece);
    request->is_tls = http__same_name(http_header(request, "X-Forwarded-Proto"), "https");
}

static void
handle(struct http_server *server, struct http__exchange *exchange)
{
    struct tb_err err = {0};
    struct http_request *request = &exchange->request;
    proxy_read(&server->options, request);
    tb_status status = http_target_read(request->arena, request->target, request, &err);
    if (status != TB_OK) {
        http__refuse(exchange, status == TB_LIMIT ? 414 : 400,
                     tb_cstr(request->arena, tb_str_of(err.message)));
        return;
    }
    server->options.handler(server->options.context, request, &exchange->response);
    if (server->is_stopping)
        http_set(request, &exchange->response, "Connection", TB_STR("close"));
    http__answer_make(exchange);
}

static void *
worker_main(void *context)
{
    struct http__worker *worker = context;
    struct http_server *server = worker->server;
    struct http__exchange *exchange;
    while ((exchange = work_take(worker)) != NULL) {
        int64_t began_us = http__monotonic_us();
        handle(server, exchange);
        struct MHD_Connection *mhd = exchange->mhd;
        atomic_store(&exchange->connection->deadline_ms, http__monotonic_ms() + HTTP_SEND_MS_MAX);
        pthread_mutex_lock(&server->lock);
        server->running--;
        server->stats.handler_us += http__monotonic_us() - began_us;
        pthread_mutex_unlock(&server->lock);
        MHD_resume_connection(mhd); /* exchange belongs to the event thread from here on */
    }
    return NULL;
}

tb_status
http__workers_start(struct http_server *server, struct tb_err *err)
{
    int count = server->options.workers > 0 ? server->options.workers : HTTP_WORKERS;
    server->workers = calloc((size_t)count, sizeof(*server->workers));
    tb_assert(server->workers != NULL);
    for (; server->worker_count < count; server->worker_count++) {
        struct http__worker *worker = &server->workers[server->worker_count];
        worker->server = server;
        pthread_cond_init(&worker->has_work, NULL);
        if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0)
            return tb_fail(err, TB_BUSY, "worker thread %d of %d cannot be started",
                           server->worker_count + 1, count);
    }
    return TB_OK;
}

void
http__workers_stop(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->is_closed = true;
    for (int i = 0; i < server->worker_count; i++)
        pthread_cond_signal(&server->workers[i].has_work);
    pthread_mutex_unlock(&server->lock);
    for (int i = 0; i < server->worker_count; i++) {
        pthread_join(server->workers[i].thread, NULL);
        pthread_cond_destroy(&server->workers[i].has_work);
    }
    server->worker_count = 0;
    free(server->workers);
    server->workers = NULL;
}

/* A shut down socket reads as closed, and libmicrohttpd lets the connection go. */
static void *
sweeper_main(void *context)
{
    struct http_server *server = context;
    bool is_closed = false;
    while (!is_closed) {
        struct timespec pause = {.tv_nsec = SWEEP_MS * 1000000L};
        nanosleep(&pause, NULL);
        int64_t now_ms = http__monotonic_ms();
        pthread_mutex_lock(&server->lock);
        is_closed = server->is_closed;
        struct http__connection *first = &server->connections;
        for (struct http__connection *c = first->next; c != first; c = c->next) {
            if (!c->is_cut && atomic_load(&c->deadline_ms) < now_ms) {
                c->is_cut = true;
                server->stats.cut_slow++;
                shutdown(c->fd, SHUT_RDWR);
            }
        }
        pthread_mutex_unlock(&server->lock);
    }
    return NULL;
}

tb_status
http__sweeper_start(struct http_server *server, struct tb_err *err)
{
    if (pthread_create(&server->sweeper, NULL, sweeper_main, server) != 0)
        return tb_fail(err, TB_BUSY, "the sweeper thread cannot be started");
    server->has_sweeper = true;
    return TB_OK;
}

void
http__sweeper_stop(struct http_server *server)
{
    if (server->has_sweeper)
        pthread_join(server->sweeper, NULL);
    server->has_sweeper = false;
}
