/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of access share. */
#ifndef ACCESS_INTERNAL_H
#define ACCESS_INTERNAL_H

#include "access/access.h"

#include <pthread.h>

struct access__bucket {
    uint64_t key;
    int64_t at_us;
    double left;
};

struct access {
    struct store *store;
    const struct tb_env *env;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t has_room;
    int hashing; /* argon2id computations running */
    struct access__bucket buckets[ACCESS_BUCKETS_MAX];
    char *decoy; /* a hash that no password has: unknown users take as long as known ones */
};

/* ---- passwords ---- */

/* The encoded argon2id hash; waits its turn. In arena. */
tb_str access__password_hash(struct access *access, struct tb_arena *arena, tb_str password);
/* Waits its turn; takes as long for an absent hash. */
bool access__password_is(struct access *access, struct tb_arena *arena, tb_str hash,
                         tb_str password);
/* SHA-256 of the encoded hash, which the logged account row carries: a hash exchanged behind the
 * program is noticed. */
tb_str access__password_mark(struct tb_arena *arena, tb_str hash);
void access__password_check(struct tb_arena *arena, const char *place, tb_str user, tb_str password,
                            struct tb_faults *faults);

/* ---- accounts ---- */

struct access__account {
    int64_t id, leaf, party, secret, failures, failed_at, totp_step;
    tb_str user, name, state, mark, hash, totp, totp_new; /* the last two sealed */
    bool must_change, must_totp;
};
/* By sign-in name; false when there is none. In arena. */
TB_NODISCARD tb_status access__account_find(struct store_read *read, struct tb_arena *arena,
                                            tb_str user, struct access__account *ret_account,
                                            bool *ret_is_found, struct tb_err *err);
/* Grants of an account in force at an instant; in arena. */
TB_NODISCARD tb_status access__grants_read(struct store_read *read, struct tb_arena *arena,
                                           int64_t account, int64_t now,
                                           struct op_grant **ret_grants, size_t *ret_count,
                                           struct tb_err *err);
void access__account_check(struct tb_arena *arena, const struct access_account_new *account,
                           struct tb_faults *faults);
bool access__division_is_good(tb_str division);
const struct op_role_row *access__role_find(tb_str name);
/* Roles as words; "clerk". */
struct tb_json *access__grants_json(struct tb_arena *arena, const struct op_grant *grants,
                                    size_t count);

/* ---- sessions ---- */

tb_str access__token_hash(struct tb_arena *arena, tb_str token);
bool access__is_staff(const struct op_grant *grants, size_t count);
int64_t access__idle_us(bool is_staff);

/* Gives the account a one-time password and ends its sessions. */
TB_NODISCARD tb_status access__reset(struct op_ctx *ctx, struct access *access,
                                     const struct access__account *account, tb_str password,
                                     struct tb_err *err);

/* Finds the account that signs in now; TB_TOO_MANY while it has to wait. id 0: there is none. */
TB_NODISCARD tb_status access__account_for(struct op_ctx *ctx, tb_str user,
                                           struct access__account *ret_account, struct tb_err *err);
/* The password fits and nobody exchanged its hash behind the program. */
bool access__password_fits(struct access *access, struct tb_arena *arena,
                           const struct access__account *account, tb_str password);
/* One wrong attempt more. */
TB_NODISCARD tb_status access__failed(struct op_ctx *ctx, const struct access__account *account,
                                      struct tb_err *err);

/* ---- the second factor ---- */

#define ACCESS__TOTP_DIGITS 6
/* The code of a step under a base32 secret (RFC 6238, SHA-1, 6 digits); in arena. */
tb_str access__totp_code(struct tb_arena *arena, tb_str secret, int64_t step);
/* Is it the code of now, or of the step before or after, and later than the last one used? */
bool access__totp_fits(struct tb_arena *arena, tb_str secret, tb_str code, int64_t now,
                       int64_t last_step, int64_t *ret_step);
/* The step is used up, inside the write that lets somebody in; TB_UNAUTHENTICATED when somebody was faster. */
TB_NODISCARD tb_status access__totp_use(struct store_tx *tx, int64_t secret, int64_t step,
                                        struct tb_err *err);

/* As it is kept at rest, for this account alone; in arena. */
tb_str access__seal(const struct access *access, struct tb_arena *arena, int64_t account,
                    tb_str secret);
/* The same back; absent stays absent. TB_CORRUPT when it was sealed elsewhere. */
TB_NODISCARD tb_status access__unseal(const struct access *access, struct tb_arena *arena,
                                      int64_t account, tb_str sealed, tb_str *ret_secret,
                                      struct tb_err *err);
/* Seals the secrets of former versions, which were kept as they are; nothing when there are none. */
TB_NODISCARD tb_status access__seal_old(struct access *access, struct tb_err *err);

/* ---- operations ---- */

tb_status access__run_open(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_mine(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_close(struct op_ctx *ctx, void *self, const struct tb_json *in,
                            struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_password(struct op_ctx *ctx, void *self, const struct tb_json *in,
                               struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_totp(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_totp_confirm(struct op_ctx *ctx, void *self, const struct tb_json *in,
                                   struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_totp_end(struct op_ctx *ctx, void *self, const struct tb_json *in,
                               struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_must_totp(struct op_ctx *ctx, void *self, const struct tb_json *in,
                                struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_make(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_list(struct op_ctx *ctx, void *self, const struct tb_json *in,
                           struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_state(struct op_ctx *ctx, void *self, const struct tb_json *in,
                            struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_reset(struct op_ctx *ctx, void *self, const struct tb_json *in,
                            struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_grant(struct op_ctx *ctx, void *self, const struct tb_json *in,
                            struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_grant_end(struct op_ctx *ctx, void *self, const struct tb_json *in,
                                struct tb_json **ret_out, struct tb_err *err);
tb_status access__run_delegate(struct op_ctx *ctx, void *self, const struct tb_json *in,
                               struct tb_json **ret_out, struct tb_err *err);

#endif
