/* A request becomes a ticket: as a letter would from somebody whose address nobody has proven. It never joins a ticket that is there. */
#include "channels/web/web_private.h"

#include "base/clock.h"
#include "channels/intake/first_answer.h"
#include "channels/outbox/outbox.h"
#include "modules/people/people.h"
#include "modules/spam/spam.h"
#include "platform/application/application.h"
#include "sql/channels_web.h"
#include "wire/mail/token.h"
#include "wire/mail/traits.h"

enum { REASONS = 8 };
static const int64_t TOO_QUICK = 2 * 1000000LL; /* nobody fills in a form in less */

struct taking {
    struct request *request;
    struct tx *tx;
    const struct filled_form *sending;
    struct text language;
    struct text reasons[REASONS];
    size_t reason_count;
    bool is_spam;
    struct spam_verdict verdict;
    person_id person;
    const struct ticket *ticket;
    message_id message;
    struct first_answer answer;
    const struct mailbox *mailbox; /* NULL: no answer leaves */
};

static void reason(struct taking *taking, const char *code, struct text detail) {
    struct text line = detail.size ? text_printf(&taking->tx->mem, "%s: %.*s", code, (int)text_cut(detail, 200).size, detail.data) : text_of(code);
    if (taking->reason_count < REASONS) taking->reasons[taking->reason_count++] = line;
}

static struct text reasons_json(const struct taking *taking) {
    struct buffer out = {.mem = &taking->tx->mem};
    struct json_writer json = json_writer(&out);
    json_array_begin(&json);
    for (size_t i = 0; i < taking->reason_count; i++) json_text(&json, taking->reasons[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

/* What only a program does. It is taken as spam, with the reason in the record, and sees the same page as everybody. */
static void look_for_bots(struct taking *taking) {
    const struct filled_form *sending = taking->sending;
    int64_t after = taking->tx->now - sending->stamp.issued_at;
    struct text trap = text_trim(part_value(&sending->parts, "homepage"));
    if (!text_empty(trap)) reason(taking, "form_trap", text_make_utf8(&taking->tx->mem, trap));
    if (after < TOO_QUICK) reason(taking, "form_quick", text_printf(&taking->tx->mem, "%.1f s", (double)after / (double)SECOND));
    taking->is_spam = !text_empty(trap) || after < TOO_QUICK;
}

static bool weigh_words(struct taking *taking, struct error *err) {
    const struct filled_form *sending = taking->sending;
    const struct traits_source letter = {.from_name = sending->name, .from_address = sending->email, .subject = sending->subject, .text = sending->text};
    return spam_weigh(taking->tx, &taking->tx->mem, &letter, &taking->verdict.weighing, err);
}

/* Why it is spam, or why it is none: what only programs do, then the lists, and at last what is written in it. Anybody can fill in an
 * address that we know or allow: that says nothing for it. */
static bool look_for_spam(struct taking *taking, struct error *err) {
    struct spam_verdict *verdict = &taking->verdict;
    struct spam_listed listed;
    if (!spam_sender_look(taking->tx, &taking->tx->mem, taking->sending->email, &listed, err) || !weigh_words(taking, err)) return false;
    bool by_words = verdict->weighing.is_ready && verdict->weighing.is_spam;
    verdict->because = taking->is_spam ? "form" : listed.is_blocked ? "sender" : by_words ? "words" : "few";
    if (listed.is_blocked) verdict->pattern = listed.pattern;
    if (listed.is_blocked) reason(taking, "sender_blocked", listed.pattern);
    else if (by_words) reason(taking, "spam_words", text_printf(&taking->tx->mem, "%" PRId64 " %%", verdict->weighing.score / 100));
    verdict->is_spam = taking->is_spam |= listed.is_blocked || by_words;
    return true;
}

static bool note_spam(struct taking *taking, struct error *err) {
    taking->verdict.ticket = taking->ticket->id;
    return (!taking->is_spam && !taking->verdict.weighing.is_ready) || spam_note(taking->tx, &taking->verdict, err);
}

/* Who is known already keeps the name that we know, whatever a stranger writes into a form. */
static bool find_person(struct taking *taking, struct error *err) {
    const struct person_card *known;
    if (!person_by_identity(taking->tx, &taking->tx->mem, "email", taking->sending->email, &known, err)) return false;
    return person_ensure(taking->tx, "email", taking->sending->email, known ? (struct text){0} : taking->sending->name, &taking->person, err);
}

static struct doer doer_of_form(const struct taking *taking) {
    const struct text key = taking->sending->topic->key;
    return (struct doer){ACTOR_PERSON, taking->person.value, text_printf(&taking->tx->mem, "form %.*s", (int)key.size, key.data)};
}

static bool open_ticket(struct taking *taking, struct error *err) {
    const struct filled_form *sending = taking->sending;
    const struct doer doer = doer_of_form(taking);
    const struct ticket_opening opening = {
        .subject = sending->subject, .requester = taking->person, .team = sending->topic->team, .channel = "form", .fields = sending->form.values,
        .form = sending->topic, .is_spam = taking->is_spam,
    };
    return ticket_open(taking->tx, &doer, &opening, &taking->ticket, err);
}

/* Of the answer nothing is a stranger's: it may go to somebody who never asked for it. */
static void prepare_answer(struct taking *taking) {
    const struct request_form *topic = taking->sending->topic;
    const struct application *application = taking->request->application;
    struct arena *mem = &taking->tx->mem;
    struct text said = request_answer_in(topic, taking->language), name = request_form_name(topic, taking->language);
    const char *subject = words_for("request_answer_subject", taking->language), *confirm = words_for("request_answer_confirm", taking->language);
    taking->answer = (struct first_answer){
        .ticket = taking->ticket->id, .team = topic->team, .address = taking->sending->email, .per_hour = application->auto_replies_per_hour,
        .subject = text_printf(mem, "[#%.*s] %s: %.*s", (int)taking->ticket->label.size, taking->ticket->label.data, subject, (int)name.size, name.data),
    };
    if (!text_empty(said)) taking->answer.text = text_printf(mem, "%.*s\n\n%s\n\n%s", (int)said.size, said.data, confirm, CONFIRMATION_SLOT);
}

static bool look_for_answer(struct taking *taking, struct error *err) {
    const char *because = NULL;
    prepare_answer(taking);
    if (text_empty(taking->answer.text)) return true;
    if (taking->is_spam) because = "answer_spam";
    else if (!first_answer_look(taking->tx, &taking->answer, &taking->mailbox, &because, err)) return false;
    if (because) reason(taking, because, (struct text){0});
    if (because) taking->mailbox = NULL;
    return true;
}

static bool write_message(struct taking *taking, struct error *err) {
    const struct filled_form *sending = taking->sending;
    const struct doer doer = doer_of_form(taking);
    const struct message_writing writing = {
        .ticket = taking->ticket->id, .opened = taking->ticket, .direction = DIRECTION_IN, .audience = AUDIENCE_PUBLIC, .kind = "form",
        .author_person = taking->person, .from_name = sending->name, .from_address = sending->email, .subject = sending->subject, .text = sending->text,
        .is_unverified = true, .decision = text_of("new"), .reasons = reasons_json(taking), .files = sending->files, .file_count = sending->file_count,
    };
    return message_add(taking->tx, &doer, &writing, &taking->message, err);
}

static bool answer(struct taking *taking, struct error *err) {
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_printf(&taking->tx->mem, "message %" PRId64, taking->message.value)};
    taking->answer.request = taking->message;
    return !taking->mailbox || first_answer_send(taking->tx, &doer, &taking->answer, taking->mailbox, err);
}

static bool write_all(struct taking *taking, struct error *err) {
    look_for_bots(taking);
    reason(taking, "request_form", taking->sending->topic->key);
    reason(taking, "form_unproven", taking->sending->email);
    return find_person(taking, err) && look_for_spam(taking, err) && open_ticket(taking, err) && note_spam(taking, err)
           && look_for_answer(taking, err) && write_message(taking, err) && answer(taking, err);
}

static struct text token_of(struct request *request, ticket_id ticket, message_id message) {
    const struct application *application = request->application;
    unsigned char key[TOKEN_KEY];
    secret_derive(&application->secret, TOKEN_OF_SENT, key);
    return token_make(request->mem, key, (struct mail_token){ticket, message});
}

bool sending_take(struct request *request, const struct filled_form *sending, struct text language, struct text *ret_token, struct error *err) {
    struct tx *tx = request->tx;
    struct taking taking = {.request = request, .tx = tx, .sending = sending, .language = language};
    const struct sql_request_taken_row_row *before = NULL;
    const struct sql_request_taken_claim claim = {
        .nonce = sending->stamp.nonce, .address_hash = hash_of(request, text_lower(request->mem, sending->email)),
        .remote_hash = hash_of(request, connection_of(request)), .network_hash = hash_of(request, network_of(request)), .form_id = sending->topic->id,
        .content_hash = sending->content, .created_at = tx->now,
    };
    int64_t changed = 0;
    if (!sql_request_taken_forget(tx, &(struct sql_request_taken_forget){.before_at = tx->now - 2 * DAY}, NULL, err)
        || !sql_request_taken_claim(tx, &claim, &changed, err))
        return false;
    if (!changed && !sql_request_taken_row(tx, request->mem, &(struct sql_request_taken_row){.nonce = claim.nonce}, &before, err)) return false;
    if (before) {
        *ret_token = token_of(request, before->ticket_id, before->message_id);
        return true;
    }
    if (!write_all(&taking, err)) return false;
    *ret_token = token_of(request, taking.ticket->id, taking.message);
    const struct sql_request_taken_done done = {.nonce = claim.nonce, .ticket_id = taking.ticket->id, .message_id = taking.message};
    return sql_request_taken_done(tx, &done, NULL, err);
}
