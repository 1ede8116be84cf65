/* SPDX-License-Identifier: Apache-2.0 */
/* A county in a temporary folder: store, packs as shipped, keys, people of every role, a clock that the test turns.
 * Everything is done through op_call, as the API and the pages do it. */
#ifndef CASES_WORLD_H
#define CASES_WORLD_H

#include "bpmn/bpmn.h"
#include "cases/cases.h"
#include "clock/clock.h"
#include "codes/codes.h"
#include "packs/packs.h"
#include "seal/seal.h"
#include "watch/watch.h"

#include "../temporary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <cmocka.h>

#define WORLD_DIVISION "511602000000"

enum world_person {
    WORLD_NOBODY,
    WORLD_APPLICANT,
    WORLD_OTHER, /* another applicant */
    WORLD_CLERK,
    WORLD_REVIEWER,
    WORLD_SURVEYOR,
    WORLD_SURVEYOR_2,
    WORLD_APPROVER,
    WORLD_HEAD,
    WORLD_ISSUER,
    WORLD_SUPERVISOR,
    WORLD_FOREIGN_CLERK,      /* of another district */
    WORLD_CLERK_WHO_APPROVES, /* one person with two accounts: see world_start */
    WORLD_PEOPLE
};

struct world {
    char dir[32];
    struct tb_arena *arena;
    int64_t now;
    struct store *store;
    struct packs_set *packs;
    struct seal_key *seal;
    struct cases *cases;
    struct watch *watch;
    struct op_registry *registry;
    struct op_actor people[WORLD_PEOPLE];
    struct op_result last;
    int key;
};

static struct world world;

static inline int64_t
world_now_us(void *context)
{
    (void)context;
    return world.now;
}

static inline void
world_random(void *context, void *bytes, size_t len)
{
    (void)context;
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        abort();
}

static const struct tb_env world_env = {.now_us = world_now_us, .random = world_random};

/* "2026-03-02T09:30" in China. */
static inline void
world_set_time(const char *text)
{
    assert_true(tb_instant_parse(tb_printf(world.arena, "%s:00", text), &world.now));
}

/* ---- people
 * ------------------------------------------------------------------------------------------------------ */

static const struct {
    op_role role;
    const char *user, *name, *id17, *division;
} world_people[WORLD_PEOPLE] = {
    [WORLD_APPLICANT] = {OP_APPLICANT, "chen", "陈晓芳", "51160219880512002", WORLD_DIVISION},
    [WORLD_OTHER] = {OP_APPLICANT, "zhou", "周国平", "51160219790926003", WORLD_DIVISION},
    [WORLD_CLERK] = {OP_CLERK, "liu", "刘敏", "51160219910304004", WORLD_DIVISION},
    [WORLD_REVIEWER] = {OP_REVIEWER, "wang", "王建国", "51160219850719005", WORLD_DIVISION},
    [WORLD_SURVEYOR] = {OP_SURVEYOR, "zhao", "赵志远", "51160219870228001", WORLD_DIVISION},
    [WORLD_SURVEYOR_2] = {OP_SURVEYOR, "sun", "孙丽华", "51160219920611006", WORLD_DIVISION},
    [WORLD_APPROVER] = {OP_APPROVER, "li", "李文斌", "51160219760815007", WORLD_DIVISION},
    [WORLD_HEAD] = {OP_HEAD, "huang", "黄海涛", "51160219710102009", WORLD_DIVISION},
    [WORLD_ISSUER] = {OP_ISSUER, "wu", "吴秀英", "51160219951120008", WORLD_DIVISION},
    [WORLD_SUPERVISOR] = {OP_SUPERVISOR, "zheng", "郑立新", "51160219830405011", WORLD_DIVISION},
    [WORLD_FOREIGN_CLERK] = {OP_CLERK, "luo", "罗大勇", "51160219810101021", "511603000000"},
    /* The clerk's person, as approver: one person, two accounts. */
    [WORLD_CLERK_WHO_APPROVES] = {OP_APPROVER, "liu2", "刘敏", "51160219910304004", WORLD_DIVISION},
};

static inline tb_str
world_citizen(const char *id17)
{
    for (const char *check = "0123456789X"; *check != '\0'; check++) {
        tb_str id = tb_printf(world.arena, "%s%c", id17, *check);
        if (codes_citizen_id(id, (tb_date){0}, TB_STR_NONE, NULL, NULL))
            return id;
    }
    abort();
}

/* The credit code that begins with these 16 characters: its two check characters are found. */
static inline tb_str
world_credit_code(const char *head16)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    for (const char *inner = alphabet; *inner != '\0'; inner++) {
        for (const char *outer = alphabet; *outer != '\0'; outer++) {
            tb_str code = tb_printf(world.arena, "%s%c%c", head16, *inner, *outer);
            if (codes_credit_code(code, TB_STR_NONE, NULL, NULL))
                return code;
        }
    }
    abort();
}

struct world_party {
    struct cases_party party;
    int64_t id;
};

static inline tb_status
world_put_party(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct world_party *put = arg;
    return cases_party_put(world.cases, tx, &put->party, &put->id, err);
}

static inline void
world_make_people(void)
{
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct tb_err err = {0};
    for (int i = 1; i < WORLD_PEOPLE; i++) {
        struct world_party put = {.party = {.kind = TB_STR("person"),
                                            .name = tb_str_of(world_people[i].name),
                                            .id_kind = TB_STR("citizen_id"),
                                            .id_number = world_citizen(world_people[i].id17),
                                            .phone = TB_STR("13800005101")}};
        assert_int_equal(store_write(world.store, &cause, world_put_party, &put, &err), TB_OK);
        struct op_grant *grant = TB_NEW(world.arena, struct op_grant);
        *grant = (struct op_grant){world_people[i].role, tb_str_of(world_people[i].division),
                                   TB_STR("")};
        world.people[i] = (struct op_actor){.account = 100 + i,
                                            .user = tb_str_of(world_people[i].user),
                                            .name = tb_str_of(world_people[i].name),
                                            .party = put.id,
                                            .grants = grant,
                                            .grant_count = 1};
    }
    assert_int_equal(world.people[WORLD_CLERK].party, world.people[WORLD_CLERK_WHO_APPROVES].party);
}

/* ---- opening
 * ----------------------------------------------------------------------------------------------------- */

static const struct store_table *world_tables[64];

static inline void
world_must(tb_status status, const struct tb_err *err)
{
    if (status != TB_OK)
        print_message("%s\n", err->message);
    assert_int_equal(status, TB_OK);
}

/* A test that needs a pack as no shipped one is: this text in this file of packs/ is replaced in a copy. */
struct world_edit {
    const char *file, *from, *to;
};

static inline tb_str
world_packs_edited(const char *source, const struct world_edit *edit)
{
    tb_str packs = tb_printf(world.arena, "%s/edited-packs", world.dir);
    tb_str path = tb_printf(world.arena, "%s/%s", packs.ptr, edit->file);
    assert_int_equal(system(tb_printf(world.arena, "cp -r %s/packs %s", source, packs.ptr).ptr), 0);
    static char was[1 << 20];
    FILE *file = fopen(path.ptr, "r");
    assert_non_null(file);
    was[fread(was, 1, sizeof(was) - 1, file)] = '\0';
    fclose(file);
    const char *at = strstr(was, edit->from);
    assert_non_null(at);
    file = fopen(path.ptr, "w");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - was), was, edit->to, at + strlen(edit->from));
    assert_int_equal(fclose(file), 0);
    return packs;
}

/* edit may be NULL: the packs as shipped. */
static inline int
world_open(const struct world_edit *edit)
{
    struct tb_err err = {0};
    size_t count = 0;
    memset(&world, 0, sizeof(world));
    world.arena = tb_arena_new(0);
    world_set_time("2026-03-02T09:30");
    snprintf(world.dir, sizeof(world.dir), "/tmp/tb-cases-XXXXXX");
    assert_non_null(mkdtemp(world.dir));
    for (const struct store_table *const *t = cases_tables; *t != NULL; t++)
        world_tables[count++] = *t;
    for (const struct store_table *const *t = watch_tables; *t != NULL; t++)
        world_tables[count++] = *t;
    struct store_options store = {
        .dir = tb_str_of(world.dir), .tables = world_tables, .env = &world_env, .is_create = true};
    world_must(store_open(&store, &world.store, &err), &err);
    struct tb_faults faults = {.arena = world.arena};
    const char *source = getenv("TB_SOURCE");
    assert_non_null(source);
    tb_str packs = edit != NULL ? world_packs_edited(source, edit)
                                : tb_printf(world.arena, "%s/packs", source);
    world_must(packs_set_load(packs.ptr, &faults, &world.packs, &err), &err);
    for (size_t i = 0; i < faults.count; i++)
        print_message("%.*s: %.*s\n", TB_ARG(faults.items[i].place), TB_ARG(faults.items[i].en));
    assert_int_equal(faults.count, 0);
    tb_str private_pem, public_pem;
    world_must(seal_generate(world.arena, &private_pem, &public_pem, &err), &err);
    world_must(seal_key_new(private_pem, &world.seal, &err), &err);
    const struct clock_calendar *calendar = clock_calendar_builtin(world.arena);
    struct watch_options watch = {
        .store = world.store, .env = &world_env, .packs = world.packs, .calendar = calendar};
    world_must(watch_open(&watch, &world.watch, &err), &err);
    struct cases_options options = {.store = world.store,
                                    .env = &world_env,
                                    .packs = world.packs,
                                    .calendar = calendar,
                                    .seal = world.seal,
                                    .origin = TB_STR("https://tongban.example"),
                                    .division = TB_STR(WORLD_DIVISION),
                                    .cards = watch_cards_of,
                                    .cards_context = world.watch};
    world_must(cases_open(&options, &world.cases, &err), &err);
    struct op_table *tables = TB_NEW_ARRAY(world.arena, 3, struct op_table);
    tables[0] = cases_ops(world.cases);
    tables[1] = watch_ops(world.watch);
    world_must(op_registry_new(tables, world.store, &world_env, &world.registry, &err), &err);
    world_make_people();
    return 0;
}

static inline int
world_start(void **state)
{
    (void)state;
    return world_open(NULL);
}

static inline int
world_stop(void **state)
{
    (void)state;
    op_registry_free(world.registry);
    cases_close(world.cases);
    watch_close(world.watch);
    store_close(world.store);
    packs_set_free(world.packs);
    seal_key_free(world.seal);
    temporary_remove(world.dir);
    tb_arena_free(world.arena);
    return 0;
}

/* ---- calling
 * ----------------------------------------------------------------------------------------------------- */

static inline const struct tb_json *
world_json(const char *text)
{
    struct tb_json *json = NULL;
    struct tb_err err = {0};
    tb_status status =
        tb_json_parse(world.arena, tb_str_copy(world.arena, tb_str_of(text)), &json, &err);
    if (status != TB_OK)
        print_message("%s: %s\n", err.message, text);
    assert_int_equal(status, TB_OK);
    return json;
}

static inline void
world_print_faults(void)
{
    print_message("  %d %s\n", world.last.http, world.last.err.message);
    for (size_t i = 0; i < world.last.faults.count && i < 20; i++)
        print_message("  at %.*s: %.*s: %.*s\n", TB_ARG(world.last.faults.items[i].place),
                      TB_ARG(world.last.faults.items[i].code),
                      TB_ARG(world.last.faults.items[i].en));
}

/* Calls as somebody; the status code of the answer. */
static inline int
world_call_json(enum world_person who, const char *name, const struct tb_json *in)
{
    struct op_request request = {.actor = who == WORLD_NOBODY ? NULL : &world.people[who],
                                 .id = TB_STR("test"),
                                 .lang = TB_STR("zh"),
                                 .channel = TB_STR("api"),
                                 .now = world.now};
    op_call(world.registry, world.arena, name, &request, in, &world.last);
    return world.last.http;
}

__attribute__((format(printf, 3, 4))) static inline int
world_call(enum world_person who, const char *name, const char *format, ...)
{
    char text[65536];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return world_call_json(who, name, world_json(text));
}

/* A call that must go well; its answer. */
static inline const struct tb_json *
world_do(int http, const char *what)
{
    if (http != 200 && http != 201) {
        print_message("%s:\n", what);
        world_print_faults();
    }
    assert_true(http == 200 || http == 201);
    return world.last.out;
}
#define WORLD_DO(who, name, ...) world_do(world_call(who, name, __VA_ARGS__), name)

static inline bool
world_has_fault(const char *place, const char *code)
{
    for (size_t i = 0; i < world.last.faults.count; i++) {
        const struct tb_fault *fault = &world.last.faults.items[i];
        if (tb_str_is(fault->place, place) && (code == NULL || tb_str_is(fault->code, code)))
            return true;
    }
    return false;
}

static inline const char *
world_text(const struct tb_json *json, const char *path)
{
    return tb_cstr(world.arena, tb_json_text(tb_json_path(json, path)));
}

/* Lets the scheduler run until nothing is due. */
static inline void
world_tick(void)
{
    struct tb_err err = {0};
    for (size_t done = 1; done > 0;)
        world_must(cases_tick(world.cases, world.now, 100, &done, &err), &err);
    for (size_t done = 1; done > 0;)
        world_must(watch_tick(world.watch, world.now, 500, &done, &err), &err);
}

/* ---- papers
 * ------------------------------------------------------------------------------------------------------ */

static const char world_pdf[] =
    "%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\nstartxref\n0\n%%EOF\n";

static inline const char *
world_upload(enum world_person who, const char *bytes, size_t len)
{
    struct op_request request = {.actor = &world.people[who],
                                 .id = TB_STR("test"),
                                 .lang = TB_STR("zh"),
                                 .now = world.now,
                                 .body = {bytes, len},
                                 .body_type = TB_STR("application/pdf"),
                                 .body_name = TB_STR("paper.pdf")};
    op_call(world.registry, world.arena, "cases.upload", &request, NULL, &world.last);
    return world.last.http == 201 ? world_text(world.last.out, "hash") : NULL;
}

/* ---- road freight, from nothing
 * ---------------------------------------------------------------------------------- */

#define ROAD_ITEM "511A0014300001"
#define ROAD_ANSWERS                                                                               \
    "{\"goods\":\"general\",\"purpose\":\"new\",\"vehicle weight\":\"heavy\","                     \
    "\"business licence\":\"with-freight\",\"vehicle state\":\"owned\",\"safety rules\":\"own\","  \
    "\"agent\":\"self\"}"

/* The form of road-freight 新办, filled in rightly, for a firm whose number begins with id17. */
static inline const char *
world_road_fields(const char *id17)
{
    static char text[4096];
    snprintf(text, sizeof(text),
             "{\"name\":\"广安大山物流有限公司\",\"credit_code\":\"%s\",\"address\":"
             "\"四川省广安市广安区建安北路88号\","
             "\"person_name\":\"陈晓芳\",\"person_id\":\"%s\",\"phone\":\"13900007701\",\"scope\":"
             "\"general\","
             "\"vehicle_count\":1,\"driver_count\":1,\"vehicles.1.plate\":\"川X12345\","
             "\"vehicles.1.total_mass\":18000,\"vehicles.1.vehicle_type\":\"重型仓栅式货车\","
             "\"drivers.1.name\":\"高小川\",\"drivers.1.id_number\":\"%s\",\"drivers.1.licence_"
             "class\":\"B2\","
             "\"drivers.1.work_permit\":\"511602198003054010\",\"safety_person\":\"陈晓芳\","
             "\"safety_confirm\":true}",
             world_credit_code(id17).ptr, world_citizen("51160219880512002").ptr,
             world_citizen("51160219800305401").ptr);
    return text;
}

/* Files road-freight 新办 as an applicant; the case number, in the world's arena. */
static inline const char *
world_file_road(enum world_person who, const char *id17)
{
    const char *hash = world_upload(who, world_pdf, sizeof(world_pdf) - 1);
    assert_non_null(hash);
    const struct tb_json *out =
        WORLD_DO(who, "cases.file",
                 "{\"item\":\"" ROAD_ITEM "\",\"answers\":" ROAD_ANSWERS ",\"fields\":%s,"
                 "\"materials\":[{\"id\":\"safety-rules\",\"hash\":\"%s\",\"name\":\"制度.pdf\"}],"
                 "\"signed\":true}",
                 world_road_fields(id17), hash);
    return world_text(out, "no");
}

/* The id of the case's open task of this element; fails when there is none. */
static inline const char *
world_task(const char *no, const char *element)
{
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    TB_JSON_EACH(task, tb_json_get(out, "tasks"))
    {
        if (tb_str_is(tb_json_get_text(task, "element"), element) &&
            tb_str_is(tb_json_get_text(task, "state"), "open"))
            return world_text(task, "id");
    }
    print_message("no open task %s in %s\n", element, no);
    fail();
    return NULL;
}

static inline void
world_complete(enum world_person who, const char *no, const char *element, const char *outcome)
{
    WORLD_DO(who, "cases.complete", "{\"id\":\"%s\",\"outcome\":\"%s\",\"comment\":\"材料齐全\"}",
             world_task(no, element), outcome);
}

/* The clerk's ticks: result for every paper of the case, as {"id","result"} rows; in the world's arena. */
static inline const char *
world_ticks(const char *no, const char *result)
{
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    tb_str rows = TB_STR("");
    TB_JSON_EACH(material, tb_json_get(out, "materials"))
    rows = tb_printf(world.arena, "%.*s%s{\"id\":\"%s\",\"result\":\"%s\"}", TB_ARG(rows),
                     rows.len > 0 ? "," : "", world_text(material, "id"), result);
    return tb_printf(world.arena, "[%.*s]", TB_ARG(rows)).ptr;
}

/* The clerk finds every paper good and accepts. */
static inline const struct tb_json *
world_accept(const char *no)
{
    return WORLD_DO(WORLD_CLERK, "cases.accept", "{\"no\":\"%s\",\"materials\":%s}", no,
                    world_ticks(no, "ok"));
}

/* From filed to certificate, without a survey. The mark. */
static inline const char *
world_carry_road(const char *no)
{
    world_accept(no);
    world_complete(WORLD_REVIEWER, no, "review", "pass");
    world_complete(WORLD_APPROVER, no, "decide", "grant");
    world_complete(WORLD_ISSUER, no, "certify", "done");
    const struct tb_json *out = WORLD_DO(WORLD_CLERK, "cases.get", "{\"no\":\"%s\"}", no);
    return world_text(out, "certificate.mark");
}

#endif
