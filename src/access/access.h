/* SPDX-License-Identifier: Apache-2.0 */
/* access.h - accounts, grants, sessions: who is asking, and what he may do where.
 *
 * Passwords are argon2id hashes; at most ACCESS_HASHES_MAX are computed at once, and five failures
 * in a row make the account wait longer and longer. A session is 256 random bits; the database
 * holds their SHA-256. Grants are rows with a beginning and an end: a delegation is a grant with an
 * end. Nothing here knows what a case is; separation of duties by person is checked where the act
 * is, from op_actor.party. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "base/base.h"
#include "op/op.h"
#include "store/store.h"

/* accounts, grants, sessions, sign-in failures, access settings; NULL-terminated. */
extern const struct store_table *const access_tables[];

struct access;
/* store and env are kept. *ret_access is owned: access_close. */
TB_NODISCARD tb_status access_open(struct store *store, const struct tb_env *env,
                                   struct access **ret_access, struct tb_err *err);
void access_close(struct access *access); /* NULL is fine */

/* POST/GET/DELETE /sessions, POST /accounts, grants, password. */
struct op_table access_ops(struct access *access);

/* Who holds this token, at this instant. */
struct access_session {
    struct op_actor actor; /* grants that are in force now */
    int64_t id;
    int64_t expires; /* instant at which it ends if nothing more is done */
    tb_str csrf;     /* what a form of this session must carry; derived from the token by HMAC */
};
/* Texts and grants are in arena. TB_UNAUTHENTICATED when there is no such session or it is over.
 * Counts as activity. */
TB_NODISCARD tb_status access_session_find(struct access *access, struct tb_arena *arena,
                                           tb_str token, struct access_session *ret_session,
                                           struct tb_err *err);
/* Compared in constant time. An absent csrf is never good. */
bool access_csrf_is_good(const struct access_session *session, tb_str csrf);
/* A token for forms of people who have not signed in (the sign-in form itself): derived from a
 * random cookie. */
tb_str access_csrf_for(const struct access *access, struct tb_arena *arena, tb_str cookie);

/* "__Host-tb_session" when people come over TLS, else "tb_session": browsers refuse the prefix
 * without TLS. */
const char *access_cookie_name(bool is_tls);

/* Takes one attempt from a bucket of burst attempts that refills at per_minute a minute; false:
 * wait. In memory. */
bool access_rate(struct access *access, tb_str bucket, int burst, int per_minute);

/* ---- for init and administration ---- */

/* A grant to be made. Texts are borrowed. */
struct access_grant_new {
    op_role role;
    tb_str division, department; /* department empty: all */
    int64_t from, until;         /* instants; until 0: no end */
};
/* An account to be made, with its first grants. Borrowed. */
struct access_account_new {
    tb_str user, name;         /* sign-in name, unique; name shown */
    tb_str password;           /* 10 to 128 characters */
    int64_t party;             /* the person behind it, 0 when none */
    bool must_change_password; /* a one-time password */
    const struct access_grant_new *grants;
    size_t grant_count;
};
/* All faults of the new account at once; the hash is computed before the write. TB_INVALID with
 * faults, TB_CONFLICT when the name is taken. */
TB_NODISCARD tb_status access_account_make(struct access *access, const struct store_cause *cause,
                                           const struct access_account_new *account,
                                           struct tb_faults *faults, int64_t *ret_id,
                                           struct tb_err *err);
/* A password of 20 characters without look-alikes, from env; in arena. */
tb_str access_password_random(struct tb_arena *arena, const struct tb_env *env);

#endif
