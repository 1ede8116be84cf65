/* SPDX-License-Identifier: Apache-2.0 */
/* web.h - the website: server-rendered pages that work without JavaScript.
 *
 * A page calls operations in process (op_call) and renders their JSON answers through templates
 * that were compiled into C with the program (tools/template). It knows no table and no case: what
 * it may show is what an operation answers to the person of the session. Words are compiled in,
 * Chinese first; looks and scripts are served from the program under names that hold their hash. No
 * page asks another site for anything.
 *
 * Life: web_open once, after the operation registry and access; shared by all workers; web_close
 * before them. */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "access/access.h"
#include "base/base.h"
#include "http/http.h"
#include "op/op.h"

struct web;

/* All kept. */
struct web_options {
    struct op_registry *registry;
    struct access *access;
    const struct tb_env *env;
    tb_str origin;   /* where people reach this installation, for QR codes: "https://host"; absent:
                        from Host */
    tb_str site_zh;  /* name beside the mark, "广安区政务服务" */
    tb_str site_en;  /* "Guang'an District Government Services" */
    tb_str phone;    /* of a person who helps, on every page; absent: 12345 */
    tb_str hours_zh; /* when somebody answers; absent: each day, 24 hours */
    tb_str hours_en;
    bool is_demonstration; /* a banner says that persons and cases are invented */
};

/* TB_INVALID when registry, access or env is missing. *ret_web is owned: web_close. */
TB_NODISCARD tb_status web_open(const struct web_options *options, struct web **ret_web,
                                struct tb_err *err);
void web_close(struct web *web); /* NULL is fine */

/* Answers every path: pages, assets, and the page for what is not there. Call it after face_handle.
 * Fills *response. */
void web_handle(struct web *web, const struct http_request *request,
                struct http_response *response);

#endif
