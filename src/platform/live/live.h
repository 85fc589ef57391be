/* live.h - the hub: every change to every screen that may see it.
 *
 * One thread owns all WebSockets. After a commit it reads the new rows of event itself, encodes each once and appends
 * it to the queues of those who follow its topic and may see it. A queue over 256 KB ends the socket (close 1013); the
 * client comes back and names the last id it saw.
 *
 * Messages are JSON objects in text frames. The client says
 *     {"subscribe": ["inbox", "staff", "ticket:7"], "after": 812}   after: the last event it knows; what came since
 * follows     {"unsubscribe": ["ticket:7"]}
 *     {"presence": {"ticket": 7, "doing": "viewing"}}    or "note", "reply", "gone"; of a ticket that it follows. It holds for 15 s
 *                                                        or until the socket ends, so a screen says it every five
 * and hears
 *     {"hello": {"last": 812}}           first; 812 is the newest event
 *     {"event": {"id", "at", "kind", "actor": {"kind", "id"}, "cause", "ticket", "team", "scope", "data", "internal"}}
 *     {"presence": {"ticket": 7, "people": [{"staff": 3, "doing": "reply"}]}}    who is at a ticket that it follows
 *     {"resync": true}                   too far behind: load the page again
 *     {"error": {"code", "message"}}
 * and whatever hub_send sends. "inbox" is every event of a ticket, "ticket:ID" those of one, "staff" those without a
 * ticket; each socket also follows "staff:ID" of its own agent. Close codes: 1001 the server stops, 1008 too many or
 * wrong messages, 1013 too slow, 4401 the session has ended. */
#ifndef THEKE_PLATFORM_LIVE_LIVE_H
#define THEKE_PLATFORM_LIVE_LIVE_H

#include "platform/access/access.h"
#include "platform/events/events.h"

struct hub;
struct buffer;
struct stream;

struct live_event {
    int64_t id, at;
    struct text kind;
    enum actor_kind actor;
    int64_t actor_id;
    struct text cause;
    ticket_id ticket;
    team_id team;
    staff_id assignee;
    struct text scope, data;
    bool internal;
};

/* The callbacks run on the hub's thread and must be quick. */
struct hub_options {
    struct store *store;
    void *application;
    /* May the actor see the event? NULL: whoever is signed in sees all. */
    bool (*visible)(void *application, const struct actor *actor, const struct live_event *event);
    /* May the actor follow what goes on at this ticket? Asked at subscribe and after every change of roles. NULL:
     * yes. */
    bool (*may_follow)(void *application, struct tx *tx, const struct actor *actor, ticket_id ticket);
    /* Reads the actor's permissions and teams anew; false: signed out. Its texts are not kept, and what it was admitted to is copied:
     * that may lie in tx->mem. NULL: never changes. */
    bool (*refresh)(void *application, struct tx *tx, struct actor *actor);
    int connections, connections_per_staff; /* 0: 10,000, and no limit of its own */
    int64_t ping, idle;                     /* micros; 0: 30 s and 75 s */
};

/* Sees every event committed from now on; store_on_commit is set to wake it. */
MUST_USE bool hub_start(const struct hub_options *options, struct hub **ret_hub, struct error *err);

/* Closes all with 1001, lets them go within 2 s, ends the thread. The store must not commit any more. Accepts NULL. */
void hub_stop(struct hub *hub);

/* All of the following may be called from any thread. */

/* Takes a socket after its handshake and the bytes that were already read. Fits server_options.upgrade. */
void hub_accept(struct hub *hub, int socket, struct text early, const struct actor *actor);

/* Feeds an answer that stays open (text/event-stream) with every event after an id that the actor may see, complete
 * and in order, however far behind. Takes the caller's reference. */
void hub_follow(struct hub *hub, struct stream *stream, const struct actor *actor, int64_t after);

/* There are new events, perhaps of another process. */
void hub_wake(struct hub *hub);

/* Sends a JSON object to all who follow the topic now; nothing is kept. */
void hub_send(struct hub *hub, const char *topic, struct text json);

/* What somebody does at a ticket, the least first. */
enum doing { DOING_NOTHING, DOING_VIEWING, DOING_NOTE, DOING_REPLY };
const char *doing_name(enum doing doing); /* "gone", "viewing", "note", "reply" */
bool doing_find(struct text word, enum doing *ret_doing);

struct present {
    staff_id staff;
    enum doing doing;
};
/* Says what an agent does at a ticket that they may see, for so long or until it is said anew; who follows the ticket hears of it. key
 * tells the windows and programs of one agent apart: those of programs are below 0. */
void hub_present(struct hub *hub, int64_t key, staff_id staff, ticket_id ticket, enum doing doing, int64_t lasts);
/* Who is at a ticket, each agent once with the most that they do; at most room. */
size_t hub_who(struct hub *hub, ticket_id ticket, struct present *out, size_t room);
/* The same as it is told to who follows the ticket: an array into json. */
struct json_writer;
void presence_write(struct json_writer *json, const struct present *who, size_t count);

/* Asks refresh again for this agent's sockets (0: everyone's), for a change that no event tells. */
void hub_refresh(struct hub *hub, staff_id staff);

void hub_metrics(struct hub *hub, struct buffer *out);

#endif
