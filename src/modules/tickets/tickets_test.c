#include "modules/tickets/tickets.h"

#include "base/clock.h"
#include "modules/people/people.h"
#include "tests/store.h"
#include "tests/test.h"

#include <unistd.h>

struct desk {
    struct store *store;
    struct error err;
    ticket_id ticket;
    message_id message;
    struct message_writing writing;
    struct ticket_change change;
    struct ticket_opening opening;
    struct text state;
    const char *address;
    struct due_delivery due[4];
    size_t due_count;
    struct arena mem;
};

static const struct doer agent = {.kind = ACTOR_STAFF, .id = 1};

static void close_desk(struct desk *desk) {
    arena_free(&desk->mem);
}

static bool open_work(struct tx *tx, void *argument, struct error *err) {
    struct desk *desk = argument;
    struct doer customer = {.kind = ACTOR_PERSON};
    if (!person_ensure(tx, "email", text_of(desk->address), text_of("Ana"), &desk->opening.requester, err)) return false;
    customer.id = desk->opening.requester.value;
    desk->opening.team = (team_id){1};
    desk->opening.channel = "mail";
    const struct ticket *opened;
    if (!ticket_open(tx, &customer, &desk->opening, &opened, err)) return false;
    desk->ticket = opened->id;
    return true;
}

static bool write_work_of(struct tx *tx, void *argument, struct error *err) {
    struct desk *desk = argument;
    desk->writing.ticket = desk->ticket;
    return message_add(tx, &agent, &desk->writing, &desk->message, err);
}

static bool change_work(struct tx *tx, void *argument, struct error *err) {
    struct desk *desk = argument;
    return ticket_apply(tx, &agent, desk->ticket, &desk->change, err);
}

static struct desk customer_writes(struct store *store, const char *subject, const char *words) {
    struct desk desk = {.store = store, .address = "ana@example.org", .opening = {.subject = text_of(subject)}};
    EXPECT_OK(store_write(store, open_work, &desk, &desk.err), desk.err);
    desk.writing = (struct message_writing){.direction = DIRECTION_IN, .kind = "mail", .author_person = desk.opening.requester,
                                            .from_address = text_of(desk.address), .subject = text_of(subject), .text = text_of(words)};
    EXPECT_OK(store_write(store, write_work_of, &desk, &desk.err), desk.err);
    return desk;
}

static void customer_replies(struct desk *desk, const char *words) {
    desk->writing = (struct message_writing){.direction = DIRECTION_IN, .kind = "mail", .author_person = desk->opening.requester,
                                             .from_address = text_of(desk->address), .text = text_of(words)};
    EXPECT_OK(store_write(desk->store, write_work_of, desk, &desk->err), desk->err);
}

static void agent_answers(struct desk *desk, const char *words, int64_t hold) {
    desk->writing = (struct message_writing){.direction = DIRECTION_OUT, .kind = "mail", .author_staff = {1}, .text = text_of(words),
                                             .deliver_by = "mail", .deliver_at = clock_now() + hold};
    EXPECT_OK(store_write(desk->store, write_work_of, desk, &desk->err), desk->err);
}

static bool apply_change(struct desk *desk, struct ticket_change change) {
    desk->change = change;
    desk->err = (struct error){0};
    return store_write(desk->store, change_work, desk, &desk->err);
}

static const struct ticket *look(struct desk *desk) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct ticket *ticket = NULL;
    EXPECT_OK(store_read(desk->store, &tx, &desk->err), desk->err);
    EXPECT_OK(ticket_find(&tx, &desk->mem, desk->ticket, &ticket, &desk->err), desk->err);
    return ticket;
}

static void a_letter_opens_a_new_ticket(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "My invoice is wrong", "It says 12 instead of 10.");
    const struct ticket *ticket = look(&desk);
    EXPECT_TEXT(ticket->state, "new");
    EXPECT_INT(ticket->number, 10001);
    EXPECT_INT(ticket->message_count, 1);
    EXPECT(ticket->is_active);
}

static void an_answer_opens_a_new_ticket_and_counts_as_first_response(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Question", "How?");
    agent_answers(&desk, "Like this.", 0);
    const struct ticket *ticket = look(&desk);
    EXPECT_TEXT(ticket->state, "open");
    EXPECT(ticket->first_response_at != 0);
}

static void a_reply_to_a_resolved_ticket_opens_it_again(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    EXPECT_OK(apply_change(&desk, (struct ticket_change){.has_state = true, .state = text_of("resolved")}), desk.err);
    EXPECT(look(&desk)->resolved_at != 0);
    customer_replies(&desk, "It is still wrong");
    EXPECT_TEXT(look(&desk)->state, "open");
    EXPECT_INT(look(&desk)->resolved_at, 0);
}

static void an_automatic_reply_keeps_the_state(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    EXPECT_OK(apply_change(&desk, (struct ticket_change){.has_state = true, .state = text_of("resolved")}), desk.err);
    desk.writing = (struct message_writing){.direction = DIRECTION_IN, .kind = "mail", .author_person = desk.opening.requester,
                                            .text = text_of("I am away"), .is_automatic = true};
    EXPECT_OK(store_write(store, write_work_of, &desk, &desk.err), desk.err);
    EXPECT_TEXT(look(&desk)->state, "resolved");
}

static void waiting_needs_a_reason(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    EXPECT(!apply_change(&desk, (struct ticket_change){.has_state = true, .state = text_of("waiting")}));
    EXPECT_INT(desk.err.code, ERR_INVALID);
    EXPECT_TEXT(text_of(desk.err.fields[0].field), "waiting_reason");
    EXPECT_OK(apply_change(&desk, (struct ticket_change){.has_state = true, .state = text_of("waiting"),
                                                         .waiting_reason = text_of("customer")}), desk.err);
    EXPECT_TEXT(look(&desk)->waiting_reason, "customer");
}

static void what_waits_for_a_day_opens_when_it_has_come(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    struct ticket_change wait = {.has_state = true, .state = text_of("waiting"), .waiting_reason = text_of("date"),
                                 .waiting_until_at = clock_now() + DAY};
    EXPECT_OK(apply_change(&desk, wait), desk.err);
    EXPECT_OK(apply_change(&desk, (struct ticket_change){.has_priority = true, .priority = PRIORITY_HIGH}), desk.err);
    EXPECT_INT(look(&desk)->waiting_until_at, wait.waiting_until_at);
    EXPECT_OK(tickets_wake(store, &(bool){false}, &desk.err), desk.err);
    EXPECT_TEXT(look(&desk)->state, "waiting");
    wait.waiting_until_at = clock_now() + SECOND / 2;
    EXPECT_OK(apply_change(&desk, wait), desk.err);
    while (clock_now() <= wait.waiting_until_at) usleep(10000);
    EXPECT_OK(tickets_wake(store, &(bool){false}, &desk.err), desk.err);
    EXPECT_TEXT(look(&desk)->state, "open");
    EXPECT_INT(look(&desk)->waiting_until_at, 0);
}

static void a_stale_change_is_refused_with_what_changed(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    int64_t seen = look(&desk)->version;
    EXPECT_OK(apply_change(&desk, (struct ticket_change){.has_priority = true, .priority = PRIORITY_HIGH, .version = seen}), desk.err);
    EXPECT(!apply_change(&desk, (struct ticket_change){.has_subject = true, .subject = text_of("New"), .version = seen}));
    EXPECT_INT(desk.err.code, ERR_STALE);
    EXPECT(desk.err.field_count == 1 && strcmp(desk.err.fields[0].field, "priority") == 0 && strcmp(desk.err.fields[0].message, "\"high\"") == 0);
    EXPECT_TEXT(look(&desk)->subject, "Invoice");
}

static void an_internal_note_can_not_be_delivered(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    desk.writing = (struct message_writing){.direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = "note",
                                            .author_staff = {1}, .text = text_of("between us"), .deliver_by = "mail"};
    desk.err = (struct error){0};
    EXPECT(!store_write(store, write_work_of, &desk, &desk.err));
    desk.writing.deliver_by = NULL;
    desk.err = (struct error){0};
    EXPECT_OK(store_write(store, write_work_of, &desk, &desk.err), desk.err);
    EXPECT_INT(look(&desk)->message_count, 2);
}

static bool insert_internal_delivery(struct tx *tx, void *argument, struct error *err) {
    char *sql = arena_printf(&tx->mem, "INSERT INTO delivery (message_id, audience, channel, state, updated_at) VALUES (%" PRId64 ", %d, 'mail', 'queued', 1)",
                             ((struct desk *)argument)->message.value, (int)((struct desk *)argument)->writing.deliver_at);
    return tx_execute_script(tx, sql, err);
}

static void the_database_itself_refuses_to_deliver_a_note(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    desk.writing = (struct message_writing){.direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = "note", .text = text_of("x")};
    EXPECT_OK(store_write(store, write_work_of, &desk, &desk.err), desk.err);
    for (int audience = 0; audience <= 1; audience++) {
        desk.err = (struct error){0};
        desk.writing.deliver_at = audience;
        EXPECT(!store_write(store, insert_internal_delivery, &desk, &desk.err));
        EXPECT_INT(desk.err.code, ERR_CONFLICT);
    }
}

static bool take_work(struct tx *tx, void *argument, struct error *err) {
    struct desk *desk = argument;
    const struct due_delivery *due;
    if (!delivery_take(tx, &tx->mem, "mail", 4, &desk->due_count, &due, err)) return false;
    memcpy(desk->due, due, desk->due_count * sizeof *due);
    return true;
}

static void an_answer_waits_while_it_can_be_taken_back(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    agent_answers(&desk, "Held", 3600 * SECOND);
    EXPECT_OK(store_write(store, take_work, &desk, &desk.err), desk.err);
    EXPECT_INT(desk.due_count, 0);
    agent_answers(&desk, "At once", 0);
    EXPECT_OK(store_write(store, take_work, &desk, &desk.err), desk.err);
    EXPECT_INT(desk.due_count, 1);
    EXPECT_INT(desk.due[0].message.value, desk.message.value);
    EXPECT_OK(store_write(store, take_work, &desk, &desk.err), desk.err);
    EXPECT_INT(desk.due_count, 0);
}

static bool move_out(struct tx *tx, void *argument, struct error *err) {
    struct desk *desk = argument;
    return message_move(tx, &agent, desk->message, (ticket_id){0}, &desk->ticket, err);
}

static void a_message_moves_to_a_ticket_of_its_own(struct store *store) {
    SCOPED(close_desk) struct desk desk = customer_writes(store, "Invoice", "wrong");
    ticket_id first = desk.ticket;
    customer_replies(&desk, "By the way, where is my parcel?");
    EXPECT_OK(store_write(store, move_out, &desk, &desk.err), desk.err);
    EXPECT(desk.ticket.value != first.value);
    EXPECT_INT(look(&desk)->message_count, 1);
    desk.ticket = first;
    EXPECT_INT(look(&desk)->message_count, 1);
}

static void people_are_found_by_any_spelling_of_their_address(struct store *store) {
    SCOPED(close_desk) struct desk one = customer_writes(store, "A", "a"), two = {.store = store, .address = "ANA@Example.ORG"};
    EXPECT_OK(store_write(store, open_work, &two, &two.err), two.err);
    EXPECT_INT(one.opening.requester.value, two.opening.requester.value);
    close_desk(&two);
}

STORE_TEST(a_letter_opens_a_new_ticket)
STORE_TEST(an_answer_opens_a_new_ticket_and_counts_as_first_response)
STORE_TEST(a_reply_to_a_resolved_ticket_opens_it_again)
STORE_TEST(an_automatic_reply_keeps_the_state)
STORE_TEST(waiting_needs_a_reason)
STORE_TEST(what_waits_for_a_day_opens_when_it_has_come)
STORE_TEST(a_stale_change_is_refused_with_what_changed)
STORE_TEST(an_internal_note_can_not_be_delivered)
STORE_TEST(the_database_itself_refuses_to_deliver_a_note)
STORE_TEST(an_answer_waits_while_it_can_be_taken_back)
STORE_TEST(a_message_moves_to_a_ticket_of_its_own)
STORE_TEST(people_are_found_by_any_spelling_of_their_address)
