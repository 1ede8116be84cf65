/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_certificate_ops.c selects. */
#define SQL_CERTIFICATE_COLUMNS                                                                    \
    "c.id, c.mark, c.number, c.version, c.type, c.pack, c.division, c.department, c.issuer, "      \
    "c.way, "                                                                                      \
    "c.check_due, c.fields, c.issued, c.expires, c.state, c.state_reason, c.state_at, "            \
    "c.previous, "                                                                                 \
    "c.next, c.file, p.name, p.kind, c.of_case, c.leaf, c.holder"
static const char sql_certificate_by_mark[] =
    "SELECT " SQL_CERTIFICATE_COLUMNS " FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE c.mark = $1";
static const char sql_certificates_by_number[] =
    "SELECT " SQL_CERTIFICATE_COLUMNS " FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE c.number = $1 ORDER BY c.id DESC";
static const char sql_certificate_by_file[] =
    "SELECT " SQL_CERTIFICATE_COLUMNS " FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE c.file = $1";
static const char sql_own_certificates[] =
    "SELECT " SQL_CERTIFICATE_COLUMNS " FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE c.holder = $1 OR c.of_case IN (SELECT id FROM cases WHERE account = $2) ORDER BY c.id "
    "DESC LIMIT 100";
static const char sql_ended[] =
    "SELECT mark, state, state_reason, state_at FROM certificates WHERE state <> 'valid' "
    "ORDER BY mark LIMIT 10000";
static const char sql_last_ended[] =
    "SELECT CAST(COALESCE(MAX(leaf), 0) AS BIGINT) FROM certificates WHERE state <> 'valid'";
