/* SPDX-License-Identifier: Apache-2.0 */
/* face.h - the JSON API, generated from the operation rows. It knows rows, not what they do.
 *
 *   /api/v1/…           every row of the registry: bearer token, JSON or raw body in, JSON, bytes
 * or RFC 9457 out /api/v1/openapi.json  OpenAPI 3.1 of the same rows /healthz  /metrics  for
 * machines; Prometheus text
 *
 * Bearer tokens only: a cookie is never looked at here, so no form on another site can act through
 * this door. */
#ifndef FACE_FACE_H
#define FACE_FACE_H

#include "access/access.h"
#include "base/base.h"
#include "http/http.h"
#include "op/op.h"

/* A figure of some module for /metrics. */
struct face_figure {
    const char *name, *help; /* "tongban_cases_open" */
    bool is_counter;
    int64_t (*read)(void *context);
    void *context;
};

struct face;
/* What the face calls. The pointers are kept. */
struct face_options {
    struct op_registry *registry;
    struct access *access;
    struct store *store;
    const struct tb_env *env;
    const char *version;
    const struct face_figure *figures; /* ends with a NULL name; may be NULL */
};                                     /* all kept */
TB_NODISCARD tb_status face_open(const struct face_options *options, struct face **ret_face,
                                 struct tb_err *err);
void face_close(struct face *face); /* NULL is fine */
/* The server's counters for /metrics; set once the server is open. Kept. */
void face_watch(struct face *face, struct http_server *server);

/* Answers when the path is one of ours; false: some other face's. */
bool face_handle(struct face *face, const struct http_request *request,
                 struct http_response *response);

/* "zh" or "en": ?lang=, the cookie tb_lang, Accept-Language, in this order; Chinese when nothing
 * says otherwise. */
tb_str face_lang(const struct http_request *request);

/* GET /log/checkpoint, GET /log/proof. self is the store. */
struct op_table face_ops(struct store *store);

/* The OpenAPI document of a registry; in arena. */
struct tb_json *face_openapi(struct tb_arena *arena, const struct op_registry *registry,
                             const char *version);

/* Appends the same rows as a page for people (Markdown). tables end with a row whose rows are NULL. */
void face_reference(struct tb_buf *buf, const struct op_table *tables);

#endif
