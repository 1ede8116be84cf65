/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_draft_view.c selects. */
static const char sql_prefill_party[] =
    "SELECT kind, name, id_number, phone FROM parties WHERE id = $1";
static const char sql_prefill_certificate[] =
    "SELECT mark, number, expires FROM certificates WHERE holder = $1 AND state = 'valid' ORDER BY "
    "id DESC LIMIT 1";
