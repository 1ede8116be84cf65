/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of http share. Only they include libmicrohttpd. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include "http/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

/* ---- text of requests ---- */

bool http__is_token(tb_str text);              /* RFC 9110 tchar+, at least one */
bool http__same_name(tb_str a, const char *b); /* ASCII, without case */
/* Percent-decodes; with plus_is_space as forms do. False at a broken escape. *ret_text is in arena
 * or part of text. */
bool http__unescape(struct tb_arena *arena, tb_str text, bool plus_is_space, tb_str *ret_text);
/* a=1&b=2 into pairs; TB_SYNTAX at broken escapes and unclean text, TB_LIMIT beyond max. */
TB_NODISCARD tb_status http__pairs_read(struct tb_arena *arena, tb_str text, size_t max,
                                        struct http_pair **ret_pairs, size_t *ret_count,
                                        struct tb_err *err);
/* The value of a parameter of a header value (charset, boundary, name), unquoted; absent:
 * TB_STR_NONE. False when the parameters cannot be read. */
bool http__parameter(struct tb_arena *arena, tb_str header, const char *name, tb_str *ret_value);
TB_NODISCARD tb_status http__multipart_read(struct tb_arena *arena, tb_str content_type,
                                            tb_str body, struct http_form *ret_form,
                                            struct tb_err *err);

/* ---- the server ---- */

/* A connection, from accept to close. The sweeper cuts it when deadline_ms has passed:
 *
 *   accepted --HEADER_MS--> head read --BODY_MS--> handed over (no deadline) --SEND_MS--> sent
 * --IDLE_MS--> next head
 *
 * prev and next belong to server->lock; so does fd, which libmicrohttpd closes only after the
 * connection has left. */
struct http__connection {
    struct http__connection *prev, *next;
    int fd;
    _Atomic int64_t deadline_ms; /* monotonic; INT64_MAX: none */
    bool is_refused;             /* one too many: 503 */
    bool is_cut;
};

/* One request and its response. Made when the request line has been read, freed when the response
 * has been sent. */
struct http__exchange {
    struct http__exchange *next; /* in the queue */
    struct http_server *server;
    struct http__connection *connection;
    struct MHD_Connection *mhd;
    struct tb_arena *arena;
    const char *target_at; /* where the target stood, to prove that nothing lies between */
    struct http_request request;
    struct http_response response;
    struct MHD_Response *answer;
    char *body;
    size_t body_len, body_cap;
    int64_t started_us; /* of the monotonic clock: head complete */
    bool is_started;    /* its head was accepted for work: counted in in_flight */
    bool is_head_method, is_body_over, is_answered;
};

/* A worker and the work that was given to it. Idle workers form a stack: the one that went idle last is warm, and under
 * little load only a few of them touch memory at all. Everything under server->lock. */
struct http__worker {
    struct http_server *server;
    pthread_t thread;
    pthread_cond_t has_work;
    struct http__worker *next_idle;
    struct http__exchange *exchange;
};

struct http_server {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int listen_fd, port;
    pthread_mutex_t lock; /* connections, queue, in_flight, flags */
    pthread_cond_t is_idle;
    struct http__connection connections; /* head of a ring */
    struct http__exchange *queue_first, *queue_last;
    size_t connection_count, queue_count, running, in_flight, body_bytes;
    _Atomic bool is_stopping; /* answers say Connection: close */
    bool is_closed;
    struct http__worker *workers, *idle;
    int worker_count;
    pthread_t sweeper;
    bool has_sweeper;
    struct http_stats stats; /* totals, under lock */
};

int64_t http__monotonic_ms(void);
int64_t http__monotonic_us(void);
/* Proves that libmicrohttpd read the head as any other server would; 0, or the status to refuse
 * with. */
int http__head_check(struct http__exchange *exchange, const char *method, const char *version,
                     int64_t *ret_length, const char **ret_why);
/* The exchange has a response: make libmicrohttpd's object of it, with the security headers. */
void http__answer_make(struct http__exchange *exchange);
/* A refusal by the server itself, in both languages. */
void http__refuse(struct http__exchange *exchange, int status, const char *why);
/* False: the server is closed, and the exchange is still the caller's. Under no lock. */
bool http__queue_put(struct http_server *server, struct http__exchange *exchange);
TB_NODISCARD tb_status http__workers_start(struct http_server *server, struct tb_err *err);
void http__workers_stop(struct http_server *server);
TB_NODISCARD tb_status http__sweeper_start(struct http_server *server, struct tb_err *err);
void http__sweeper_stop(struct http_server *server);
void http__log(struct http_server *server, const struct http__exchange *exchange);

#endif
