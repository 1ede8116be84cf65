/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_draw.c selects. */
static const char sql_undrawn_letters[] = "SELECT l.id, l.told_at, l.kind, c.pack, l.fields FROM "
                                          "letters l JOIN cases c ON c.id = l.of_case "
                                          "WHERE l.of_case = $1 AND l.file IS NULL ORDER BY l.id";
static const char sql_undrawn_certificates[] =
    "SELECT c.id, c.state_at, c.mark, c.number, c.type, c.pack, c.issuer, c.fields, c.issued, "
    "c.expires, p.name FROM certificates c JOIN parties p ON p.id = c.holder "
    "WHERE c.of_case = $1 AND c.file IS NULL ORDER BY c.id";
static const char sql_letter_is_drawn[] =
    "SELECT count(*) FROM letters WHERE id = $1 AND file IS NOT NULL";
static const char sql_certificate_is_drawn[] =
    "SELECT count(*) FROM certificates WHERE id = $1 AND file IS NOT NULL";
