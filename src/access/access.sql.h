/* SPDX-License-Identifier: Apache-2.0 */
/* Every SELECT of access. */
#ifndef ACCESS_SQL_H
#define ACCESS_SQL_H

/* $1 sign-in name */
#define SQL_ACCOUNT_BY_NAME                                                                        \
    "SELECT a.id, a.leaf, a.sign_in, a.name, a.party, a.state, a.mark, s.id, s.password, "         \
    "s.must_change, s.failures, s.failed_at, s.totp, s.totp_new, s.totp_step, s.must_totp "        \
    "FROM accounts a JOIN account_secrets s ON s.account = a.id WHERE a.sign_in = $1"

/* $1 account, $2 now */
#define SQL_GRANTS_IN_FORCE                                                                        \
    "SELECT id, role, division, department, parent FROM grants "                                   \
    "WHERE account = $1 AND from_at <= $2 AND (until_at IS NULL OR until_at > $2) ORDER BY id"

/* $1 token hash */
#define SQL_SESSION_BY_HASH                                                                        \
    "SELECT s.id, s.seen_at, s.ends_at, a.id, a.sign_in, a.name, a.party, a.state, "               \
    "c.must_change, c.must_totp, c.totp "                                                          \
    "FROM sessions s JOIN accounts a ON a.id = s.account "                                         \
    "JOIN account_secrets c ON c.account = a.id WHERE s.token_hash = $1"

/* Every second factor there is. */
#define SQL_TOTP_ALL                                                                               \
    "SELECT id, account, totp, totp_new FROM account_secrets "                                     \
    "WHERE totp IS NOT NULL OR totp_new IS NOT NULL ORDER BY id"

/* $1 row of account_secrets */
#define SQL_TOTP_STEP "SELECT totp_step FROM account_secrets WHERE id = $1"

/* $1 account, $2 session to keep */
#define SQL_SESSIONS_OTHER "SELECT id FROM sessions WHERE account = $1 AND id <> $2 ORDER BY id"

/* $1 account, $2 before */
#define SQL_SESSIONS_OVER                                                                          \
    "SELECT id FROM sessions WHERE account = $1 AND ends_at < $2 ORDER BY id LIMIT 20"

/* $1, $2 range of divisions, $3 after this name, $4 how many */
#define SQL_ACCOUNTS_IN_SCOPE                                                                      \
    "SELECT a.id, a.sign_in, a.name, a.state, a.made_at FROM accounts a "                          \
    "WHERE a.sign_in > $3 AND EXISTS (SELECT 1 FROM grants g WHERE g.account = a.id "              \
    "AND g.division >= $1 AND g.division < $2) ORDER BY a.sign_in LIMIT $4"

/* $1 account, $2 role, $3 division, $4 now: those grants and what was delegated from them */
#define SQL_GRANTS_TO_END                                                                          \
    "SELECT g.id FROM grants g WHERE (g.until_at IS NULL OR g.until_at > $4) AND (g.account = $1 " \
    "AND g.role = $2 AND g.division = $3 OR g.parent IN (SELECT p.id FROM grants p "               \
    "WHERE p.account = $1 AND p.role = $2 AND p.division = $3)) ORDER BY g.id"

#endif
