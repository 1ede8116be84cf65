/* op.h - operations: every act of the system is one row.
 *
 * A row says name, path, who may, with which inputs, and what runs. It is declared once, in the module whose act it
 * is. The JSON route, the checks of the input, the audit purpose, OpenAPI, the smoke client and the test that calls
 * every row as everybody follow from it. Pages call the same rows in process with op_call and render the answer.
 *
 * An operation takes JSON (checked against its fields) and gives JSON. It never sees HTTP. */
#ifndef OP_OP_H
#define OP_OP_H

#include "base/base.h"
#include "store/store.h"

/* ---- who may ----------------------------------------------------------------------------------------------------- */

/* Roles as bits. OP_ANYONE needs no login. One account may hold several, each with a region and department. */
typedef enum {
    OP_ANYONE = 1 << 0,
    OP_APPLICANT = 1 << 1,
    OP_CLERK = 1 << 2, /* 综合窗口 */
    OP_REVIEWER = 1 << 3,
    OP_SURVEYOR = 1 << 4,
    OP_APPROVER = 1 << 5,
    OP_HEAD = 1 << 6,       /* extension, suspension, refusal */
    OP_ISSUER = 1 << 7,     /* 出件 */
    OP_SUPERVISOR = 1 << 8, /* 电子监察 */
    OP_EDITOR = 1 << 9,     /* standards */
    OP_ADMIN = 1 << 10,
    OP_HELPER = 1 << 11, /* 帮代办 */
    OP_ARCHIVIST = 1 << 12,
    OP_ROLE_END = 1 << 13,
} op_role;
#define OP_STAFF (OP_CLERK | OP_REVIEWER | OP_SURVEYOR | OP_APPROVER | OP_HEAD | OP_ISSUER)
#define OP_SIGNED_IN (OP_ROLE_END - 1 - OP_ANYONE)

/* A role and what people call it. */
struct op_role_row {
    op_role role;
    const char *name, *zh, *en; /* "clerk", "综合窗口", "window clerk" */
};
extern const struct op_role_row op_roles[];
extern const size_t op_role_count;

/* A right of an account: this role, in this division subtree, in this department (empty: all). */
struct op_grant {
    op_role role;
    tb_str division;   /* 12 digits; its subtree counts */
    tb_str department; /* code, or empty */
};

/* Who acts. account 0 is nobody. */
struct op_actor {
    int64_t account;
    tb_str user, name; /* sign-in name, name shown */
    int64_t party;     /* the person behind it, for separation by person; 0 when none */
    const struct op_grant *grants;
    size_t grant_count;
    bool is_fresh;   /* proved with a second factor in this session */
    int64_t session; /* by which he acts, so that it can be ended; 0 when none */
};

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* What an input holds. HASH: 64 hex digits of a stored file. */
typedef enum {
    OP_TEXT,
    OP_INT,
    OP_BOOL,
    OP_DAY,
    OP_INSTANT,
    OP_MONEY,
    OP_OBJECT,
    OP_LIST,
    OP_HASH
} op_type;

/* Flags of a field. */
enum {
    OP_REQUIRED = 1,
    OP_PATH = 2,    /* from {name} in the path */
    OP_QUERY = 4,   /* from the query string */
    OP_PRIVATE = 8, /* personal: never in messages or log lines */
    OP_SECRET = 16, /* password or code: the same, and never echoed into a form */
};

/* An input of an operation: the check of it, its label, its documentation. */
struct op_field {
    const char *name;
    op_type type;
    unsigned flags;
    int64_t min,
        max; /* INT, MONEY: value; TEXT: code points; LIST: items; both 0 = no bound but 10,000 */
    const char *const *choices; /* NULL-terminated words, or NULL */
    const char *zh, *en;        /* label */
    const char *doc;            /* for OpenAPI: meaning, unit, source */
};

/* Flags of a row. */
enum {
    OP_WRITES = 1,          /* changes something: POST, wants Idempotency-Key, CSRF on pages */
    OP_STALE_OK = 2,        /* may read from a replica */
    OP_RAW_BODY = 4,        /* the body is a file, not JSON: see op_body */
    OP_RATE_LIMITED = 8,    /* per source address and account: sign-in, look-ups by number */
    OP_RAW_ANSWER = 16,     /* answers bytes with op_answer_bytes (PDF, CSV), not JSON */
    OP_PRIVATE_ANSWER = 32, /* the answer holds personal data: no shared cache */
};

/* One call under way; opaque, lives as long as its request. */
struct op_ctx;
/* What a row runs: in is checked against the fields; *ret_out in the arena of ctx. */
typedef tb_status (*op_run)(struct op_ctx *ctx, void *self, const struct tb_json *in,
                            struct tb_json **ret_out, struct tb_err *err);

/* An operation. */
struct op_row {
    const char *name;   /* "cases.accept": module, dot, verb; also the audit purpose */
    const char *method; /* "GET" "POST" "DELETE" */
    const char *path;   /* "/cases/{no}/withdraw", under /api/v1 */
    unsigned roles;     /* op_role bits: any of them */
    unsigned flags;
    const struct op_field *fields; /* ends with a NULL name; may be NULL */
    op_run run;
    const char *zh, *en; /* one line each: what it does */
};

/* A module's rows with the object they work on. */
struct op_table {
    const struct op_row *rows;
    size_t count;
    void *self;
};

/* ---- inside an operation ----------------------------------------------------------------------------------------- */

/* The arena of the call, the instant it counts as, its day, and the actor: nobody has account 0, never NULL. */
struct tb_arena *op_arena(struct op_ctx *ctx);
int64_t op_now(const struct op_ctx *ctx);   /* instant, µs */
tb_date op_today(const struct op_ctx *ctx); /* in China */
const struct op_actor *op_who(const struct op_ctx *ctx);
tb_str op_address(const struct op_ctx *ctx); /* source address, for rate limits */
tb_str op_lang(const struct op_ctx *ctx);    /* "zh" or "en" */
tb_str op_channel(const struct op_ctx *ctx); /* "api" "web" "window" "kiosk" */
void *op_self(struct op_ctx *ctx);
/* The request's one snapshot, taken at first use. */
TB_NODISCARD tb_status op_read(struct op_ctx *ctx, struct store_read **ret_read,
                               struct tb_err *err);
/* Gives the snapshot back before something long (drawing, sealing); the next op_read takes a new one. */
void op_read_done(struct op_ctx *ctx);
/* Gives the snapshot back and runs fn through the writer with actor, request id and the row's name as purpose. */
TB_NODISCARD tb_status op_write(struct op_ctx *ctx, store_fn fn, void *arg, struct tb_err *err);
/* The same with another purpose (a case number when unmasking). */
TB_NODISCARD tb_status op_write_for(struct op_ctx *ctx, tb_str purpose, store_fn fn, void *arg,
                                    struct tb_err *err);
tb_str op_idempotency_key(const struct op_ctx *ctx);        /* absent when none was sent */
struct tb_sha256 op_request_hash(const struct op_ctx *ctx); /* of name and canonical input */
tb_str op_body(const struct op_ctx *ctx, tb_str *ret_type, tb_str *ret_file_name); /* OP_RAW_BODY */
void op_answer_bytes(struct op_ctx *ctx, tb_str type, tb_str file_name,
                     tb_str bytes);                  /* OP_RAW_ANSWER; kept */
void op_answer_status(struct op_ctx *ctx, int http); /* 201, 202 instead of 200 */
void op_answer_etag(struct op_ctx *ctx, int64_t leaf);
/* Notes a fault of the input; the operation then returns TB_INVALID. place: "applicant.id_number". */
void op_fault(struct op_ctx *ctx, const char *place, const char *code, tb_str zh, tb_str en);
struct tb_faults *op_faults(struct op_ctx *ctx);
/* Does the actor hold one of the roles anywhere? */
bool op_has_role(const struct op_actor *actor, unsigned roles);
/* Does the actor hold one of the roles over this division and department? Empty department: any. An empty division is
 * nobody's but that of who holds the role everywhere. */
bool op_may(const struct op_actor *actor, unsigned roles, tb_str division, tb_str department);
/* The actor's widest division prefix for these roles, for WHERE division LIKE-free range scans: [from, to). Both in
 * arena. False when there is no grant. Several grants: called by index from 0 until false. */
bool op_scope(struct op_ctx *ctx, unsigned roles, size_t index, tb_str *ret_from, tb_str *ret_to,
              tb_str *ret_department);

/* ---- calling ----------------------------------------------------------------------------------------------------- */

/* All rows of the program, findable by name and by path. */
struct op_registry;
/* tables: terminated by a row with NULL rows; kept. Refuses duplicate names and paths. */
TB_NODISCARD tb_status op_registry_new(const struct op_table *tables, struct store *store,
                                       const struct tb_env *env, struct op_registry **ret_registry,
                                       struct tb_err *err);
void op_registry_free(struct op_registry *registry);
size_t op_registry_count(const struct op_registry *registry);
const struct op_row *op_registry_row(const struct op_registry *registry, size_t index);
const struct op_row *op_find(const struct op_registry *registry, const char *name);
/* Finds the row of method and path ("/cases/511602…"); path parameters go into *ret_params (object, in arena). NULL:
 * none; *ret_allow then lists the methods that the path has, or is absent. */
const struct op_row *op_match(const struct op_registry *registry, struct tb_arena *arena,
                              tb_str method, tb_str path, struct tb_json **ret_params,
                              tb_str *ret_allow);

/* What comes with a call besides its input. All borrowed during the life of the context. */
struct op_request {
    const struct op_actor *actor; /* NULL: nobody */
    tb_str id;                    /* request id */
    tb_str address, lang, channel, idempotency_key;
    tb_str body, body_type, body_name; /* OP_RAW_BODY */
    int64_t now;                       /* 0: ask the environment */
};
/* The outcome of a call; everything in the arena of the call. */
struct op_result {
    tb_status status;
    int http;            /* 200, or what the operation or the error row says */
    struct tb_json *out; /* NULL when raw or failed */
    tb_str raw, raw_type, raw_name;
    int64_t etag; /* 0: none */
    struct tb_faults faults;
    struct tb_err err;
};
/* Checks role, checks input against the fields (all faults at once, unknown fields named), runs. *ret_result and what
 * it points to are in arena. Never fails otherwise than through the result. */
void op_call(struct op_registry *registry, struct tb_arena *arena, const char *name,
             const struct op_request *request, const struct tb_json *in,
             struct op_result *ret_result);

/* Problem details (RFC 9457) of a failed result: {type, title, status, detail, code, errors[{pointer, code,
 * detail}]}. */
struct tb_json *op_problem(struct tb_arena *arena, const struct op_result *result, tb_str lang,
                           tb_str request_id);

#endif
