/* SPDX-License-Identifier: Apache-2.0 */
/* Every row of the whole program, called by everybody: nobody, each role, the right role of another region.
 *
 * Who may not is told so and nothing else happens; who may never meets a failure of the program; who may
 * elsewhere finds nothing here. The rows come from the registry, so a new operation is tested by existing. */
#include "../temporary.h"
#include "access/access.h"
#include "cli/cli.h"
#include "cli/cli_internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define HOME "511602000000"
#define ELSEWHERE "511603000000"

static struct tb_env env;
static int64_t offset_us;
static struct cli cli;
static struct cli_app app;
static char folder[] = "/tmp/tb-everybody-XXXXXX";
static char dir[64];

static int
start(void **state)
{
    (void)state;
    struct tb_err err = {0};
    char *arguments[] = {"tongban", "init",    "--data", dir, "--demo",
                         "--json",  "--packs", NULL,     NULL};
    char packs[512];
    const char *source = getenv("TB_SOURCE");
    if (mkdtemp(folder) == NULL || source == NULL)
        return -1;
    snprintf(dir, sizeof(dir), "%s/data", folder);
    snprintf(packs, sizeof(packs), "%s/packs", source);
    arguments[7] = packs;
    if (cli_main(8, arguments) != 0)
        return -1;
    cli_env_init(&env, &offset_us);
    cli.arena = tb_arena_new(0);
    cli.env = &env;
    if (cli_app_open(&app, &cli, tb_str_of(dir), false, &err) != TB_OK) {
        print_message("%s\n", err.message);
        return -1;
    }
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    cli_app_close(&app);
    tb_arena_free(cli.arena);
    return temporary_remove(folder);
}

/* An account that holds one role in one division, and the actor that it is. */
static struct op_actor
actor_make(op_role role, const char *division)
{
    static int count;
    struct op_grant *grant = TB_NEW(cli.arena, struct op_grant);
    struct tb_faults faults = {.arena = cli.arena};
    struct tb_err err = {0};
    struct store_cause cause = {.purpose = TB_STR("test")};
    struct access_grant_new grant_new = {.role = role, .division = tb_str_of(division), .from = 1};
    struct access_account_new account = {.user = tb_printf(cli.arena, "everybody-%d", ++count),
                                         .name = TB_STR("某人"),
                                         .password = TB_STR("a sentence of some length"),
                                         .grants = &grant_new,
                                         .grant_count = 1};
    struct op_actor actor = {
        .user = account.user, .name = account.name, .grants = grant, .grant_count = 1};
    *grant =
        (struct op_grant){.role = role, .division = tb_str_of(division), .department = TB_STR("")};
    assert_int_equal(
        access_account_make(app.access, &cause, &account, &faults, &actor.account, &err), TB_OK);
    return actor;
}

static void
call(const struct op_row *row, const struct op_actor *actor, const struct tb_json *in,
     struct op_result *result)
{
    struct op_request request = {.actor = actor,
                                 .id = TB_STR("everybody"),
                                 .lang = TB_STR("zh"),
                                 .channel = TB_STR("api"),
                                 .body = TB_STR(""),
                                 .body_type = TB_STR("application/octet-stream")};
    op_call(app.registry, cli.arena, row->name, &request, in, result);
}

/* ---- rows are whole ---- */

static void
no_row_is_empty(void **state)
{
    (void)state;
    assert_true(op_registry_count(app.registry) > 20);
    for (size_t i = 0; i < op_registry_count(app.registry); i++) {
        const struct op_row *row = op_registry_row(app.registry, i);
        bool is_get = strcmp(row->method, "GET") == 0;
        assert_true(is_get || strcmp(row->method, "POST") == 0 ||
                    strcmp(row->method, "DELETE") == 0);
        if (is_get && (row->flags & OP_WRITES) != 0)
            fail_msg("%s: a GET must not write", row->name);
        assert_true(row->zh[0] != '\0' && row->en[0] != '\0');
        for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
            if (f->zh == NULL || f->en == NULL || f->doc == NULL || f->zh[0] == '\0' ||
                f->en[0] == '\0')
                fail_msg("%s: field %s has no words", row->name, f->name);
            if (is_get && (f->flags & (OP_PATH | OP_QUERY)) == 0)
                fail_msg("%s: field %s of a GET must be in path or query", row->name, f->name);
        }
    }
}

/* ---- roles ---- */

static size_t
denied_count(const struct op_row *row, const struct op_actor *actor, unsigned role)
{
    struct op_result result;
    bool may = (row->roles & (OP_ANYONE | role)) != 0;
    int expected = actor == NULL ? 401 : 403;
    call(row, actor, tb_json_new(cli.arena, TB_JSON_OBJECT), &result);
    if (!may && result.http != expected) {
        print_message("%s as %s: %d instead of %d\n", row->name,
                      actor == NULL ? "nobody" : "another role", result.http, expected);
        return 1;
    }
    if (may && result.http >= 500) {
        print_message("%s: %d %s\n", row->name, result.http, result.err.message);
        return 1;
    }
    return 0;
}

static void
who_may_not_is_told_so_and_who_may_meets_no_failure(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t k = 0; k < op_role_count; k++) {
        bool is_nobody = op_roles[k].role == OP_ANYONE;
        struct op_actor actor = {0};
        if (!is_nobody)
            actor = actor_make(op_roles[k].role, HOME);
        for (size_t i = 0; i < op_registry_count(app.registry); i++)
            wrong += denied_count(op_registry_row(app.registry, i), is_nobody ? NULL : &actor,
                                  op_roles[k].role);
    }
    assert_int_equal(wrong, 0);
}

/* Whoever has lost all grants is signed in and may nothing. */
static void
an_account_without_a_grant_may_only_what_anybody_may(void **state)
{
    (void)state;
    struct op_actor actor = actor_make(OP_HEAD, HOME);
    size_t wrong = 0;
    actor.grant_count = 0;
    for (size_t i = 0; i < op_registry_count(app.registry); i++)
        wrong += denied_count(op_registry_row(app.registry, i), &actor, 0);
    assert_int_equal(wrong, 0);
}

/* ---- another region ---- */

#define OWNER_ID "511602198501013014"

/* What exists at home: a case that waits for acceptance, one that was granted by pledge, a certificate, a task, a file,
 * a draft. */
static struct {
    tb_str no, granted, mark, task, hash, draft;
} home;

static struct tb_json *
json_of(tb_str text)
{
    struct tb_json *json;
    struct tb_err err = {0};
    if (tb_json_parse(cli.arena, text, &json, &err) != TB_OK)
        fail_msg("%s", err.message);
    return json;
}

static struct tb_json *
done(const char *name, const struct op_actor *actor, tb_str body, tb_str in)
{
    struct op_result result;
    struct op_request request = {.actor = actor,
                                 .id = TB_STR("everybody"),
                                 .lang = TB_STR("zh"),
                                 .body = body,
                                 .body_type = TB_STR("application/pdf"),
                                 .body_name = TB_STR("drawings.pdf"),
                                 .idempotency_key = tb_printf(cli.arena, "k-%s-%zu", name, in.len)};
    op_call(app.registry, cli.arena, name, &request, json_of(in), &result);
    if (result.status != TB_OK)
        fail_msg("%s: %s; first fault: " TB_FMT, name, result.err.message,
                 TB_ARG(result.faults.count > 0 ? result.faults.items[0].en : TB_STR("none")));
    return result.out;
}

static tb_str
application(const char *way, const char *more)
{
    struct tb_buf buf = {.arena = cli.arena};
    tb_buf_cstr(&buf, "{\"item\":\"511A0015500009\",");
    tb_buf_str(&buf, tb_printf(cli.arena,
                               "\"answers\":{\"venue kind\":\"hair\",\"purpose\":\"new\","
                               "\"business licence\":\"yes\",\"way\":\"%s\",\"central air\":\"no\","
                               "\"agent\":\"self\"},",
                               way));
    tb_buf_printf(
        &buf,
        "\"fields\":{\"name\":\"广安区大山理发店\",\"credit_code\":\"91511602MA6200026K\","
        "\"person_name\":\"何大山\",\"person_id\":\"" OWNER_ID "\",\"phone\":\"13900007701\","
        "\"address\":\"四川省广安市广安区建安北路 88 号\",\"area\":60,\"staff_count\":3,"
        "\"business\":\"hair\",\"manager\":\"何大山\"%s},"
        "\"materials\":[%s],\"signed\":true,\"delivery\":{\"way\":\"electronic\"},"
        "\"on_behalf\":{\"channel\":\"window\",\"identity_check\":\"card_read\",\"signed\":\"pad\"}"
        ","
        "\"pledge\":{\"choice\":\"%s\",\"signed\":true}}",
        strcmp(way, "pledge") == 0 ? ",\"pledge_read\":true,\"pledge_true\":true" : "", more, way);
    return tb_buf_done(&buf);
}

static tb_str
paper(const char *material)
{
    return tb_printf(cli.arena, "{\"id\":\"%s\",\"hash\":\"" TB_FMT "\",\"name\":\"a.pdf\"}",
                     material, TB_ARG(home.hash));
}

/* Hands in the same small PDF, whoever he is: its hash is the same for all. */
static tb_str
upload(const struct op_actor *actor)
{
    static const char pdf[] =
        "%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n"
        "<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\n0000000000 65535 f \n"
        "0000000009 00000 n \n0000000054 00000 n \ntrailer\n<</Size 3/Root 1 0 R>>\n"
        "startxref\n101\n%%EOF\n";
    return tb_json_get_text(
        done("cases.upload", actor, TB_STR(pdf), TB_STR("{\"name\":\"drawings.pdf\"}")), "hash");
}

static void
home_fill(const struct op_actor *clerk)
{
    struct tb_json *out;
    home.hash = upload(clerk);
    tb_str one = paper("drawings");
    tb_str two = tb_printf(cli.arena, TB_FMT "," TB_FMT, TB_ARG(one), TB_ARG(paper("test-report")));
    out = done("cases.file", clerk, TB_STR_NONE, application("pledge", tb_cstr(cli.arena, one)));
    home.granted = tb_json_get_text(out, "no");
    home.task = tb_printf(cli.arena, TB_FMT "-1", TB_ARG(home.granted));
    out = done("cases.file", clerk, TB_STR_NONE, application("ordinary", tb_cstr(cli.arena, two)));
    home.no = tb_json_get_text(out, "no");
    out = done("cases.get", clerk, TB_STR_NONE,
               tb_printf(cli.arena, "{\"no\":\"" TB_FMT "\"}", TB_ARG(home.granted)));
    home.mark = tb_json_text(tb_json_path(out, "certificate.mark"));
    out = done(
        "drafts.begin", clerk, TB_STR_NONE,
        TB_STR(
            "{\"item\":\"511A0015500009\",\"answers\":{\"venue kind\":\"hair\",\"purpose\":\"new\","
            "\"business licence\":\"yes\",\"way\":\"ordinary\",\"central "
            "air\":\"no\",\"agent\":\"self\"}}"));
    home.draft = tb_json_get_text(out, "id");
    assert_true(home.mark.len > 0);
}
/* A value that would do, for a field of this name or type. */
static struct tb_json *
value_for(const struct op_row *row, const struct op_field *field, tb_str no)
{
    static const char reason[] = "由测试填写的理由，足够长";
    const struct {
        const char *name;
        tb_str value;
    } known[] = {
        {"no", no},
        {"mark", home.mark},
        {"hash", home.hash},
        {"user", TB_STR("liu")},
        {"item", TB_STR("511A0015500009")},
        {"division", TB_STR(ELSEWHERE)},
        {"department", TB_STR("")},
        {"until", TB_STR("2026-12-31T00:00:00+08:00")},
    };
    if (strcmp(field->name, "id") == 0 && strncmp(row->path, "/tasks/", 7) == 0)
        return tb_json_new_text(cli.arena, home.task);
    if (strcmp(field->name, "id") == 0 && strncmp(row->path, "/drafts/", 8) == 0)
        return tb_json_new_text(cli.arena, home.draft);
    if (strcmp(field->name, "id") == 0 && strstr(row->path, "/letters/") != NULL)
        return tb_json_new_text(cli.arena, TB_STR("receipt"));
    for (size_t i = 0; i < TB_COUNT(known); i++) {
        if (strcmp(field->name, known[i].name) == 0)
            return tb_json_new_text(cli.arena, known[i].value);
    }
    if (field->choices != NULL)
        return tb_json_new_text(cli.arena, tb_str_of(field->choices[0]));
    switch (field->type) {
    case OP_INT:
    case OP_MONEY:
        return tb_json_new_int(cli.arena, field->min > 0 ? field->min : 1);
    case OP_BOOL:
        return tb_json_new_bool(cli.arena, true);
    case OP_OBJECT:
        return tb_json_new(cli.arena, TB_JSON_OBJECT);
    case OP_LIST:
        return json_of(tb_printf(cli.arena,
                                 "[{\"material\":\"drawings\",\"id\":\"drawings\",\"what\":\"x\","
                                 "\"result\":\"ok\",\"hash\":\"" TB_FMT "\",\"name\":\"a.pdf\"}]",
                                 TB_ARG(home.hash)));
    case OP_DAY:
        return tb_json_new_text(cli.arena, TB_STR("2026-12-01"));
    case OP_HASH:
        return tb_json_new_text(cli.arena, home.hash);
    default:
        return tb_json_new_text(cli.arena, tb_str_of(reason));
    }
}

static struct tb_json *
input_for(const struct op_row *row, tb_str no)
{
    struct tb_json *in = tb_json_new(cli.arena, TB_JSON_OBJECT);
    for (const struct op_field *f = row->fields; f != NULL && f->name != NULL; f++) {
        if ((f->flags & (OP_REQUIRED | OP_PATH)) != 0)
            tb_json_set(in, f->name, value_for(row, f, no));
    }
    return in;
}

/* Rows that name one thing of a region. What anybody may see of a certificate or an item is public on purpose. */
static bool
is_about_one_thing(const struct op_row *row)
{
    static const char *const prefixes[] = {"/cases/{", "/tasks/{", "/drafts/{", "/accounts/{"};
    for (size_t i = 0; i < TB_COUNT(prefixes); i++) {
        if (strncmp(row->path, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    }
    return strcmp(row->path, "/certificates/{mark}/revoke") == 0;
}

static tb_str
text_of(const struct op_result *result)
{
    struct tb_buf buf = {.arena = cli.arena};
    if (result->out != NULL)
        tb_json_write(&buf, result->out);
    tb_buf_str(&buf, result->raw);
    return tb_buf_done(&buf);
}

/* One thing: it does not exist for him. A list: nothing of home is in it. */
static size_t
reached_count(const struct op_row *row, const struct op_actor *actor, const char *who, tb_str no)
{
    struct op_result result;
    call(row, actor, input_for(row, no), &result);
    bool is_good = is_about_one_thing(row)
                       ? result.http == 404 || result.http == 403 || result.http == 401
                       : result.http < 500;
    tb_str text = text_of(&result);
    const tb_str ours[] = {home.no, home.granted, TB_STR("何大山"), TB_STR(OWNER_ID),
                           TB_STR("13900007701")};
    bool is_public = (row->roles & OP_ANYONE) != 0 && !is_about_one_thing(row);
    for (size_t i = 0; i < TB_COUNT(ours) && !is_public; i++)
        is_good = is_good && !tb_str_contains(text, ours[i]);
    if (!is_good)
        print_message("%s as %s elsewhere: %d %s " TB_FMT "\n", row->name, who, result.http,
                      result.err.message,
                      TB_ARG(result.faults.count > 0 ? result.faults.items[0].place : TB_STR("")));
    return is_good ? 0 : 1;
}

static tb_str
case_of(const struct op_actor *actor, tb_str no)
{
    struct op_result result;
    struct op_request request = {.actor = actor, .id = TB_STR("everybody"), .lang = TB_STR("zh")};
    op_call(app.registry, cli.arena, "cases.get", &request,
            json_of(tb_printf(cli.arena, "{\"no\":\"" TB_FMT "\"}", TB_ARG(no))), &result);
    assert_int_equal(result.status, TB_OK);
    return text_of(&result);
}

static void
who_may_elsewhere_finds_nothing_here_and_changes_nothing(void **state)
{
    (void)state;
    struct op_actor clerk = actor_make(OP_CLERK, HOME);
    size_t wrong = 0;
    home_fill(&clerk);
    tb_str before = case_of(&clerk, home.no), granted = case_of(&clerk, home.granted);
    for (size_t k = 0; k < op_role_count; k++) {
        /* Applicants have no region: another person of the same region stands in for the one from elsewhere. */
        op_role role = op_roles[k].role;
        if (role == OP_ANYONE)
            continue;
        struct op_actor actor = actor_make(role, role == OP_APPLICANT ? HOME : ELSEWHERE);
        upload(&actor);
        for (size_t i = 0; i < op_registry_count(app.registry); i++) {
            const struct op_row *row = op_registry_row(app.registry, i);
            if ((row->roles & role) == 0)
                continue;
            wrong += reached_count(row, &actor, op_roles[k].name, home.no);
            wrong += reached_count(row, &actor, op_roles[k].name, home.granted);
        }
    }
    assert_int_equal(wrong, 0);
    assert_true(tb_str_eq(case_of(&clerk, home.no), before));
    assert_true(tb_str_eq(case_of(&clerk, home.granted), granted));
}

/* The other way round: whoever belongs here does find the case, so that the test above cannot pass by refusing all. */
static void
who_may_here_finds_the_case(void **state)
{
    (void)state;
    struct op_actor reviewer = actor_make(OP_REVIEWER, HOME);
    assert_true(tb_str_contains(case_of(&reviewer, home.no), home.no));
    struct op_actor clerk = actor_make(OP_CLERK, HOME);
    struct op_result result;
    call(op_find(app.registry, "cases.window"), &clerk, tb_json_new(cli.arena, TB_JSON_OBJECT),
         &result);
    assert_true(tb_str_contains(text_of(&result), home.no));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_row_is_empty),
        cmocka_unit_test(who_may_not_is_told_so_and_who_may_meets_no_failure),
        cmocka_unit_test(an_account_without_a_grant_may_only_what_anybody_may),
        cmocka_unit_test(who_may_elsewhere_finds_nothing_here_and_changes_nothing),
        cmocka_unit_test(who_may_here_finds_the_case),
    };
    return cmocka_run_group_tests_name("everybody", tests, start, stop);
}
