/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of access. Secrets and sessions are not logged: a log keeps former values for ever, and a
 * former password is nobody's business. What they amount to is logged: the mark of the password,
 * and every act of a session. */
#include "access/access_internal.h"

/* clang-format off */
static const struct store_column accounts[] = {
    {"sign_in", STORE_TEXT,    STORE_UNIQUE,   NULL, "the name typed to sign in"},
    {"name",    STORE_TEXT,    STORE_PERSONAL, NULL, "the name shown"},
    {"party",   STORE_INT,     STORE_NULL,     NULL,
     "the person behind it in cases, for separation of duties by person"},
    {"state",   STORE_TEXT,    0,              NULL, "active, locked or closed"},
    {"mark",    STORE_TEXT,    0,              NULL, "SHA-256 of the password hash in account_secrets"},
    {"made_at", STORE_INSTANT, 0,              NULL, "when it was made"},
    {0},
};
static const struct store_column account_secrets[] = {
    {"account",     STORE_INT,     STORE_UNIQUE, "accounts", "whose"},
    {"password",    STORE_TEXT,    0,            NULL,       "argon2id, encoded with its salt and cost"},
    {"must_change", STORE_BOOL,    0,            NULL,
     "a one-time password: nothing is granted until it is changed"},
    {"failures",    STORE_INT,     0,            NULL,       "wrong passwords in a row"},
    {"failed_at",   STORE_INSTANT, 0,            NULL,       "the last of them"},
    {"totp",        STORE_TEXT,    STORE_NULL,   NULL,       "second factor in force: base32 of 20 bytes, sealed"},
    {"totp_new",    STORE_TEXT,    STORE_NULL,   NULL,       "second factor not yet confirmed by a code, sealed"},
    {"totp_step",   STORE_INT,     STORE_NULL,   NULL,       "the last step whose code was used: no code opens twice"},
    {"must_totp",   STORE_BOOL,    STORE_NULL,   NULL,
     "nothing is granted until a second factor is set up"},
    {0},
};
static const struct store_column grants[] = {
    {"account",    STORE_INT,     STORE_INDEX, "accounts", "who may"},
    {"role",       STORE_TEXT,    0,           NULL,       "role name, as in op_roles"},
    {"division",   STORE_TEXT,    0,           NULL,       "12 digits; its subtree counts"},
    {"department", STORE_TEXT,    0,           NULL,       "code, empty for all"},
    {"from_at",    STORE_INSTANT, 0,           NULL,       "in force from"},
    {"until_at",   STORE_INSTANT, STORE_NULL,  NULL,       "in force until, null without end"},
    {"granted_by", STORE_INT,     0,           NULL,       "account that gave it, 0 the installation itself"},
    {"parent",     STORE_INT,     STORE_NULL,  "grants",   "the grant that was delegated, null for an original one"},
    {"reason",     STORE_TEXT,    STORE_NULL,  NULL,       "why, for a delegation"},
    {0},
};
static const struct store_column sessions[] = {
    {"token_hash", STORE_TEXT,    STORE_UNIQUE, NULL,       "SHA-256 of the token, hexadecimal"},
    {"account",    STORE_INT,     STORE_INDEX,  "accounts", "whose"},
    {"opened_at",  STORE_INSTANT, 0,            NULL,       "signed in"},
    {"seen_at",    STORE_INSTANT, 0,            NULL,       "last activity, to the minute"},
    {"ends_at",    STORE_INSTANT, 0,            NULL,       "ends then at the latest"},
    {0},
};
static const struct store_table accounts_table =
    {"accounts", accounts, true, NULL, NULL, "Who can sign in."};
static const struct store_table account_secrets_table =
    {"account_secrets", account_secrets, false, NULL, NULL, "Password hashes and failed attempts. Not logged."};
static const struct store_table grants_table =
    {"grants", grants, true, NULL, NULL, "Who may act in which role where and until when."};
static const struct store_table sessions_table =
    {"sessions", sessions, false, NULL, NULL, "Who is signed in. Not logged."};
/* clang-format on */

const struct store_table *const access_tables[] = {&accounts_table, &account_secrets_table,
                                                   &grants_table, &sessions_table, NULL};
