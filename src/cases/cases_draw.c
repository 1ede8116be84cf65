/* SPDX-License-Identifier: Apache-2.0 */
/* Drawing, sealing and filing what was decided: letters and certificates. At most two at a time, never in the batch.
 * A crash in between loses nothing: the row is there, its file is drawn again at the first reading or by the clock. Two
 * may draw the same at once; no two seals are alike, so only the first is filed and given out. */
#include "cases/cases_draw.sql.h"
#include "cases/cases_internal.h"
#include "paper/paper.h"
#include "seal/seal.h"

#include <string.h>

struct drawing {
    struct cases *cases;
    struct tb_arena *arena;
    const char *table;
    int64_t id;
    char hash[65];
};

static tb_status
keep_hash(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct drawing *drawing = arg;
    const char *sql =
        strcmp(drawing->table, "letters") == 0 ? sql_letter_is_drawn : sql_certificate_is_drawn;
    int64_t is_drawn = 0;
    TB_TRY(cases__one(store_tx_read(tx), sql, &STORE_INT_OF(drawing->id), 1, &is_drawn, err));
    if (is_drawn != 0)
        return TB_OK;
    return store_update(tx, drawing->table, drawing->id, -1,
                        STORE_VALUES(STORE_SET_TEXT("file", tb_str_of(drawing->hash))), err);
}

/* Files the bytes and notes their hash in the row. */
static tb_status
file_bytes(struct drawing *drawing, tb_str bytes, struct tb_err *err)
{
    struct store *store = drawing->cases->options.store;
    struct store_cause cause = {0, TB_STR("draw"), TB_STR("cases.draw")};
    struct store_file *file = NULL;
    int64_t size = 0;
    TB_TRY(store_file_new(store, &file, err));
    tb_status status = store_file_write(file, bytes.ptr, bytes.len, err);
    if (status != TB_OK) {
        store_file_drop(file);
        return status;
    }
    TB_TRY(store_file_keep(file, drawing->hash, &size, err));
    return store_write(store, &cause, keep_hash, drawing, err);
}

static tb_status
seal_blocks(const struct cases *cases, struct tb_arena *arena, const struct paper_options *options,
            const struct tb_json *blocks, const struct seal_note *note, tb_str *ret_pdf,
            struct tb_err *err)
{
    tb_str pdf;
    struct paper_options marked = *options;
    marked.mark = cases->options.is_demonstration ? TB_STR("演示") : TB_STR_NONE;
    TB_TRY(paper_pdf(arena, &marked, blocks, &pdf, err));
    return seal_pdf(arena, cases->options.seal, pdf, note, ret_pdf, err);
}

/* ---- letters
 * ----------------------------------------------------------------------------------------------------- */

/* The fields with every day as a letter in Chinese writes it. */
static struct tb_json *
with_days(struct tb_arena *arena, const struct tb_json *from)
{
    if (from->kind == TB_JSON_TEXT)
        return tb_json_new_text(arena, cases__day_words(arena, tb_json_text(from)));
    if (from->kind != TB_JSON_OBJECT && from->kind != TB_JSON_LIST)
        return tb_json_copy(arena, from);
    struct tb_json *to = tb_json_new(arena, from->kind);
    TB_JSON_EACH(member, from)
    {
        struct tb_json *copy = with_days(arena, member);
        if (from->kind == TB_JSON_LIST)
            tb_json_add(to, copy);
        else
            tb_json_set(to, tb_cstr(arena, member->key), copy);
    }
    return to;
}

tb_status
cases__letter_pdf(const struct cases *cases, struct tb_arena *arena, const struct packs_pack *pack,
                  tb_str kind, const struct tb_json *data, int64_t at, tb_str *ret_pdf,
                  struct tb_err *err)
{
    struct tb_faults faults = {.arena = arena};
    struct tb_json *blocks = NULL;
    tb_str text = packs_letter(pack, kind, TB_STR("zh"));
    tb_str file = tb_printf(arena, "letters/" TB_FMT ".md", TB_ARG(kind));
    tb_status status =
        paper_letter(arena, file, text, with_days(arena, data), &blocks, &faults, err);
    if (status == TB_OK && faults.count > 0)
        status = TB_INVALID;
    if (status != TB_OK && faults.count > 0)
        return tb_fail(err, TB_CORRUPT, TB_FMT ": " TB_FMT, TB_ARG(faults.items[0].place),
                       TB_ARG(faults.items[0].en));
    TB_TRY(status);
    struct paper_options options = {
        .size = PAPER_A4,
        .created_at = at,
        .title = cases__word_of(TB_STR("zh"), arena, "letter", kind),
        .author = tb_json_get_text(data, "agency"),
    };
    struct seal_note note = {
        .authority = options.author, .reason = cases__letter_seal(kind), .at = at};
    return seal_blocks(cases, arena, &options, blocks, &note, ret_pdf, err);
}

static tb_status
draw_letter(struct drawing *drawing, tb_str kind, tb_str pack_hash, tb_str fields, int64_t told_at,
            struct tb_err *err)
{
    const struct packs_pack *pack = packs_set_by_hash(drawing->cases->options.packs, pack_hash);
    tb_str pdf;
    if (pack == NULL)
        return tb_fail(err, TB_VERSION, "the pack of this letter is not installed here");
    TB_TRY(cases__letter_pdf(drawing->cases, drawing->arena, pack, kind,
                             cases__json(drawing->arena, fields), told_at, &pdf, err));
    return file_bytes(drawing, pdf, err);
}

/* ---- certificates
 * ------------------------------------------------------------------------------------------------ */

struct certificate {
    int64_t id, state_at;
    tb_str mark, number, type, pack, issuer, fields, issued, expires, holder;
};

static void
add_row(struct tb_arena *arena, struct tb_json *rows, tb_str label, tb_str value)
{
    struct tb_json *row = tb_json_add(rows, tb_json_new(arena, TB_JSON_LIST));
    tb_json_add(row, tb_json_new_text(arena, label));
    tb_json_add(row, tb_json_new_text(arena, value));
}

static void
add_rows(struct tb_arena *arena, struct tb_json *block, const struct certificate *certificate)
{
    struct tb_json *rows = tb_json_set_list(arena, block, "rows");
    TB_JSON_EACH(field, cases__json(arena, certificate->fields))
    {
        add_row(arena, rows, tb_json_get_text(field, "label"),
                cases__day_words(arena, tb_json_get_text(field, "value")));
    }
    if (certificate->number.len > 0)
        add_row(arena, rows, TB_STR("编号"), certificate->number);
    if (certificate->expires.len > 0)
        add_row(arena, rows, TB_STR("有效期限"),
                tb_printf(arena, TB_FMT "至" TB_FMT,
                          TB_ARG(cases__day_words(arena, certificate->issued)),
                          TB_ARG(cases__day_words(arena, certificate->expires))));
}

/* The mark has a line of its own: nobody reads a number off that is broken in two. */
static void
add_lines(const struct cases *cases, struct tb_arena *arena, struct tb_json *block,
          const struct certificate *certificate)
{
    tb_str origin = cases->options.origin;
    struct tb_json *lines = tb_json_set_list(arena, block, "lines");
    if (certificate->mark.len > 0)
        tb_json_add(lines, tb_json_new_text(arena, tb_printf(arena, "证照标识：" TB_FMT,
                                                             TB_ARG(certificate->mark))));
    /* The code holds signed text that proves the issue without a network; only the agency's page knows the state. */
    tb_json_add(lines,
                tb_json_new_text(arena, tb_printf(arena,
                                                  "本证与纸质证照具有同等法律效力。二维码里是经过签"
                                                  "名的文字，可以离线核对本证如何颁发；"
                                                  "真伪和当前状态请到" TB_FMT "%s核验。",
                                                  TB_ARG(origin),
                                                  origin.len > 0 ? "/check" : "发证机关网站")));
}

tb_status
cases__certificate_code(const struct cases *cases, struct tb_arena *arena, tb_str mark,
                        tb_str holder, tb_str issued, tb_str expires, tb_str *ret_payload,
                        struct tb_err *err)
{
    size_t at = 0;
    struct seal_code code = {.mark = cases__mark_short(mark)};
    tb_utf8_next(holder, &at);
    code.initial = tb_str_sub(holder, 0, at);
    if (!tb_date_parse(issued, &code.issued))
        return tb_fail(err, TB_CORRUPT, "certificate " TB_FMT " has no date of issue",
                       TB_ARG(mark));
    if (expires.len == 0 || !tb_date_parse(expires, &code.until))
        code.until = (tb_date){0};
    return seal_code_make(arena, cases->options.seal, &code, ret_payload, err);
}

static tb_status
certificate_blocks(const struct cases *cases, struct tb_arena *arena, const struct packs_pack *pack,
                   const struct certificate *certificate, struct tb_json **ret_blocks,
                   struct tb_err *err)
{
    const struct packs_certificate *row = packs_certificate_find(pack, certificate->type);
    struct tb_json *blocks = tb_json_new(arena, TB_JSON_LIST);
    tb_str payload, name = row != NULL ? tb_json_get_text(row->json, "name") : certificate->type;
    TB_TRY(cases__certificate_code(cases, arena, certificate->mark, certificate->holder,
                                   certificate->issued, certificate->expires, &payload, err));
    struct tb_json *block = tb_json_add(blocks, cases__object(arena));
    tb_json_set_text(arena, block, "kind", TB_STR("licence"));
    tb_json_set_text(arena, block, "title", name);
    tb_json_set_text(arena, block, "payload", payload);
    tb_json_set_text(arena, block, "authority", certificate->issuer);
    tb_json_set_text(arena, block, "date", cases__day_words(arena, certificate->issued));
    add_rows(arena, block, certificate);
    add_lines(cases, arena, block, certificate);
    *ret_blocks = blocks;
    return TB_OK;
}

static tb_status
draw_certificate(struct drawing *drawing, const struct certificate *certificate, struct tb_err *err)
{
    const struct packs_pack *pack =
        packs_set_by_hash(drawing->cases->options.packs, certificate->pack);
    struct tb_json *blocks = NULL;
    tb_str pdf;
    if (pack == NULL)
        return tb_fail(err, TB_VERSION, "the pack of this certificate is not installed here");
    TB_TRY(certificate_blocks(drawing->cases, drawing->arena, pack, certificate, &blocks, err));
    struct paper_options options = {
        .size = PAPER_A4_LANDSCAPE,
        .created_at = certificate->state_at,
        .title = tb_json_get_text(packs_certificate_find(pack, certificate->type)->json, "name"),
        .author = certificate->issuer,
    };
    struct seal_note note = {.authority = certificate->issuer,
                             .reason = TB_STR("电子印章"),
                             .at = certificate->state_at};
    TB_TRY(seal_blocks(drawing->cases, drawing->arena, &options, blocks, &note, &pdf, err));
    return file_bytes(drawing, pdf, err);
}

/* ---- all that a case still lacks
 * --------------------------------------------------------------------------------- */

#define DRAW_MAX 32 /* letters or certificates in one go; the rest follows at the next tick */

struct letter_row {
    int64_t id, told_at;
    tb_str kind, pack, fields;
};

static tb_status
load_letters(struct cases *cases, struct tb_arena *arena, int64_t case_id,
             struct letter_row *letters, size_t *ret_count, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    size_t count = 0;
    TB_TRY(store_snapshot(cases->options.store, &read, err));
    tb_status status =
        store_select(read, sql_undrawn_letters, &STORE_INT_OF(case_id), 1, &rows, err);
    while (status == TB_OK && count < DRAW_MAX && store_next(rows))
        letters[count++] = (struct letter_row){
            .id = store_int(rows, 0),
            .told_at = store_int(rows, 1),
            .kind = cases__text(arena, rows, 2),
            .pack = cases__text(arena, rows, 3),
            .fields = cases__text(arena, rows, 4),
        };
    if (status == TB_OK)
        status = store_rows_done(rows, err);
    store_snapshot_done(read);
    *ret_count = count;
    return status;
}

static tb_status
load_certificates(struct cases *cases, struct tb_arena *arena, int64_t case_id,
                  struct certificate *list, size_t *ret_count, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    size_t count = 0;
    TB_TRY(store_snapshot(cases->options.store, &read, err));
    tb_status status =
        store_select(read, sql_undrawn_certificates, &STORE_INT_OF(case_id), 1, &rows, err);
    while (status == TB_OK && count < DRAW_MAX && store_next(rows))
        list[count++] = (struct certificate){
            .id = store_int(rows, 0),
            .state_at = store_int(rows, 1),
            .mark = cases__text(arena, rows, 2),
            .number = cases__text(arena, rows, 3),
            .type = cases__text(arena, rows, 4),
            .pack = cases__text(arena, rows, 5),
            .issuer = cases__text(arena, rows, 6),
            .fields = cases__text(arena, rows, 7),
            .issued = cases__text(arena, rows, 8),
            .expires = cases__text(arena, rows, 9),
            .holder = cases__text(arena, rows, 10),
        };
    if (status == TB_OK)
        status = store_rows_done(rows, err);
    store_snapshot_done(read);
    *ret_count = count;
    return status;
}

static tb_status
draw_all(struct cases *cases, struct tb_arena *arena, int64_t case_id, struct tb_err *err)
{
    struct letter_row letters[DRAW_MAX];
    struct certificate certificates[DRAW_MAX];
    size_t count = 0;
    struct drawing drawing = {.cases = cases, .arena = arena, .table = "letters"};
    TB_TRY(load_letters(cases, arena, case_id, letters, &count, err));
    for (size_t i = 0; i < count; i++) {
        drawing.id = letters[i].id;
        TB_TRY(draw_letter(&drawing, letters[i].kind, letters[i].pack, letters[i].fields,
                           letters[i].told_at, err));
    }
    drawing.table = "certificates";
    TB_TRY(load_certificates(cases, arena, case_id, certificates, &count, err));
    for (size_t i = 0; i < count; i++) {
        drawing.id = certificates[i].id;
        TB_TRY(draw_certificate(&drawing, &certificates[i], err));
    }
    return TB_OK;
}

tb_status
cases__draw(struct cases *cases, struct tb_arena *arena, int64_t case_id, struct tb_err *err)
{
    sem_wait(&cases->drawing);
    tb_status status = draw_all(cases, arena, case_id, err);
    sem_post(&cases->drawing);
    return status;
}

void
cases__draw_case(struct cases *cases, struct tb_arena *arena, int64_t case_id)
{
    struct tb_err ignored = {0};
    (void)!cases__draw(cases, arena, case_id, &ignored);
}
