/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates as the public sees them: by mark or number, as sealed PDF, checked from a file or a QR, and the signed
 * list of those that ended. "Genuine" and "still valid" are two answers, and both are given. */
#include "cases/cases_certificate_ops.sql.h"
#include "cases/cases_internal.h"
#include "codes/codes.h"
#include "seal/seal.h"

struct certificate {
    int64_t id, version, state_at, of_case, leaf, holder_id;
    tb_str mark, number, type, pack, division, department, issuer, way, check_due, fields, issued,
        expires, state, state_reason, previous, next, file, holder, holder_kind;
};

static void
read_row(struct tb_arena *arena, const struct store_rows *rows, struct certificate *ret)
{
    *ret = (struct certificate){
        .id = store_int(rows, 0),
        .mark = cases__text(arena, rows, 1),
        .number = cases__text(arena, rows, 2),
        .version = store_int(rows, 3),
        .type = cases__text(arena, rows, 4),
        .pack = cases__text(arena, rows, 5),
        .division = cases__text(arena, rows, 6),
        .department = cases__text(arena, rows, 7),
        .issuer = cases__text(arena, rows, 8),
        .way = cases__text(arena, rows, 9),
        .check_due = cases__text(arena, rows, 10),
        .fields = cases__text(arena, rows, 11),
        .issued = cases__text(arena, rows, 12),
        .expires = cases__text(arena, rows, 13),
        .state = cases__text(arena, rows, 14),
        .state_reason = cases__text(arena, rows, 15),
        .state_at = store_int(rows, 16),
        .previous = cases__text(arena, rows, 17),
        .next = cases__text(arena, rows, 18),
        .file = cases__text(arena, rows, 19),
        .holder = cases__text(arena, rows, 20),
        .holder_kind = cases__text(arena, rows, 21),
        .of_case = store_int(rows, 22),
        .leaf = store_int(rows, 23),
        .holder_id = store_int(rows, 24),
    };
}

static tb_status
find_by(struct op_ctx *ctx, const char *sql, tb_str key, struct certificate *ret,
        bool *ret_is_there, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value param = STORE_TEXT_OF(key);
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql, &param, 1, &rows, err));
    *ret_is_there = store_next(rows);
    if (*ret_is_there)
        read_row(op_arena(ctx), rows, ret);
    return store_rows_done(rows, err);
}

/* By mark with or without the root OID, or by the number on the face. */
static tb_status
find(struct op_ctx *ctx, tb_str text, struct certificate *ret, struct tb_err *err)
{
    bool is_there = false;
    tb_str mark = tb_str_starts(text, TB_STR(CODES_MARK_ROOT))
                      ? text
                      : tb_printf(op_arena(ctx), CODES_MARK_ROOT "." TB_FMT, TB_ARG(text));
    TB_TRY(find_by(ctx, sql_certificate_by_mark, mark, ret, &is_there, err));
    if (!is_there)
        TB_TRY(find_by(ctx, sql_certificates_by_number, text, ret, &is_there, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no such certificate here");
}

/* ---- as JSON
 * ----------------------------------------------------------------------------------------------------- */

static bool
is_expired(const struct certificate *certificate, tb_str today)
{
    return certificate->expires.len > 0 && tb_str_cmp(today, certificate->expires) > 0;
}

static void
add_check(struct tb_arena *arena, struct tb_json *checks, const char *what, bool is_good,
          tb_str text)
{
    struct tb_json *row = tb_json_add(checks, cases__object(arena));
    tb_json_set_text(arena, row, "what", tb_str_of(what));
    tb_json_set_bool(arena, row, "ok", is_good);
    tb_json_set_text(arena, row, "text", text);
}

static void
add_state_checks(struct op_ctx *ctx, const struct certificate *certificate, struct tb_json *checks)
{
    struct tb_arena *arena = op_arena(ctx);
    bool is_en = cases__is_en(op_lang(ctx)), is_valid = tb_str_is(certificate->state, "valid");
    tb_str today = tb_date_format(arena, op_today(ctx));
    tb_str name = cases__word_of(op_lang(ctx), arena, "certificate", certificate->state);
    if (is_valid && !is_expired(certificate, today))
        add_check(arena, checks, "state", true,
                  is_en ? TB_STR("Valid at present") : TB_STR("目前有效"));
    else if (is_valid)
        add_check(arena, checks, "state", false,
                  is_en
                      ? tb_printf(arena, "Expired on " TB_FMT, TB_ARG(certificate->expires))
                      : tb_printf(arena, "有效期已于" TB_FMT "届满", TB_ARG(certificate->expires)));
    else
        add_check(arena, checks, "state", false,
                  is_en ? tb_printf(arena, TB_FMT " since " TB_FMT, TB_ARG(name),
                                    TB_ARG(cases__day_text(arena, certificate->state_at)))
                        : tb_printf(arena, "是真证，但已于" TB_FMT TB_FMT "，现在不能使用",
                                    TB_ARG(cases__day_text(arena, certificate->state_at)),
                                    TB_ARG(name)));
    if (tb_str_is(certificate->way, "pledge"))
        add_check(arena, checks, "pledge", true,
                  is_en ? tb_printf(arena, "Issued on pledge; check due by " TB_FMT,
                                    TB_ARG(certificate->check_due))
                        : tb_printf(arena, "以告知承诺方式取得，核查期限至" TB_FMT,
                                    TB_ARG(certificate->check_due)));
}

/* What hangs on the wall of a firm is public whatever else repeats it: its name, its trade, where it is. */
static bool
is_public_of_firm(tb_str key)
{
    static const char *const keys[] = {"holder", "name", "business", "scope", "address"};
    for (size_t i = 0; i < TB_COUNT(keys); i++) {
        if (tb_str_is(key, keys[i]))
            return true;
    }
    return false;
}

static struct tb_json *
certificate_json(struct op_ctx *ctx, const struct certificate *certificate)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases *cases = op_self(ctx);
    struct tb_json *json = cases__object(arena);
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, certificate->pack);
    const struct packs_certificate *face =
        pack != NULL ? packs_certificate_find(pack, certificate->type) : NULL;
    bool is_firm = tb_str_is(certificate->holder_kind, "firm");
    bool is_own = op_who(ctx)->party != 0 && op_who(ctx)->party == certificate->holder_id;
    bool is_valid = tb_str_is(certificate->state, "valid") &&
                    !is_expired(certificate, tb_date_format(arena, op_today(ctx)));
    tb_json_set_text(arena, json, "mark", certificate->mark);
    tb_json_set_text(arena, json, "number", certificate->number);
    tb_json_set_int(arena, json, "version", certificate->version);
    tb_json_set_text(arena, json, "type", certificate->type);
    tb_json_set_text(
        arena, json, "name",
        face != NULL ? tb_json_get_text(face->json, cases__is_en(op_lang(ctx)) ? "name_en" : "name")
                     : certificate->type);
    tb_json_set_text(arena, json, "state", certificate->state);
    tb_json_set_text(arena, json, "state_name",
                     cases__word_of(op_lang(ctx), arena, "certificate", certificate->state));
    tb_json_set_text(arena, json, "state_reason", certificate->state_reason);
    tb_json_set_text(arena, json, "state_since", tb_instant_format(arena, certificate->state_at));
    tb_json_set_bool(arena, json, "is_valid_today", is_valid);
    tb_json_set_text(arena, json, "holder",
                     is_own ? certificate->holder
                            : cases__mask_name(arena, certificate->holder, is_firm));
    tb_json_set_text(arena, json, "holder_kind", certificate->holder_kind);
    tb_json_set_text(arena, json, "issuer", certificate->issuer);
    tb_json_set_text(arena, json, "issued", certificate->issued);
    tb_json_set_text(arena, json, "expires", certificate->expires);
    tb_json_set_text(arena, json, "way", certificate->way);
    tb_json_set_text(arena, json, "check_due", certificate->check_due);
    tb_json_set_text(arena, json, "previous", certificate->previous);
    tb_json_set_text(arena, json, "next", certificate->next);
    tb_json_set_text(arena, json, "href",
                     tb_printf(arena, "/certificates/" TB_FMT ".pdf", TB_ARG(certificate->mark)));
    struct tb_json *fields = tb_json_set_list(arena, json, "fields");
    TB_JSON_EACH(field, cases__json(arena, certificate->fields))
    {
        struct tb_json *row = tb_json_add(fields, cases__object(arena));
        tb_str value = tb_json_get_text(field, "value");
        bool is_personal = !is_own && tb_json_is_true(tb_json_get(field, "personal")) &&
                           !(is_firm && is_public_of_firm(tb_json_get_text(field, "key")));
        tb_json_set_text(arena, row, "key", tb_json_get_text(field, "key"));
        tb_json_set_text(
            arena, row, "label",
            tb_json_get_text(field, cases__is_en(op_lang(ctx)) ? "label_en" : "label"));
        tb_json_set_text(arena, row, "value",
                         is_personal ? cases__mask_name(arena, value, false) : value);
    }
    add_state_checks(ctx, certificate, tb_json_set_list(arena, json, "checks"));
    return json;
}

static tb_status
run_get(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct certificate certificate;
    (void)self;
    TB_TRY(find(ctx, tb_json_get_text(in, "mark"), &certificate, err));
    op_answer_etag(ctx, certificate.leaf);
    *ret_out = certificate_json(ctx, &certificate);
    return TB_OK;
}

static tb_status
run_mine(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct tb_json *list = tb_json_new(op_arena(ctx), TB_JSON_LIST);
    struct store_value params[] = {STORE_INT_OF(op_who(ctx)->party),
                                   STORE_INT_OF(op_who(ctx)->account)};
    (void)self, (void)in;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_own_certificates, params, 2, &rows, err));
    while (store_next(rows)) {
        struct certificate certificate;
        read_row(op_arena(ctx), rows, &certificate);
        tb_json_add(list, certificate_json(ctx, &certificate));
    }
    TB_TRY(store_rows_done(rows, err));
    *ret_out = cases__object(op_arena(ctx));
    tb_json_set(*ret_out, "certificates", list);
    return TB_OK;
}

/* ---- the PDF
 * ----------------------------------------------------------------------------------------------------- */

/* The file shows everything in full: for the holder, the account that filed, whoever holds the case's code, and staff
 * of the region. Anybody else sees the register's entry, with what is personal masked. */
static tb_status
may_download(struct op_ctx *ctx, const struct certificate *certificate, tb_str code,
             struct tb_err *err)
{
    struct store_read *read = NULL;
    struct cases__case of_case;
    cases_sight sight;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__load_id(op_arena(ctx), read, certificate->of_case, &of_case, err));
    TB_TRY(cases__sight(read, op_who(ctx), &of_case, code, &sight, err));
    if (sight == CASES_SEES_NOTHING)
        return tb_fail(err, TB_NOT_FOUND, "there is no such certificate here");
    return TB_OK;
}

static tb_status
run_pdf(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct cases *cases = self;
    struct certificate certificate;
    tb_str pdf;
    *ret_out = NULL;
    TB_TRY(find(ctx, tb_json_get_text(in, "mark"), &certificate, err));
    TB_TRY(may_download(ctx, &certificate, tb_json_get_text(in, "code"), err));
    if (certificate.file.len == 0) {
        op_read_done(ctx);
        TB_TRY(cases__draw(cases, op_arena(ctx), certificate.of_case, err));
        TB_TRY(find(ctx, certificate.mark, &certificate, err));
    }
    op_read_done(ctx);
    TB_TRY(store_file_read(cases->options.store, op_arena(ctx), certificate.file, &pdf, err));
    op_answer_bytes(ctx, TB_STR("application/pdf"),
                    tb_printf(op_arena(ctx), TB_FMT ".pdf", TB_ARG(certificate.number)), pdf);
    return TB_OK;
}

/* ---- verification
 * ------------------------------------------------------------------------------------------------ */

static tb_str
verdict_of(const struct op_ctx *ctx, struct tb_arena *arena, const struct certificate *certificate)
{
    if (!tb_str_is(certificate->state, "valid"))
        return certificate->state;
    return is_expired(certificate, tb_date_format(arena, op_today(ctx))) ? TB_STR("expired")
                                                                         : TB_STR("genuine");
}

static void
answer_found(struct op_ctx *ctx, const struct certificate *certificate,
             const struct tb_json *checks, struct tb_json *out)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *list = tb_json_copy(arena, checks);
    struct tb_json *json = certificate_json(ctx, certificate);
    TB_JSON_EACH(check, tb_json_get(json, "checks"))
    tb_json_add(list, tb_json_copy(arena, check));
    tb_json_set_text(arena, out, "verdict", verdict_of(ctx, arena, certificate));
    tb_json_set(out, "checks", list);
    tb_json_set(out, "certificate", json);
}

static void
answer_bad(struct op_ctx *ctx, const char *verdict, struct tb_json *checks, struct tb_json *out)
{
    tb_json_set_text(op_arena(ctx), out, "verdict", tb_str_of(verdict));
    tb_json_set(out, "checks", checks);
    cases__set(op_arena(ctx), out, "certificate", NULL);
}

static tb_str
say(const struct op_ctx *ctx, seal_verdict verdict)
{
    const struct seal_verdict_row *row = seal_verdict_text(verdict);
    return tb_str_of(cases__is_en(op_lang(ctx)) ? row->en : row->zh);
}

static const char *
bad_verdict(seal_verdict verdict)
{
    return verdict == SEAL_CHANGED || verdict == SEAL_APPENDED || verdict == SEAL_MALFORMED
               ? "altered"
               : "unknown";
}

static tb_status
verify_pdf(struct op_ctx *ctx, struct cases *cases, tb_str body, struct tb_json *out,
           struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    const struct seal_key *keys[] = {cases->options.seal};
    struct tb_json *checks = tb_json_new(arena, TB_JSON_LIST);
    struct seal_finding finding = seal_pdf_verify(arena, keys, 1, body);
    struct tb_sha256 digest = tb_sha256(body.ptr, body.len);
    struct certificate certificate;
    bool is_there = false;
    add_check(arena, checks, "seal", finding.verdict == SEAL_GOOD, say(ctx, finding.verdict));
    if (finding.verdict != SEAL_GOOD) {
        answer_bad(ctx, bad_verdict(finding.verdict), checks, out);
        return TB_OK;
    }
    tb_str hash = tb_hex(arena, digest.bytes, sizeof(digest.bytes));
    TB_TRY(find_by(ctx, sql_certificate_by_file, hash, &certificate, &is_there, err));
    if (is_there) {
        answer_found(ctx, &certificate, checks, out);
        return TB_OK;
    }
    add_check(arena, checks, "register", false,
              cases__is_en(op_lang(ctx))
                  ? TB_STR("The seal is good, but this file is no certificate of the register")
                  : TB_STR("印章是真的，但这份文件不是登记在册的证照（可能是文书）"));
    answer_bad(ctx, "genuine_letter", checks, out);
    return TB_OK;
}

static tb_status
verify_code(struct op_ctx *ctx, struct cases *cases, tb_str payload, struct tb_json *out,
            struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    const struct seal_key *keys[] = {cases->options.seal};
    struct tb_json *checks = tb_json_new(arena, TB_JSON_LIST);
    struct seal_code code;
    struct certificate certificate;
    seal_verdict verdict = seal_code_verify(arena, keys, 1, tb_str_trim(payload), &code);
    add_check(arena, checks, "signature", verdict == SEAL_GOOD, say(ctx, verdict));
    if (verdict != SEAL_GOOD) {
        answer_bad(ctx, bad_verdict(verdict), checks, out);
        return TB_OK;
    }
    tb_status status = find(ctx, code.mark, &certificate, err);
    if (status == TB_NOT_FOUND) {
        answer_bad(ctx, "unknown", checks, out);
        return TB_OK;
    }
    TB_TRY(status);
    answer_found(ctx, &certificate, checks, out);
    return TB_OK;
}

/* The body is the PDF, the text of a QR, or {"qr": text} as JSON: told apart by what it is. */
static tb_status
run_verify(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    tb_str type, name, body = op_body(ctx, &type, &name), payload = body;
    struct tb_json *json = NULL;
    (void)in;
    *ret_out = cases__object(op_arena(ctx));
    if (body.len == 0)
        return cases__refuse_op(ctx, TB_INVALID, "file", "empty",
                                TB_STR("请选择证照文件，或者给出二维码内容"),
                                TB_STR("Give the file, or the text of the QR"), err);
    if (tb_str_starts(body, TB_STR("%PDF-")))
        return verify_pdf(ctx, self, body, *ret_out, err);
    if (tb_str_starts(tb_str_trim(body), TB_STR("{")) &&
        tb_json_parse(op_arena(ctx), body, &json, NULL) == TB_OK)
        payload = tb_json_get_text(json, "qr");
    return verify_code(ctx, self, payload, *ret_out, err);
}

/* ---- the signed list
 * --------------------------------------------------------------------------------------------- */

static tb_status
run_revocations(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
                struct tb_err *err)
{
    struct cases *cases = self;
    struct tb_arena *arena = op_arena(ctx);
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct seal_revocation *items =
        TB_NEW_ARRAY(arena, CASES_REVOCATIONS_MAX, struct seal_revocation);
    size_t count = 0;
    int64_t number = 0;
    tb_str text;
    (void)in;
    *ret_out = NULL;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__one(read, sql_last_ended, NULL, 0, &number, err));
    TB_TRY(store_select(read, sql_ended, NULL, 0, &rows, err));
    while (count < CASES_REVOCATIONS_MAX && store_next(rows))
        items[count++] = (struct seal_revocation){
            .mark = cases__mark_short(cases__text(arena, rows, 0)),
            .state = cases__text(arena, rows, 1),
            .reason = store_is_null(rows, 2) ? TB_STR("") : cases__text(arena, rows, 2),
            .from = tb_instant_day(store_int(rows, 3)),
        };
    TB_TRY(store_rows_done(rows, err));
    op_read_done(ctx);
    TB_TRY(seal_revocations_make(arena, cases->options.seal, number, op_now(ctx), items, count,
                                 &text, err));
    op_answer_bytes(ctx, TB_STR("text/plain; charset=utf-8"), TB_STR("revocations.txt"), text);
    return TB_OK;
}

/* The public half, for whoever checks a seal without this program (docs/howto/check-a-seal.md). */
static tb_status
run_keys(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct cases *cases = self;
    tb_str pem;
    (void)in;
    *ret_out = NULL;
    TB_TRY(seal_key_public_pem(op_arena(ctx), cases->options.seal, &pem, err));
    op_answer_bytes(ctx, TB_STR("application/x-pem-file"), TB_STR("agency.pem"), pem);
    return TB_OK;
}

/* ---- ended by the office
 * ----------------------------------------------------------------------------------------- */

struct revoke {
    struct cases__call call;
    tb_str mark;
};

/* What each word means and needs (F5): the state and the clause that the reason must rest on. */
static const struct {
    const char *kind, *state, *basis;
} endings[] = {
    {"suspend", "suspended", "行政处罚法#9"},        {"annul", "annulled", "行政许可法#69"},
    {"withdraw", "withdrawn", "行政许可法#8"},       {"revoke", "revoked", "行政处罚法#9"},
    {"deregister", "deregistered", "行政许可法#70"}, {"restore", "valid", "行政处罚法#9"},
};

static tb_status
write_revoke(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct revoke *revoke = arg;
    struct cases__act *act = &revoke->call.act;
    struct store_rows *rows = NULL;
    struct certificate certificate = {0};
    tb_str kind = tb_json_get_text(revoke->call.in, "kind"),
           reason = tb_json_get_text(revoke->call.in, "reason");
    struct store_value key = STORE_TEXT_OF(revoke->mark);
    size_t row = 0;
    TB_TRY(cases__call_begin(&revoke->call, tx, err));
    TB_TRY(store_select(act->read, sql_certificate_by_mark, &key, 1, &rows, err));
    if (store_next(rows))
        read_row(act->arena, rows, &certificate);
    TB_TRY(store_rows_done(rows, err));
    while (row < TB_COUNT(endings) && !tb_str_is(kind, endings[row].kind))
        row++;
    bool is_restore = tb_str_is(kind, "restore");
    bool is_open =
        tb_str_is(certificate.state, "valid") || tb_str_is(certificate.state, "suspended");
    if (row == TB_COUNT(endings) || !is_open ||
        is_restore != tb_str_is(certificate.state, "suspended"))
        return cases__refuse(act, TB_CONFLICT, "kind", "state",
                             TB_STR("按这张证现在的状态，不能这样处理"),
                             TB_STR("The certificate's present state does not allow this"), err);
    tb_str ground = tb_json_get_text(revoke->call.in, "ground"), basis = cases__bar_basis(ground);
    if (basis.len > 0 && !tb_str_is(kind, "annul"))
        return cases__refuse(act, TB_INVALID, "ground", "choice", TB_STR("这个情形只用于撤销"),
                             TB_STR("This ground belongs to an annulment"), err);
    TB_TRY(cases__separate(act, false, err));
    TB_TRY(store_update(tx, "certificates", certificate.id, -1,
                        STORE_VALUES(STORE_SET_TEXT("state", tb_str_of(endings[row].state)),
                                     STORE_SET_TEXT("state_reason", kind),
                                     STORE_SET_INSTANT("state_at", act->now)),
                        err));
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "mark", certificate.mark);
    tb_json_set_text(act->arena, data, "state", tb_str_of(endings[row].state));
    TB_TRY(cases__event_add(act,
                            &(struct cases__event_new){.kind = "certificate_ended",
                                                       .basis = tb_str_of(endings[row].basis),
                                                       .data = data,
                                                       .note = reason},
                            err));
    tb_str until = TB_STR_NONE;
    if (tb_str_is(kind, "annul"))
        TB_TRY(cases__grant_remove(act, err));
    if (basis.len > 0)
        TB_TRY(cases__bar(act, basis, &until, err));
    TB_TRY(cases__act_end(act, err));
    revoke->call.out = cases__object(act->arena);
    tb_json_set_text(act->arena, revoke->call.out, "mark", certificate.mark);
    tb_json_set_text(act->arena, revoke->call.out, "state", tb_str_of(endings[row].state));
    tb_json_set_text(act->arena, revoke->call.out, "barred_until", until);
    return TB_OK;
}

static tb_status
run_revoke(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
           struct tb_err *err)
{
    struct certificate certificate;
    struct revoke *revoke = TB_NEW(op_arena(ctx), struct revoke);
    (void)self;
    TB_TRY(find(ctx, tb_json_get_text(in, "mark"), &certificate, err));
    if (!op_may(op_who(ctx), OP_HEAD, certificate.division, certificate.department))
        return tb_fail(err, TB_NOT_FOUND, "there is no such certificate here");
    cases__call_init(&revoke->call, ctx, in);
    revoke->call.case_id = certificate.of_case;
    revoke->mark = certificate.mark;
    TB_TRY(op_write(ctx, write_revoke, revoke, err));
    *ret_out = revoke->call.out;
    return TB_OK;
}

/* clang-format off */
static const char *const kinds[] = {"suspend", "annul", "withdraw", "revoke", "deregister", "restore", NULL};
static const char *const annul_grounds[] = {"fraud", NULL};
#define MARK_FIELD {"mark", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 120, NULL, "证照标识或编号", "Mark or number", \
    "with or without the root OID"}
static const struct op_field mark_fields[] = {MARK_FIELD, {0}};
static const struct op_field pdf_fields[] = {
    MARK_FIELD,
    {"code", OP_TEXT, OP_QUERY | OP_SECRET, 1, 16, NULL, "查询码", "Code", "of the case, for whoever is not signed in"},
    {0},
};
static const struct op_field revoke_fields[] = {
    MARK_FIELD,
    {"kind", OP_TEXT, OP_REQUIRED, 1, 20, kinds, "处理", "What is done", "暂扣 撤销 撤回 吊销 注销 恢复"},
    {"reason", OP_TEXT, OP_REQUIRED | OP_PRIVATE, 1, 2000, NULL, "事实和理由", "Facts and reasons",
     "after the procedure of its own: told, heard, decided"},
    {"ground", OP_TEXT, 0, 0, 20, annul_grounds, "撤销的情形", "Ground",
     "fraud: obtained by deceit or bribery (行政许可法 69, 79), which bars for three years"},
    {0},
};
const struct op_row cases__certificate_rows[] = {
    {"certificates.get", "GET", "/certificates/{mark}", OP_ANYONE | OP_SIGNED_IN, 0, mark_fields, run_get,
     "核验证照", "Check a certificate"},
    {"certificates.mine", "GET", "/certificates", OP_SIGNED_IN, OP_PRIVATE_ANSWER, NULL, run_mine, "我的证照",
     "My certificates"},
    {"certificates.pdf", "GET", "/certificates/{mark}.pdf", OP_ANYONE | OP_SIGNED_IN,
     OP_RAW_ANSWER | OP_PRIVATE_ANSWER, pdf_fields,
     run_pdf, "证照（PDF）", "A certificate as sealed PDF"},
    {"certificates.verify", "POST", "/certificates/verify", OP_ANYONE | OP_SIGNED_IN, OP_RAW_BODY, NULL, run_verify,
     "核验证照文件或二维码", "Check a certificate file or QR"},
    {"certificates.revocations", "GET", "/certificates/revocations", OP_ANYONE | OP_SIGNED_IN, OP_RAW_ANSWER,
     NULL, run_revocations,
     "已失效证照清单（签名）", "Signed list of ended certificates"},
    {"certificates.keys", "GET", "/certificates/keys", OP_ANYONE | OP_SIGNED_IN, OP_RAW_ANSWER, NULL, run_keys,
     "印章公钥", "Public key of the seal"},
    {"certificates.revoke", "POST", "/certificates/{mark}/revoke", OP_HEAD, OP_WRITES, revoke_fields, run_revoke,
     "暂扣、撤销、吊销、注销证照", "Suspend, annul, revoke or deregister"},
};
/* clang-format on */
const size_t cases__certificate_rows_count = TB_COUNT(cases__certificate_rows);
