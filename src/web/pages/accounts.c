/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of one's region: who may do what, a new one, locking and opening. A one-time password is shown once, on the
 * answer to the act that made it. */
#include "web/web_staff.h"

/* The roles as people call them, for a choice; one of several names of a role once. */
static void
put_roles(struct web__call *call, struct tb_json *data)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "roles");
    for (size_t i = 0; i < op_role_count; i++) {
        if (op_roles[i].role == OP_ANYONE)
            continue;
        struct tb_json *row = tb_json_add(list, web__object(call));
        tb_json_set_text(call->arena, row, "value", tb_str_of(op_roles[i].name));
        tb_json_set_text(call->arena, row, "label",
                         tb_str_of(call->lang == WEB_EN ? op_roles[i].en : op_roles[i].zh));
    }
}

static tb_str
role_words(const struct web__call *call, tb_str name)
{
    for (size_t i = 0; i < op_role_count; i++) {
        if (tb_str_is(name, op_roles[i].name))
            return tb_str_of(call->lang == WEB_EN ? op_roles[i].en : op_roles[i].zh);
    }
    return name;
}

static void
put_accounts(struct web__call *call, struct tb_json *data, const struct tb_json *out)
{
    struct tb_json *list = tb_json_set_list(call->arena, data, "accounts");
    TB_JSON_EACH(account, tb_json_get(out, "accounts"))
    {
        struct tb_json *row = tb_json_add(list, tb_json_copy(call->arena, account));
        struct tb_json *rights = tb_json_set_list(call->arena, row, "rights");
        TB_JSON_EACH(grant, tb_json_get(account, "grants"))
        {
            struct tb_json *right = tb_json_add(rights, tb_json_copy(call->arena, grant));
            tb_json_set_text(call->arena, right, "role_name",
                             role_words(call, tb_json_get_text(grant, "role")));
        }
        tb_json_set_bool(call->arena, row, "is_own",
                         tb_str_eq(tb_json_get_text(account, "user"), call->session.actor.user));
    }
    web__put_next(call, data, "/accounts", out);
}

/* result: what was refused; made: whose one-time password is shown. */
static void
show(struct web__call *call, const struct op_result *result, const struct tb_json *made)
{
    static const char *const names[] = {"user", "name", "role", "division", "department"};
    struct tb_json *data = web__object(call), *in = web__object(call);
    struct tb_json *kept = tb_json_set_object(call->arena, data, "kept"),
                   *errors = tb_json_set_object(call->arena, data, "errors");
    const struct tb_json *out;
    if (web__query(call, "cursor").len > 0)
        tb_json_set_text(call->arena, in, "cursor", web__query(call, "cursor"));
    if (!web__ask(call, "accounts.list", in, &out))
        return;
    put_accounts(call, data, out);
    put_roles(call, data);
    for (size_t i = 0; i < TB_COUNT(names); i++) {
        bool is_kept = result != NULL && made == NULL;
        tb_json_set_text(call->arena, kept, names[i],
                         is_kept ? web__field(call, names[i]) : TB_STR(""));
        if (is_kept)
            tb_json_set_text(call->arena, errors, names[i],
                             web__fault_at(call, result, tb_str_of(names[i])));
    }
    if (result != NULL && made == NULL) {
        web__put_faults(call, data, result);
        tb_json_set_text(call->arena, data, "refused", tb_str_of(result->err.message));
    }
    if (made != NULL)
        tb_json_set(data, "made", tb_json_copy(call->arena, made));
    tb_json_set_text(call->arena, data, "did", web__query(call, "did"));
    web__show(call, result != NULL && made == NULL ? result->http : 200, WEB_VIEW_accounts, data);
}

void
web__accounts(struct web__call *call)
{
    show(call, NULL, NULL);
}

void
web__account_make(struct web__call *call)
{
    static const char *const names[] = {"user", "name", "role", "division", "department"};
    struct tb_json *in = web__object(call);
    struct op_result result;
    for (size_t i = 0; i < TB_COUNT(names); i++)
        web__take(call, in, names[i], names[i]);
    web__op_once(call, "accounts.make", in, &result);
    show(call, &result, result.status == TB_OK ? result.out : NULL);
}

/* What the buttons of a line do. */
static const struct {
    const char *name, *state;
} acts[] = {{"lock", "locked"}, {"open", "active"}, {"close", "closed"}};

static void
reset(struct web__call *call)
{
    struct tb_json *in = web__object(call);
    struct op_result result;
    tb_json_set_text(call->arena, in, "user", web__param(call, "user"));
    web__op_once(call, "accounts.reset", in, &result);
    struct tb_json *made = web__object(call);
    tb_json_set_text(call->arena, made, "user", web__param(call, "user"));
    tb_json_set_text(call->arena, made, "one_time_password",
                     tb_json_get_text(result.out, "one_time_password"));
    show(call, &result, result.status == TB_OK ? made : NULL);
}

void
web__account_act(struct web__call *call)
{
    tb_str wanted = web__field(call, "do");
    struct tb_json *in = web__object(call);
    struct op_result result;
    size_t i = 0;
    if (tb_str_is(wanted, "reset")) {
        reset(call);
        return;
    }
    while (i + 1 < TB_COUNT(acts) && !tb_str_is(wanted, acts[i].name))
        i++;
    if (!tb_str_is(wanted, acts[i].name)) {
        web__not_found(call);
        return;
    }
    tb_json_set_text(call->arena, in, "user", web__param(call, "user"));
    tb_json_set_text(call->arena, in, "state", tb_str_of(acts[i].state));
    web__op_once(call, "accounts.state", in, &result);
    if (result.status != TB_OK)
        show(call, &result, NULL);
    else
        web__go(call, "/accounts?did=%s", acts[i].name);
}
