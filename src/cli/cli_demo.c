/* SPDX-License-Identifier: Apache-2.0 */
/* The demonstration accounts of `tongban init --demo`: invented persons, each with one role in the home division, and
 * a random password. DIR/demo-accounts.json (mode 0600) is the only place where the passwords stand. */
#include "cli/cli_demo.h"
#include "access/access.h"
#include "cases/cases.h"
#include "codes/codes.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct person {
    op_role role;
    const char *user, *name;
    const char *id17; /* citizen ID number without its check character; of nobody */
    const char *phone;
};

/* clang-format off */
static const struct person persons[] = {
    {OP_APPLICANT,  "chen",     "陈晓芳", "51160219880512002", "13800005101"},
    {OP_APPLICANT,  "zhou",     "周国平", "51160219790926003", "13800005102"},
    {OP_CLERK,      "liu",      "刘敏",   "51160219910304004", "13800005103"},
    {OP_REVIEWER,   "wang",     "王建国", "51160219850719005", "13800005104"},
    {OP_SURVEYOR,   "zhao",     "赵志远", "51160219870228001", "13800005105"},
    {OP_SURVEYOR,   "sun",      "孙丽华", "51160219920611006", "13800005106"},
    {OP_APPROVER,   "li",       "李文斌", "51160219760815007", "13800005107"},
    {OP_HEAD,       "huang",    "黄海涛", "51160219710102009", "13800005108"},
    {OP_ISSUER,     "wu",       "吴秀英", "51160219951120008", "13800005109"},
    {OP_SUPERVISOR, "zheng",    "郑立新", "51160219830405011", "13800005110"},
    {OP_EDITOR,     "feng",     "冯雅琴", "51160219890930012", "13800005111"},
    {OP_ADMIN,      "admin",    "何启明", "51160219800618013", "13800005112"},
    {OP_HELPER,     "tang",     "唐桂兰", "51160219940123014", "13800005113"},
    {OP_ARCHIVIST,  "deng",     "邓明远", "51160219860317015", "13800005114"},
};
/* clang-format on */

static const char *
role_name(op_role role)
{
    for (size_t i = 0; i < op_role_count; i++)
        if (op_roles[i].role == role)
            return op_roles[i].name;
    tb_assert(!"a role without a row");
    return NULL;
}

/* The number with the one check character that fits. */
static tb_str
full_id(struct tb_arena *arena, const char *id17)
{
    for (const char *check = "0123456789X"; *check != '\0'; check++) {
        tb_str id = tb_printf(arena, "%s%c", id17, *check);
        if (codes_citizen_id(id, (tb_date){0}, TB_STR_NONE, NULL, NULL))
            return id;
    }
    tb_assert(!"an impossible demonstration number");
    return TB_STR_NONE;
}

struct party_write {
    struct cases *cases;
    struct cases_party party;
    int64_t id;
};

static tb_status
write_party(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct party_write *write = arg;
    return cases_party_put(write->cases, tx, &write->party, &write->id, err);
}

static tb_status
make_account(struct cli_app *app, const struct person *person, tb_str password, struct tb_err *err)
{
    struct cli *cli = app->cli;
    struct store_cause cause = {.purpose = TB_STR("init --demo")};
    struct party_write write = {.cases = app->cases,
                                .party = {.kind = TB_STR("person"),
                                          .name = tb_str_of(person->name),
                                          .id_kind = TB_STR("citizen_id"),
                                          .id_number = full_id(cli->arena, person->id17),
                                          .phone = tb_str_of(person->phone)}};
    TB_TRY(store_write(app->store, &cause, write_party, &write, err));
    struct access_grant_new grant = {.role = person->role,
                                     .division = app->config.division,
                                     .from = cli->env->now_us(cli->env->context)};
    struct access_account_new account = {.user = tb_str_of(person->user),
                                         .name = tb_str_of(person->name),
                                         .password = password,
                                         .party = write.id,
                                         .grants = &grant,
                                         .grant_count = 1};
    struct tb_faults faults = {.arena = cli->arena};
    int64_t id;
    tb_status status = access_account_make(app->access, &cause, &account, &faults, &id, err);
    if (status == TB_INVALID && faults.count > 0)
        return tb_fail(err, status, "account %s: " TB_FMT, person->user,
                       TB_ARG(faults.items[0].en));
    return status;
}

static tb_status
write_private(tb_str path, tb_str text, struct tb_err *err)
{
    int fd = open(path.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_good = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
    int failure = errno;
    if (fd >= 0)
        close(fd);
    return is_good ? TB_OK : tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(failure));
}

/* The passwords are on disk before the first account is made, so that a kill in between loses none; accounts that are
 * already there are left as they are. */
tb_status
cli_demo_make(struct cli_app *app, bool *ret_made, struct tb_err *err)
{
    struct cli *cli = app->cli;
    tb_str path = tb_printf(cli->arena, TB_FMT "/demo-accounts.json", TB_ARG(app->dir)), text;
    tb_str part = tb_printf(cli->arena, TB_FMT ".part", TB_ARG(path));
    *ret_made = false;
    if (access(path.ptr, F_OK) == 0)
        return TB_OK;
    struct tb_json *list = NULL;
    if (access(part.ptr, F_OK) == 0) {
        TB_TRY(cli_read_file(cli, part.ptr, 65536, &text, err));
        TB_TRY(tb_json_parse(cli->arena, text, &list, err));
    } else {
        list = tb_json_new(cli->arena, TB_JSON_LIST);
        for (size_t i = 0; i < TB_COUNT(persons); i++) {
            struct tb_json *row = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
            tb_json_set_text(cli->arena, row, "role", tb_str_of(role_name(persons[i].role)));
            tb_json_set_text(cli->arena, row, "user", tb_str_of(persons[i].user));
            tb_json_set_text(cli->arena, row, "password",
                             access_password_random(cli->arena, cli->env));
            tb_json_set_text(cli->arena, row, "name", tb_str_of(persons[i].name));
        }
        struct tb_buf buf = {.arena = cli->arena};
        tb_json_write_pretty(&buf, list);
        TB_TRY(write_private(part, tb_buf_done(&buf), err));
    }
    for (size_t i = 0; i < TB_COUNT(persons); i++) {
        cli_progress(cli, "accounts: %zu of %zu", i + 1, TB_COUNT(persons));
        tb_status status =
            make_account(app, &persons[i], tb_json_get_text(tb_json_at(list, i), "password"), err);
        if (status != TB_OK && status != TB_CONFLICT)
            return status;
    }
    cli_progress(cli, "%s", "");
    if (rename(part.ptr, path.ptr) != 0)
        return tb_fail(err, TB_IO, TB_FMT ": %s", TB_ARG(path), strerror(errno));
    *ret_made = true;
    return TB_OK;
}
