/* Who is at which ticket, and what they do there: true for some seconds, or until it is said anew. A window's place goes with its
 * socket. Asked and told from any thread, so it has a lock of its own. */
#include "platform/live/live_private.h"

#include "base/clock.h"
#include "base/json.h"

#include <stdlib.h>

enum { PLACES = 50000, SHOWN = 50 };

struct place {
    struct place *next;
    int64_t key, ticket, until; /* key: which window or program; until: steady */
    staff_id staff;
    enum doing doing;
};

static const char *const doings[] = {"gone", "viewing", "note", "reply"};

const char *doing_name(enum doing doing) {
    return doings[doing];
}

bool doing_find(struct text word, enum doing *ret_doing) {
    for (size_t i = 0; i < COUNT_OF(doings); i++)
        if (text_is(word, doings[i])) {
            *ret_doing = (enum doing)i;
            return true;
        }
    return false;
}

size_t hub_who(struct hub *hub, ticket_id ticket, struct present *out, size_t room) {
    size_t count = 0;
    int64_t now = clock_steady();
    pthread_mutex_lock(&hub->presence_lock);
    for (const struct place *place = hub->places; place; place = place->next) {
        if (place->ticket != ticket.value || place->until <= now) continue;
        size_t at = 0;
        while (at < count && out[at].staff.value != place->staff.value) at++;
        if (at == count && count == room) continue;
        if (at == count) out[count++] = (struct present){.staff = place->staff};
        if (place->doing > out[at].doing) out[at].doing = place->doing;
    }
    pthread_mutex_unlock(&hub->presence_lock);
    return count;
}

void presence_write(struct json_writer *json, const struct present *who, size_t count) {
    json_array_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(json);
        json_put_int(json, "staff", who[i].staff.value);
        json_put_string(json, "doing", doings[who[i].doing]);
        json_object_end(json);
    }
    json_array_end(json);
}

static void tell(struct hub *hub, int64_t ticket) {
    SCOPED(arena_free) struct arena mem = {0};
    struct present who[SHOWN];
    size_t count = hub_who(hub, (ticket_id){ticket}, who, SHOWN);
    struct buffer out = {.mem = &mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_key(&json, "presence");
    json_object_begin(&json);
    json_put_int(&json, "ticket", ticket);
    json_key(&json, "people");
    presence_write(&json, who, count);
    json_object_end(&json);
    json_object_end(&json);
    hub_send(hub, arena_printf(&mem, "ticket:%" PRId64, ticket), buffer_text(&out));
}

static struct place *find(struct hub *hub, int64_t key, int64_t ticket) {
    struct place *place = hub->places;
    while (place && (place->key != key || place->ticket != ticket)) place = place->next;
    return place;
}

static struct place *add(struct hub *hub, int64_t key, staff_id staff, int64_t ticket) {
    struct place *place = hub->place_count < PLACES ? calloc(1, sizeof *place) : NULL;
    if (!place) return NULL;
    *place = (struct place){.next = hub->places, .key = key, .ticket = ticket, .staff = staff};
    hub->places = place;
    hub->place_count++;
    return place;
}

void hub_present(struct hub *hub, int64_t key, staff_id staff, ticket_id ticket, enum doing doing, int64_t lasts) {
    if (doing == DOING_NOTHING) {
        presence_forget(hub, key, ticket.value);
        return;
    }
    pthread_mutex_lock(&hub->presence_lock);
    struct place *place = find(hub, key, ticket.value);
    if (!place) place = add(hub, key, staff, ticket.value);
    bool changes = place && place->doing != doing;
    if (place) place->doing = doing;
    if (place) place->until = clock_steady() + lasts;
    pthread_mutex_unlock(&hub->presence_lock);
    if (changes) tell(hub, ticket.value);
}

/* Takes out what fits, one ticket at a time, and tells who follows that. key 0: whatever is over. */
static bool take_one(struct hub *hub, int64_t key, int64_t ticket, int64_t *ret_ticket) {
    int64_t now = clock_steady();
    struct place **at = &hub->places;
    pthread_mutex_lock(&hub->presence_lock);
    while (*at && !(key ? (*at)->key == key && (!ticket || (*at)->ticket == ticket) : (*at)->until <= now)) at = &(*at)->next;
    struct place *place = *at;
    if (place) *at = place->next;
    if (place) hub->place_count--;
    pthread_mutex_unlock(&hub->presence_lock);
    if (place) *ret_ticket = place->ticket;
    free(place);
    return place != NULL;
}

void presence_forget(struct hub *hub, int64_t key, int64_t ticket) {
    int64_t left;
    while (take_one(hub, key, ticket, &left)) tell(hub, left);
}

void presence_sweep(struct hub *hub) {
    int64_t left;
    while (take_one(hub, 0, 0, &left)) tell(hub, left);
}

void presence_end(struct hub *hub) {
    while (hub->places) {
        struct place *next = hub->places->next;
        free(hub->places);
        hub->places = next;
    }
    pthread_mutex_destroy(&hub->presence_lock);
}
