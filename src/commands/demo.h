/* demo.h - for the demo command only: what happens in each sample conversation, and in which words.
 *
 * Everything about ticket i follows from the seed and i alone, so that any part can be worked out again whenever it is
 * needed and nothing but the database's ids has to be remembered. */
#ifndef THEKE_COMMANDS_DEMO_H
#define THEKE_COMMANDS_DEMO_H

#include "base/clock.h"
#include "base/text.h"
#include "modules/tickets/tickets.h"

/* --- Chance (splitmix64): the same numbers on every machine ------------------------------------------------------ */

struct chance {
    uint64_t state;
};

/* A stream of its own for one matter (number) and one purpose in it (part). */
struct chance chance_of(uint64_t seed, uint64_t number, uint64_t part);
uint64_t chance_next(struct chance *chance);
/* 0 to limit - 1; limit at least 1. */
int chance_below(struct chance *chance, int limit);
bool chance_percent(struct chance *chance, int percent);

/* --- Words --------------------------------------------------------------------------------------------------------- */

enum { DEMO_TEAMS = 4, DEMO_AGENTS = 12, DEMO_TOPICS = 9, DEMO_LANGUAGES = 3, DEMO_PHRASES = 8 };

/* Lists end with NULL or are full. A phrase has slots: {order} {product} {date} {amount} {name} {agent} {company}. */
struct demo_topic {
    const char *tags[2];
    const char *subjects[4], *openings[4], *details[4]; /* what the customer writes first */
    const char *questions[3];                           /* what we must know */
    const char *facts[3];                               /* what the customer then tells */
    const char *answers[4];                             /* what we do about it */
    const char *replies[4];                             /* what the customer says to that */
};

struct demo_language {
    const char *code;
    const char *greetings[DEMO_PHRASES], *closings[DEMO_PHRASES], *thanks[DEMO_PHRASES], *urgings[DEMO_PHRASES];
    const char *agent_greetings[4], *agent_openings[DEMO_PHRASES], *agent_closings[DEMO_PHRASES];
    const char *notes[DEMO_PHRASES], *products[DEMO_PHRASES * 2];
    const char *first_names[32], *last_names[40], *companies[24];
    bool family_name_first;
    const char *quote_line;      /* {date} {name} */
    const char *auto_reply, *vacation;
    const char *spam_subjects[3], *spam_texts[3];
    const char *invoice_file, *photo_file, *list_file;
    struct demo_topic topics[DEMO_TOPICS];
};

extern const struct demo_language demo_german, demo_english, demo_hungarian;

enum demo_topic_key { TOPIC_INVOICE, TOPIC_DELIVERY, TOPIC_RETURN, TOPIC_DEFECT, TOPIC_PASSWORD, TOPIC_CONTRACT, TOPIC_APPOINTMENT,
                      TOPIC_PRAISE, TOPIC_COMPLAINT };

/* --- People -------------------------------------------------------------------------------------------------------- */

enum { DEMO_COMPANIES = DEMO_LANGUAGES * 24 };

struct demo_person {
    const struct demo_language *language;
    struct text name, email, company;  /* company: no text for private customers */
};
/* Customer by number, the same each time. */
struct demo_person demo_customer(struct arena *mem, uint64_t seed, uint64_t number);

struct demo_agent {
    const char *name, *email, *role, *teams; /* teams: one letter each, as in demo_teams */
};
extern const struct demo_agent demo_agents[DEMO_AGENTS];

struct demo_team {
    const char *name, *slug, *address;
    char letter;
};
extern const struct demo_team demo_teams[DEMO_TEAMS];

/* The company's name and mail domain, by number from 0 to DEMO_COMPANIES - 1. */
const char *demo_company_name(int number);
struct text demo_company_domain(struct arena *mem, int number);

/* --- What happens --------------------------------------------------------------------------------------------------- */

enum demo_act { ACT_OPEN, ACT_AUTO_REPLY, ACT_TAKE, ACT_MOVE, ACT_RAISE, ACT_NOTE, ACT_ASK, ACT_ANSWER, ACT_FACT, ACT_REPLY, ACT_THANK,
                ACT_URGE, ACT_VACATION, ACT_WAIT, ACT_RESOLVE, ACT_CLOSE, ACT_SPAM };

struct demo_step {
    int64_t at;
    enum demo_act act;
};

enum { DEMO_STEPS = 32 };

struct demo_plan {
    uint64_t seed, number;       /* number: of the ticket, from 0 */
    uint64_t customer;
    enum demo_topic_key topic;
    const char *channel;
    enum priority priority;
    int agent, team, first_team; /* first_team: where it arrives before ACT_MOVE */
    const char *waiting_reason;  /* for ACT_WAIT */
    bool is_spam;
    size_t step_count;
    struct demo_step steps[DEMO_STEPS];
};

/* The whole life of a ticket that begins at created_at; steps after until are left out. customers: how many there are. */
void demo_plan(struct demo_plan *plan, uint64_t seed, uint64_t number, uint64_t customers, int64_t created_at, int64_t until);

/* --- What is said --------------------------------------------------------------------------------------------------- */

struct demo_saying {
    struct text subject, text, text_full, html;
    struct text header_id, in_reply_to;
    struct json_list references;
};
struct text demo_subject(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer);
struct demo_saying demo_say(struct arena *mem, const struct demo_plan *plan, const struct demo_person *customer, size_t step);

/* Does the step write a message, and is it ours? */
bool demo_act_speaks(enum demo_act act);
bool demo_act_is_ours(enum demo_act act);

/* --- Attachments ---------------------------------------------------------------------------------------------------- */

enum demo_file_kind { DEMO_PDF, DEMO_PNG, DEMO_CSV, DEMO_FILE_KINDS };
struct text demo_file(struct arena *mem, uint64_t seed, uint64_t number, enum demo_file_kind kind);

#endif
