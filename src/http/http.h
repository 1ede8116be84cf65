/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - requests in, responses out, within limits. It knows no page, no route, no case.
 *
 * One server owns event threads (libmicrohttpd, epoll), a fixed pool of blocking workers and one
 * sweeper:
 *
 *   event thread --head, body complete--> queue --> worker: handler() --> event thread sends
 *
 * A connection is suspended when its request enters the queue and resumed when the handler has
 * returned; that is the only suspend and resume in the program. The handler runs on a worker and
 * may block. Event threads never do.
 *
 * A request that is malformed, too long, too slow or one too many never reaches the handler: it is
 * answered (or cut) here. What one request makes lives in its arena, which dies when the response
 * has been sent. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/base.h"

/* ---- a request ---- */

/* A name and its value, of a query, a header or a cookie. */
struct http_pair {
    tb_str name, value;
};

/* Everything is in the request's arena and lives until the response has been sent. */
struct http_request {
    struct tb_arena *arena;
    tb_str id;     /* 22 characters, random; goes into log entries and problem details */
    tb_str method; /* "GET" also for HEAD */
    tb_str target; /* as sent: path and query */
    tb_str path;   /* decoded, clean UTF-8, begins with '/', no dot segments */
    const struct http_pair *query; /* decoded, in the order sent */
    size_t query_count;
    const struct http_pair *headers; /* names as sent; http_header ignores case */
    size_t header_count;
    const struct http_pair *cookies;
    size_t cookie_count;
    tb_str body;    /* absent when there was none */
    tb_str address; /* of the peer, or of X-Forwarded-For when the peer is a trusted proxy */
    bool is_tls;    /* the trusted proxy says that the person came over TLS */
};

/* Looked up in a request; what they give lives as long as the request. */
tb_str http_header(const struct http_request *request,
                   const char *name); /* the first; absent: TB_STR_NONE */
tb_str http_cookie(const struct http_request *request,
                   const char *name); /* the first; absent: TB_STR_NONE */
tb_str http_query(const struct http_request *request,
                  const char *name); /* the first; absent: TB_STR_NONE */

/* ---- a response ---- */

/* Filled by the handler. Texts are kept until the response has been sent: from the request's arena,
 * or static. */
struct http_response {
    int status;  /* 200 when the handler leaves 0 */
    tb_str type; /* Content-Type */
    tb_str body;
    struct http_pair *headers; /* through http_set */
    size_t header_count, header_cap;
};

/* Adds a header, or replaces one of that name that is there (Set-Cookie always adds). Texts are
 * kept. Security headers (Content-Security-Policy without inline script, X-Content-Type-Options,
 * Referrer-Policy, X-Frame-Options, Cross-Origin-*, Cache-Control: no-store) are added by the
 * server unless the handler set them. */
void http_set(const struct http_request *request, struct http_response *response, const char *name,
              tb_str value);
/* Adds a Set-Cookie: Path=/, HttpOnly, SameSite=Lax. max_age_s 0: until the browser closes; -1:
 * forget it now. */
void http_set_cookie(const struct http_request *request, struct http_response *response,
                     const char *name, tb_str value, int max_age_s, bool is_secure);
/* 303 to a path of ours. */
void http_redirect(const struct http_request *request, struct http_response *response,
                   tb_str location);
/* Answers 304 with empty body when If-None-Match names etag (without quotes), else sets ETag and
 * returns false. */
bool http_not_modified(const struct http_request *request, struct http_response *response,
                       tb_str etag);

/* ---- forms ---- */

/* One field of a form, or one file. */
struct http_part {
    tb_str name;
    tb_str file_name; /* absent for a field */
    tb_str type;      /* as claimed by the browser; never believed */
    tb_str value;     /* text of a field, bytes of a file */
};
struct http_form {
    const struct http_part *parts;
    size_t count;
};

/* Reads application/x-www-form-urlencoded or multipart/form-data. Strict: a broken escape, a
 * missing boundary, text that is not clean UTF-8 is TB_SYNTAX; too many or too long parts TB_LIMIT;
 * another type TB_UNSUPPORTED. Parts point into body where they can: body is kept. A type that is
 * absent is an empty form. */
TB_NODISCARD tb_status http_form_read(struct tb_arena *arena, tb_str content_type, tb_str body,
                                      struct http_form *ret_form, struct tb_err *err);
tb_str http_form_value(const struct http_form *form,
                       const char *name); /* the first field; absent: TB_STR_NONE */
const struct http_part *http_form_file(const struct http_form *form,
                                       const char *name); /* first file; may be NULL */

/* Splits and decodes a request target; TB_SYNTAX names what is wrong. For the server and for tests.
 */
TB_NODISCARD tb_status http_target_read(struct tb_arena *arena, tb_str target,
                                        struct http_request *request, struct tb_err *err);
/* One path or query value percent-encoded (RFC 3986 unreserved stay); in arena. */
tb_str http_encode(struct tb_arena *arena, tb_str text);

/* ---- the server ---- */

/* Called on a worker, many at once. Must fill *response; must not keep request. */
typedef void (*http_handler)(void *context, const struct http_request *request,
                             struct http_response *response);

/* How a server runs. Texts are borrowed by http_server_open, except trusted_proxy, which is kept. */
struct http_options {
    tb_str listen;        /* "127.0.0.1:8080", "[::1]:0"; port 0 = any free one */
    http_handler handler; /* must */
    void *context;        /* kept */
    const struct tb_env
        *env;    /* kept; randomness for request ids. Deadlines use the machine's monotonic clock */
    int workers; /* 0 = HTTP_WORKERS */
    int event_threads;               /* 0 = HTTP_EVENT_THREADS */
    int header_ms, body_ms, idle_ms; /* 0 = the stated limits; tests make them short */
    tb_str trusted_proxy; /* address whose X-Forwarded-For and -Proto are believed; absent = none */
    bool is_hsts;         /* send Strict-Transport-Security */
    int log_fd;           /* one line per request, without personal values; -1 = none */
};

struct http_server;
/* Listens and serves until http_server_stop. *ret_server is owned: http_server_close. */
TB_NODISCARD tb_status http_server_open(const struct http_options *options,
                                        struct http_server **ret_server, struct tb_err *err);
int http_server_port(const struct http_server *server);
/* Stops accepting, lets what runs finish and be sent, at most HTTP_STOP_MS_MAX. False: handlers
 * still run, and the process should end without http_server_close. */
bool http_server_stop(struct http_server *server);
void http_server_close(
    struct http_server *server); /* after a stop that returned true; NULL is fine */

/* Counters since start, for /metrics. */
struct http_stats {
    int64_t requests, refused_malformed, refused_busy, cut_slow; /* totals */
    int64_t by_class[6];                   /* answers 1xx … 5xx; [0] unused */
    int64_t connections, running, waiting; /* now */
    int64_t handler_us;                    /* time spent in handlers */
};
void http_server_stats(struct http_server *server, struct http_stats *ret_stats);

#endif
