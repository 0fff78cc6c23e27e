/*
 * Every ceiling of the program by name. A buffer that outside bytes can grow has one of these.
 * Times are milliseconds, sizes bytes.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB(n) ((size_t)(n) << 10)
#define MIB(n) ((size_t)(n) << 20)

/* what people write */
#define LIMIT_TEMPLATE_BYTES  MIB(1)
#define LIMIT_TEMPLATE_STATES 1000
#define LIMIT_TEMPLATE_RULES  10000
#define LIMIT_TEMPLATE_VALUES 4096
#define LIMIT_REGEX_BYTES     KIB(64)
#define LIMIT_INDEX_BYTES     MIB(64)
#define LIMIT_INDEX_ROWS      100000
#define LIMIT_YAML_BYTES      MIB(16)
#define LIMIT_YAML_DEPTH      64
#define LIMIT_YAML_NODES      2000000
#define LIMIT_JSON_DEPTH      512
#define LIMIT_CSV_BYTES       MIB(64)
#define LIMIT_CSV_FIELDS      4096
#define LIMIT_HOSTS           100000
#define LIMIT_FILE_NAME       200
#define LIMIT_SECRET_BYTES    1024
#define LIMIT_KNOWN_HOSTS     MIB(64)
#define LIMIT_RULES           10000 /* of an audit, in all its files */
#define LIMIT_WAIVERS         10000
#define LIMIT_RULE_WORDS      KIB(4) /* of a rule's title, reason ... */
#define LIMIT_RULE_SQL        KIB(64)
#define LIMIT_RULE_LIST       200   /* patterns, templates, platforms ... of one rule */
#define LIMIT_RULE_NEEDS      10000 /* templates and commands of all rules */

/* a draft of a template */
#define LIMIT_DRAFT_BYTES   MIB(1)
#define LIMIT_DRAFT_LINES   10000
#define LIMIT_DRAFT_WIDTH   1024 /* of a table's header */
#define LIMIT_DRAFT_COLUMNS 64
#define LIMIT_DRAFT_PAIRS     200
#define LIMIT_DRAFT_ALL_PAIRS 50000
#define LIMIT_DRAFT_PASSED  60 /* kinds of lines that carry nothing */

/* what devices send */
#define LIMIT_LINE_BYTES    MIB(1)
#define LIMIT_COMMAND_BYTES MIB(64)
#define LIMIT_STDERR_BYTES  KIB(64)
#define LIMIT_QUOTE_BYTES   300 /* of a device's words in a message */
#define LIMIT_PAGER_ANSWERS 10000
#define LIMIT_ROWS          50000000

/* regex matching */
#define LIMIT_MATCH_STEPS     10000000 /* Python takes about a second for as many */
#define LIMIT_MATCH_HEAP_KIB  16384
#define LIMIT_JIT_STACK_BYTES MIB(1)
/* Machine code for the rules of a template; when there is more, no more is made. */
#define LIMIT_TRACK_CODE MIB(4)
#define LIMIT_PARSE_MS        10000

/* an audit */
#define LIMIT_RULE_MS        10000 /* of one statement, or of one rule's patterns */
#define LIMIT_FINDINGS       10000000
#define LIMIT_EVIDENCE       20      /* kept of one finding */
#define LIMIT_EVIDENCE_TOTAL 2000000 /* beyond it one of each finding */
#define LIMIT_EVIDENCE_BYTES KIB(4)  /* of one text */
#define LIMIT_QUERY_COLUMNS  100
#define LIMIT_OUTPUT_LINES   5000000 /* that a rule's patterns look through */
#define LIMIT_DATA_KEYS      1000    /* of the inventory's data */

/* waiting for the network */
#define LIMIT_CONNECT_MS     10000
#define LIMIT_AUTH_MS        10000
#define LIMIT_IDLE_MS        30000
#define LIMIT_COMMAND_MS     120000
#define LIMIT_AUTH_ROUNDS    10
#define LIMIT_EXIT_STATUS_MS 1000 /* it may follow the end of an exec's output */
#define LIMIT_PUMPS          64   /* reads of a session before the others have their turn */
#define LIMIT_SEND_MS        2000 /* a send() that blocks all the same */

/* a run */
#define LIMIT_ONE_ENGINE  200 /* sessions that one event loop serves alone */
#define LIMIT_ENGINES     4
#define LIMIT_HOPS 64 /* sessions at a time through a jump host that does not say */
#define LIMIT_RECONNECTS 3 /* to a jump host that was lost */
#define LIMIT_IN_VAIN    5 /* times that a jump host may have no room for a single session */
#define LIMIT_RELAY_BYTES MIB(4) /* on their way from a jump host to a session */
#define LIMIT_SPARE_FDS   48      /* open files that are no sessions */
#define LIMIT_SMALL_OUTPUT  MIB(8)  /* of a host's outputs: without asking */
#define LIMIT_LARGE_OUTPUTS MIB(12) /* of all larger ones at once, but for one of them */
#define LIMIT_QUEUE_BYTES MIB(64) /* results not yet taken, before nothing new is started */
#define LIMIT_LOG_BYTES   MIB(4)  /* of -v and -vv, not yet written */
#define LIMIT_RETRY_MS    500     /* pause before the first new try; doubled each time */
#define LIMIT_WORKERS     5000
#define LIMIT_WAITING_BYTES                                                                    \
    MIB(16)                         /* finished hosts kept in memory before they wait on disk  \
                                     */
#define LIMIT_SPOOL_BYTES    MIB(4) /* of one waiting table, before it waits on disk */

#endif
