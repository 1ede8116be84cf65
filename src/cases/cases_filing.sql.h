/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_filing.c selects. */
static const char sql_file[] =
    "SELECT bytes, type, name FROM files WHERE hash = $1 AND account = $2";
static const char sql_previous[] =
    "SELECT c.mark, c.state, c.expires, p.id_blind FROM certificates c "
    "JOIN parties p ON p.id = c.holder WHERE c.mark = $1 OR c.number = $1 "
    "ORDER BY CASE WHEN c.state = 'valid' THEN 0 ELSE 1 END, c.id DESC";
static const char sql_previous_of_holder[] =
    "SELECT c.mark, c.state, c.expires, p.id_blind FROM certificates c "
    "JOIN parties p ON p.id = c.holder WHERE p.id_blind = $1 AND c.type = $2 AND c.state = 'valid' "
    "ORDER BY c.id DESC";
