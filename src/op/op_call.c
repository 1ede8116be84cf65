/* SPDX-License-Identifier: Apache-2.0 */
/* Calling a row, and what a running operation can ask of its context. */
#include "op/op_internal.h"

#include <string.h>

/* ---- who may ---- */

/* Levels of the division code (GB/T 2260 and 10114): province, city, county, township, village. */
tb_str
op__division_prefix(tb_str division)
{
    static const size_t levels[] = {0, 2, 4, 6, 9, 12};
    for (size_t i = 0; i < TB_COUNT(levels); i++) {
        size_t at = levels[i];
        while (at < division.len && division.ptr[at] == '0')
            at++;
        if (at >= division.len)
            return tb_str_sub(division, 0, levels[i]);
    }
    return division;
}

bool
op_has_role(const struct op_actor *actor, unsigned roles)
{
    for (size_t i = 0; actor != NULL && i < actor->grant_count; i++) {
        if ((actor->grants[i].role & roles) != 0)
            return true;
    }
    return false;
}

bool
op_may(const struct op_actor *actor, unsigned roles, tb_str division, tb_str department)
{
    if ((roles & OP_ANYONE) != 0)
        return true;
    for (size_t i = 0; actor != NULL && i < actor->grant_count; i++) {
        const struct op_grant *grant = &actor->grants[i];
        if ((grant->role & roles) != 0 &&
            tb_str_starts(division, op__division_prefix(grant->division)) &&
            (grant->department.len == 0 || department.len == 0 ||
             tb_str_eq(grant->department, department)))
            return true;
    }
    return false;
}

bool
op_scope(struct op_ctx *ctx, unsigned roles, size_t index, tb_str *ret_from, tb_str *ret_to,
         tb_str *ret_department)
{
    for (size_t i = 0; i < ctx->actor->grant_count; i++) {
        const struct op_grant *grant = &ctx->actor->grants[i];
        if ((grant->role & roles) == 0 || index-- > 0)
            continue;
        tb_str prefix = op__division_prefix(grant->division);
        char *end = tb_cstr(ctx->arena, prefix.len > 0 ? prefix : TB_STR("9"));
        end[strlen(end) -
            1]++; /* the text behind every code that begins with prefix; ':' follows '9' */
        *ret_from = tb_str_copy(ctx->arena, prefix);
        *ret_to = tb_str_of(end);
        *ret_department = grant->department.ptr != NULL ? grant->department : TB_STR("");
        return true;
    }
    return false;
}

/* ---- rate limits ---- */

/* A fixed table: two addresses that fall on one place share its bucket, which makes the limit
 * stricter, never laxer. */
bool
op__rate_take(struct op_registry *registry, const struct op_row *row, tb_str address, int64_t now)
{
    uint64_t key = tb_hash(address) * 31 + tb_hash(tb_str_of(row->name));
    struct op__bucket *bucket = &registry->buckets[key % OP_BUCKETS_MAX];
    pthread_mutex_lock(&registry->lock);
    if (bucket->at_us == 0)
        bucket->left = OP_RATE_BURST;
    else if (now > bucket->at_us)
        bucket->left += (double)(now - bucket->at_us) / TB_US_PER_SECOND * OP_RATE_PER_MINUTE / 60;
    if (bucket->left > OP_RATE_BURST)
        bucket->left = OP_RATE_BURST;
    bucket->at_us = now;
    bool is_good = bucket->left >= 1;
    if (is_good)
        bucket->left -= 1;
    pthread_mutex_unlock(&registry->lock);
    return is_good;
}

/* ---- inside an operation ---- */

struct tb_arena *
op_arena(struct op_ctx *ctx)
{
    return ctx->arena;
}

int64_t
op_now(const struct op_ctx *ctx)
{
    return ctx->now;
}

tb_date
op_today(const struct op_ctx *ctx)
{
    return tb_instant_day(ctx->now);
}

const struct op_actor *
op_who(const struct op_ctx *ctx)
{
    return ctx->actor;
}

tb_str
op_address(const struct op_ctx *ctx)
{
    return ctx->request->address;
}

tb_str
op_lang(const struct op_ctx *ctx)
{
    return tb_str_is(ctx->request->lang, "en") ? TB_STR("en") : TB_STR("zh");
}

tb_str
op_channel(const struct op_ctx *ctx)
{
    return ctx->request->channel.len > 0 ? ctx->request->channel : TB_STR("api");
}

void *
op_self(struct op_ctx *ctx)
{
    return ctx->entry->self;
}

tb_status
op_read(struct op_ctx *ctx, struct store_read **ret_read, struct tb_err *err)
{
    if (ctx->read == NULL)
        TB_TRY(store_snapshot(ctx->registry->store, &ctx->read, err));
    *ret_read = ctx->read;
    return TB_OK;
}

void
op_read_done(struct op_ctx *ctx)
{
    store_snapshot_done(ctx->read);
    ctx->read = NULL;
}

tb_status
op_write_for(struct op_ctx *ctx, tb_str purpose, store_fn fn, void *arg, struct tb_err *err)
{
    struct store_cause cause = {ctx->actor->account, ctx->request->id, purpose};
    op_read_done(ctx);
    return store_write(ctx->registry->store, &cause, fn, arg, err);
}

tb_status
op_write(struct op_ctx *ctx, store_fn fn, void *arg, struct tb_err *err)
{
    return op_write_for(ctx, tb_str_of(ctx->entry->row->name), fn, arg, err);
}

tb_str
op_idempotency_key(const struct op_ctx *ctx)
{
    return ctx->request->idempotency_key;
}

struct tb_sha256
op_request_hash(const struct op_ctx *ctx)
{
    struct tb_buf buf = {.arena = ctx->arena};
    tb_buf_cstr(&buf, ctx->entry->row->name);
    tb_buf_char(&buf, '\n');
    tb_json_write(&buf, ctx->in);
    if ((ctx->entry->row->flags & OP_RAW_BODY) != 0) {
        struct tb_sha256 body = tb_sha256(ctx->request->body.ptr, ctx->request->body.len);
        tb_buf_put(&buf, body.bytes, sizeof(body.bytes));
    }
    return tb_sha256(buf.ptr, buf.len);
}

tb_str
op_body(const struct op_ctx *ctx, tb_str *ret_type, tb_str *ret_file_name)
{
    *ret_type = ctx->request->body_type;
    *ret_file_name = ctx->request->body_name;
    return ctx->request->body;
}

void
op_answer_bytes(struct op_ctx *ctx, tb_str type, tb_str file_name, tb_str bytes)
{
    ctx->result->raw = bytes;
    ctx->result->raw_type = type;
    ctx->result->raw_name = file_name;
}

void
op_answer_status(struct op_ctx *ctx, int http)
{
    ctx->result->http = http;
}

void
op_answer_etag(struct op_ctx *ctx, int64_t leaf)
{
    ctx->result->etag = leaf;
}

void
op_fault(struct op_ctx *ctx, const char *place, const char *code, tb_str zh, tb_str en)
{
    tb_fault_add(&ctx->result->faults, tb_str_of(place), code, zh, en);
}

struct tb_faults *
op_faults(struct op_ctx *ctx)
{
    return &ctx->result->faults;
}

/* ---- calling ---- */

static const struct op_actor nobody = {.user = {"", 0}, .name = {"", 0}};

static tb_status
permission_check(const struct op_ctx *ctx, struct tb_err *err)
{
    const struct op_row *row = ctx->entry->row;
    if ((row->roles & OP_ANYONE) != 0)
        return TB_OK;
    if (ctx->actor->account == 0)
        return tb_fail(err, TB_UNAUTHENTICATED, "operation %s needs a session", row->name);
    if (!op_has_role(ctx->actor, row->roles))
        return tb_fail(err, TB_DENIED, "operation %s needs another role", row->name);
    return TB_OK;
}

static tb_status
call(struct op_ctx *ctx, const struct tb_json *in, struct tb_err *err)
{
    const struct op_row *row = ctx->entry->row;
    TB_TRY(permission_check(ctx, err));
    if ((row->flags & OP_RATE_LIMITED) != 0 && ctx->request->address.len > 0 &&
        !op__rate_take(ctx->registry, row, ctx->request->address, ctx->now))
        return tb_fail(err, TB_TOO_MANY, "at most %d calls a minute from one address",
                       OP_RATE_PER_MINUTE);
    ctx->in = op__input_read(ctx->arena, row, in, &ctx->result->faults);
    if (ctx->result->faults.count > 0)
        return tb_fail(err, TB_INVALID, "the input of %s has %zu faults", row->name,
                       ctx->result->faults.count);
    struct tb_json *out = NULL;
    tb_status status = row->run(ctx, ctx->entry->self, ctx->in, &out, err);
    if (status == TB_OK)
        ctx->result->out = out;
    return status;
}

void
op_call(struct op_registry *registry, struct tb_arena *arena, const char *name,
        const struct op_request *request, const struct tb_json *in, struct op_result *ret_result)
{
    *ret_result = (struct op_result){.faults = {.arena = arena}};
    const struct op__entry *entry = op__entry_find(registry, name);
    struct op_ctx ctx = {.registry = registry,
                         .entry = entry,
                         .arena = arena,
                         .request = request,
                         .result = ret_result,
                         .actor = request->actor != NULL ? request->actor : &nobody,
                         .now = request->now};
    if (ctx.now == 0)
        ctx.now = registry->env->now_us(registry->env->context);
    if (entry == NULL)
        ret_result->status =
            tb_fail(&ret_result->err, TB_NOT_FOUND, "there is no operation %s", name);
    else
        ret_result->status = call(&ctx, in, &ret_result->err);
    op_read_done(&ctx);
    if (ret_result->status != TB_OK) {
        ret_result->out = NULL;
        ret_result->raw = TB_STR_NONE;
        ret_result->http = tb_error_row(ret_result->status)->http;
    } else if (ret_result->http == 0) {
        ret_result->http = 200;
    }
}

/* ---- problem details ---- */

/* "applicant.id_number" as a JSON pointer. */
static tb_str
pointer_of(struct tb_arena *arena, tb_str place)
{
    if (place.len == 0 || place.ptr[0] == '/')
        return place.ptr != NULL ? place : TB_STR("");
    struct tb_buf buf = {.arena = arena};
    tb_buf_char(&buf, '/');
    for (size_t i = 0; i < place.len; i++)
        tb_buf_char(&buf, place.ptr[i] == '.' ? '/' : place.ptr[i]);
    return tb_buf_done(&buf);
}

struct tb_json *
op_problem(struct tb_arena *arena, const struct op_result *result, tb_str lang, tb_str request_id)
{
    const struct tb_error_row *row = tb_error_row(result->status);
    bool is_en = tb_str_is(lang, "en");
    struct tb_json *problem = tb_json_new(arena, TB_JSON_OBJECT);
    tb_json_set_text(arena, problem, "type", tb_printf(arena, "urn:tongban:problem:%s", row->code));
    tb_json_set_text(arena, problem, "title", tb_str_of(is_en ? row->en : row->zh));
    tb_json_set_int(arena, problem, "status", result->http);
    tb_json_set_text(arena, problem, "code", tb_str_of(row->code));
    tb_json_set_text(arena, problem, "remedy", tb_str_of(is_en ? row->remedy_en : row->remedy_zh));
    /* What failed inside is for operators; what a client did wrong is for the client. */
    bool is_ours = row->http >= 500;
    if (!is_ours && result->err.message[0] != '\0')
        tb_json_set_text(arena, problem, "detail",
                         tb_str_copy(arena, tb_str_of(result->err.message)));
    if (request_id.len > 0)
        tb_json_set_text(arena, problem, "instance",
                         tb_printf(arena, "urn:tongban:request:" TB_FMT, TB_ARG(request_id)));
    struct tb_json *errors = tb_json_set_list(arena, problem, "errors");
    size_t kept = result->faults.count < TB_FAULTS_MAX ? result->faults.count : TB_FAULTS_MAX;
    for (size_t i = 0; i < kept; i++) {
        const struct tb_fault *fault = &result->faults.items[i];
        struct tb_json *error = tb_json_add(errors, tb_json_new(arena, TB_JSON_OBJECT));
        tb_json_set_text(arena, error, "pointer", pointer_of(arena, fault->place));
        tb_json_set_text(arena, error, "code", fault->code);
        tb_json_set_text(arena, error, "detail", is_en ? fault->en : fault->zh);
    }
    return problem;
}
