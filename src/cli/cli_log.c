/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban log verify | proof | checkpoint`. */
#include "cli/cli_internal.h"
#include "store/store.h"

static const struct cli_option verify_options[] = {
    {"--data", "DIR", "the installation; it may be serving meanwhile", true},
    {"--against", "FILE",
     "a checkpoints file kept elsewhere: finds entries that were cut from the end", false},
    {NULL, NULL, NULL, false},
};

static void
print_verify_json(struct cli *cli, const struct tb_faults *faults,
                  const struct store_verify_result *result)
{
    struct tb_json *out = tb_json_new(cli->arena, TB_JSON_OBJECT);
    tb_json_set_bool(cli->arena, out, "ok", faults->count == 0);
    tb_json_set_int(cli->arena, out, "entries", result->entries);
    tb_json_set_int(cli->arena, out, "rows", result->rows);
    tb_json_set_int(cli->arena, out, "checkpoints", result->checkpoints);
    struct tb_json *list = tb_json_set_list(cli->arena, out, "findings");
    for (size_t i = 0; i < faults->count && i < TB_FAULTS_MAX; i++) {
        struct tb_json *finding = tb_json_add(list, tb_json_new(cli->arena, TB_JSON_OBJECT));
        tb_json_set_text(cli->arena, finding, "place", faults->items[i].place);
        tb_json_set_text(cli->arena, finding, "code", faults->items[i].code);
        tb_json_set_text(cli->arena, finding, "detail", faults->items[i].en);
    }
    cli_print_json(cli, out);
}

static int
run_verify(struct cli *cli)
{
    struct tb_err err = {0};
    struct store *store = NULL;
    struct store_verify_result result = {0};
    struct tb_faults faults = {.arena = cli->arena};
    const char *against = cli_value(cli, "--against");
    tb_status status =
        cli_store_open(cli, tb_str_of(cli_value(cli, "--data")), false, true, &store, &err);
    if (status == TB_OK)
        status = store_verify(store, against != NULL ? tb_str_of(against) : TB_STR_NONE, &faults,
                              &result, &err);
    store_close(store);
    if (status != TB_OK)
        return cli_fail(cli, &err);
    if (cli->is_json) {
        print_verify_json(cli, &faults, &result);
    } else {
        cli_print_faults(cli, stdout, &faults);
        printf("%s: %lld entries, %lld rows, %lld checkpoints%s\n",
               faults.count == 0 ? "The log holds" : "ALTERED", (long long)result.entries,
               (long long)result.rows, (long long)result.checkpoints,
               against == NULL
                   ? "; keep a copy of checkpoints.log elsewhere and name it with --against"
                   : "");
    }
    return faults.count == 0 ? CLI_OK : CLI_FOUND;
}

const struct cli_command cli_cmd_log_verify = {
    .name = "log verify",
    .help = "Prove that nothing was altered behind the program, or name what was",
    .options = verify_options,
    .run = run_verify};

static const struct cli_option proof_options[] = {
    {"--data", "DIR", "the installation", true},
    {NULL, NULL, NULL, false},
};

static int
run_proof(struct cli *cli)
{
    struct tb_err err = {0};
    struct store *store = NULL;
    struct tb_json *proof = NULL;
    int64_t seq;
    if (!tb_str_to_int(tb_str_of(cli->args[0]), &seq) || seq < 1) {
        fprintf(stderr, "tongban log proof: %s is not the number of an entry (1, 2, …)\n",
                cli->args[0]);
        return CLI_USAGE;
    }
    tb_status status =
        cli_store_open(cli, tb_str_of(cli_value(cli, "--data")), false, true, &store, &err);
    if (status == TB_OK)
        status = store_proof(store, cli->arena, seq, &proof, &err);
    if (status == TB_OK)
        cli_print_json(cli, proof);
    store_close(store);
    return status == TB_OK ? CLI_OK : cli_fail(cli, &err);
}

const struct cli_command cli_cmd_log_proof = {.name = "log proof",
                                              .arguments = "SEQ",
                                              .args_min = 1,
                                              .args_max = 1,
                                              .help =
                                                  "Print the proof that entry SEQ is in the log",
                                              .options = proof_options,
                                              .run = run_proof};

static int
run_checkpoint(struct cli *cli)
{
    struct tb_err err = {0};
    struct store *store = NULL;
    tb_str note;
    tb_status status =
        cli_store_open(cli, tb_str_of(cli_value(cli, "--data")), false, true, &store, &err);
    if (status == TB_OK)
        status = store_checkpoint(store, cli->arena, &note, &err);
    if (status == TB_OK)
        fwrite(note.ptr, 1, note.len, stdout);
    store_close(store);
    return status == TB_OK ? CLI_OK : cli_fail(cli, &err);
}

const struct cli_command cli_cmd_log_checkpoint = {
    .name = "log checkpoint",
    .help = "Print the latest signed checkpoint, for a witness to keep",
    .options = proof_options,
    .run = run_checkpoint};
