/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of face share. */
#ifndef FACE_INTERNAL_H
#define FACE_INTERNAL_H

#include "face/face.h"

#include <stdatomic.h>

struct face {
    struct face_options options;
    struct tb_arena *arena;
    tb_str openapi, openapi_etag;
    _Atomic(struct http_server *) server;
    int64_t opened_at;
};

/* Calls the row that method and path below /api/v1 name, or says why not. */
void face__api(struct face *face, const struct http_request *request, tb_str path,
               struct http_response *response);
void face__metrics(struct face *face, const struct http_request *request,
                   struct http_response *response);
/* A failed result as problem details, with the headers that its status wants. */
void face__problem(const struct http_request *request, const struct op_result *result, tb_str lang,
                   struct http_response *response);

#endif
