/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_fix.c selects. */
static const char sql_fixes[] =
    "SELECT f.id, f.state, f.contact_due, f.due, r.satisfaction, r.comment, r.is_anonymous, c.no, "
    "f.answer, f.department, f.judgement "
    "FROM review_fixes f JOIN reviews r ON r.id = f.review LEFT JOIN cases c ON c.id = r.of_case "
    "WHERE f.division >= $1 AND f.division < $2 ORDER BY f.id DESC LIMIT 100";
static const char sql_fix[] =
    "SELECT division, department, state, by_account FROM review_fixes WHERE id = $1";
static const char sql_fix_of_case[] =
    "SELECT f.state, f.contact_due, f.due, f.answer, f.judgement FROM reviews r "
    "JOIN review_fixes f ON f.review = r.id WHERE r.of_case = $1";
