/* SPDX-License-Identifier: Apache-2.0 */
/* web_internal.h - inside the website: one request on its way from route row to rendered page.
 *
 * A route row names method, path, who may see it and the handler; a handler calls operations with
 * web__op, puts their answers into an object and renders a view with web__show, or redirects.
 * Everything lives in the request's arena. */
#ifndef WEB_WEB_INTERNAL_H
#define WEB_WEB_INTERNAL_H

#include "access/access.h"
#include "base/base.h"
#include "http/http.h"
#include "op/op.h"
#include "web/web.h"
#include "web/web_out_internal.h"

struct web {
    struct web_options options;
};

/* ---- assets ---- */

struct web__asset {
    const char *name, *path, *type;
    tb_str plain, gzip;
};
extern const struct web__asset web__assets[];
extern const size_t web__asset_count;
tb_str web__asset_path(const char *name); /* aborts on a name that is not there */
bool web__asset_serve(const struct http_request *request,
                      struct http_response *response); /* false: not an asset */

/* Operations of the catalogue, by name. */
#define WEB_OP_ITEMS "items.list"
#define WEB_OP_ITEM "items.show"
#define WEB_OP_DEPARTMENTS "departments.list"

/* ---- a request ---- */

struct web__call {
    struct web *web;
    const struct http_request *request;
    struct http_response *response;
    struct tb_arena *arena;
    web__lang lang;
    bool is_signed_in, is_large;
    struct access_session session; /* zeroed when nobody is signed in */
    tb_str csrf;                   /* what forms of this page must carry */
    struct http_form form;         /* of a POST */
    const struct tb_json *params;  /* from {name} in the path */
    struct tb_json *page;          /* what every template sees as `page` */
    unsigned roles;                /* op_role bits of the session; OP_ANYONE always */
};

typedef void (*web__handler)(struct web__call *call);

/* GET rows answer HEAD too. roles 0: everybody. A person who is not signed in is sent to the
 * sign-in page; one who lacks the role gets 403. POST rows are checked for the form token before
 * the handler runs. */
struct web__route {
    const char *method, *path;
    unsigned roles;
    web__handler handler;
};
extern const struct web__route web__routes[];
extern const size_t web__route_count;
extern const struct web__route web__staff_routes[]; /* the pages of those who work here */
extern const size_t web__staff_route_count;

/* The row of method and path; NULL when none. *ret_params in arena. *ret_is_known: some method has
 * this path. */
const struct web__route *web__route_find(struct tb_arena *arena, tb_str method, tb_str path,
                                         struct tb_json **ret_params, bool *ret_is_known);

/* ---- calling operations ---- */

/* Calls an operation as the person of the session. in may be NULL. Never fails otherwise than
 * through the result. */
void web__op(struct web__call *call, const char *name, const struct tb_json *in,
             struct op_result *ret_result);
/* The same for an act of a form: its hidden `once` becomes the idempotency key. */
void web__op_once(struct web__call *call, const char *name, const struct tb_json *in,
                  struct op_result *ret_result);
/* The same with a file. */
void web__op_file(struct web__call *call, const char *name, const struct tb_json *in,
                  const struct http_part *file, struct op_result *ret_result);
/* Calls and answers in full when it fails: 401 signs in, else the page for that error. True: go on
 * with *ret_out. */
bool web__ask(struct web__call *call, const char *name, const struct tb_json *in,
              const struct tb_json **ret_out);
/* Whose token this is; nobody's leaves the call as it is for the public. */
void web__adopt_session(struct web__call *call, tb_str token);
/* Answers with the sign-in page; what was sent is carried through it. */
void web__sign_in_first(struct web__call *call);
/* Answers that the form was not made by a page of this session. */
void web__stale_form(struct web__call *call);
/* Answers with the page for a failed result. */
void web__fail(struct web__call *call, const struct op_result *result);
void web__not_found(struct web__call *call);
/* Calls an operation that answers bytes, and sends them; or the page for its failure. */
void web__fetch(struct web__call *call, const char *name, const struct tb_json *in);
/* Answers with bytes of an operation (PDF); inline for those that people look at. */
void web__send_raw(struct web__call *call, const struct op_result *result);

/* ---- input ---- */

tb_str web__param(const struct web__call *call, const char *name); /* of the path */
tb_str web__query(const struct web__call *call, const char *name); /* absent: empty */
tb_str web__field(const struct web__call *call,
                  const char *name); /* of the form, trimmed; absent: empty */
struct tb_json *web__object(struct web__call *call);
/* object[key] = text of a form field, unless it is empty. */
void web__take(struct web__call *call, struct tb_json *object, const char *key, const char *field);
/* Puts faults of an operation into data as `faults`: [{place, id, text}], in the reader's language.
 */
void web__put_faults(struct web__call *call, struct tb_json *data, const struct op_result *result);
/* The text of the first fault at place; absent when none. */
tb_str web__fault_at(const struct web__call *call, const struct op_result *result, tb_str place);

/* ---- output ---- */

/* Renders a view with status 200 unless status says otherwise. data may be NULL. */
void web__show(struct web__call *call, int status, enum web__view_id view,
               const struct tb_json *data);
/* Renders the body of a view without the frame, for htmx. */
void web__show_part(struct web__call *call, enum web__view_id view, const struct tb_json *data);
/* 303 to a path of ours. */
void web__go(struct web__call *call, const char *format, ...) TB_PRINTF(2, 3);
/* A sentence in the reader's language; args may be NULL when it takes none. */
tb_str web__tell(const struct web__call *call, enum web__word word, const tb_str *args);
bool web__is_htmx(const struct web__call *call);
/* A QR code of an address of ours as a drawing; NULL when it cannot be drawn. */
struct tb_json *web__qr(struct web__call *call, tb_str path, tb_str label);
tb_str web__origin(const struct web__call *call);

/* Answers to the guide that a form carries (a.INPUT), as an object. */
struct tb_json *web__answers_of_form(struct web__call *call);
/* data.next = the address of the next page of a list, when out has a cursor. */
void web__put_next(struct web__call *call, struct tb_json *data, const char *path,
                   const struct tb_json *out);
/* How many of these papers the applicant prepares. */
int web__count_brought(const struct tb_json *materials);

/* ---- handlers, in pages/ ---- */

void web__home(struct web__call *call);
void web__sign_in(struct web__call *call);
void web__sign_in_done(struct web__call *call);
void web__sign_out(struct web__call *call);
void web__password(struct web__call *call);
void web__password_done(struct web__call *call);
void web__account(struct web__call *call); /* one's own */
void web__account_totp(struct web__call *call);
void web__work(struct web__call *call);
void web__search(struct web__call *call);
void web__item(struct web__call *call);
void web__guide(struct web__call *call);
void web__guide_resume(struct web__call *call);
void web__checklist_make(struct web__call *call);
void web__checklist(struct web__call *call);
void web__checklist_pdf(struct web__call *call);

#endif
