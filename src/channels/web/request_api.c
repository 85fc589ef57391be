/* Pages for everybody, over HTTP. */
#include "api/channels_web.h"
#include "channels/intake/first_answer.h"
#include "channels/outbox/outbox.h"
#include "channels/web/web_private.h"
#include "modules/people/people.h"
#include "platform/application/application.h"
#include "platform/files/files.h"
#include "wire/mail/token.h"

static bool no_topic(struct request *request, struct response *response, struct error *err) {
    return page_notice(request, response, 404, NULL, "request_gone_title", "request_gone", err);
}

static bool too_large(struct request *request, struct response *response, const struct request_form *topic, struct error *err) {
    return page_notice(request, response, 413, topic, "request_large_title", "request_large", err);
}

/* --- The list, and the form ------------------------------------------------------------------------------------------------ */

bool get_request_list(struct request *request, struct response *response, struct error *err) {
    struct request_form_list list;
    struct page page;
    bool any = false;
    if (!request_forms_read(request->tx, request->mem, &list, err) || !page_begin(&page, request, response, NULL, "request_title", err)) return false;
    for (size_t i = 0; i < list.count; i++) {
        const struct request_form *topic = &list.all[i];
        if (!topic->is_active || !topic->is_public) continue;
        buffer_printf(page.out, "%s<li><a href=\"/request/%.*s", any ? "" : "<ul class=\"topics\">\n", (int)topic->key.size, topic->key.data);
        page_text(&page, page_query(&page));
        page_put(&page, "\">");
        page_text(&page, request_form_name(topic, page.language));
        page_put(&page, "</a></li>\n");
        any = true;
    }
    page_put(&page, any ? "</ul>\n" : "<p>");
    if (!any) page_text(&page, text_of(page_word(&page, "request_none")));
    page_put(&page, any ? "" : "</p>\n");
    page_end(&page);
    return true;
}

bool get_request_page(struct request *request, struct response *response, struct error *err) {
    const struct request_form *topic;
    struct filled_form sending;
    if (!topic_of(request, &topic, err)) return false;
    if (!topic) return no_topic(request, response, err);
    return sending_read(request, topic, &(struct form_parts){0}, &sending, err) && form_page(request, response, &sending, err);
}

/* The form with what belongs to the answers so far; nothing is sent yet. */
bool post_request_fields(struct request *request, struct response *response, struct error *err) {
    const struct request_form *topic;
    struct filled_form sending;
    struct form_parts parts;
    bool fits;
    if (!topic_of(request, &topic, err)) return false;
    if (!topic) return no_topic(request, response, err);
    if (!sending_parts(request, &parts, &fits, err)) return false;
    if (!fits) return too_large(request, response, topic, err);
    return sending_read(request, topic, &parts, &sending, err) && form_page(request, response, &sending, err);
}

/* --- Sending ------------------------------------------------------------------------------------------------------------------ */

static bool keep_files(struct request *request, struct filled_form *sending, struct error *err) {
    const struct application *application = request->application;
    sending->files = arena_array(request->mem, SENT_FILES, sizeof *sending->files);
    for (size_t i = 0; i < sending->parts.count && sending->file_count < SENT_FILES; i++) {
        const struct form_part *part = &sending->parts.at[i];
        struct stored_file stored;
        if (!part->is_file || text_empty(part->bytes)) continue;
        if (!file_put(application->files, part->bytes, &stored, err)) return error_context(err, "keeping a file of a request");
        sending->files[sending->file_count++] = (struct message_file){
            .hash = text_copy(request->mem, text_of(stored.hash)), .name = file_name_safe(request->mem, part->file_name),
            .media_type = text_copy(request->mem, text_of(stored.media_type)), .size = stored.size,
        };
    }
    return true;
}

/* What will not do is answered here: nobody waits for the writer while a stranger's page is made. Files become durable before the
 * transaction, and only those of what will do. */
bool prepare_request(struct request *request, struct response *response, struct error *err) {
    const struct request_form *topic;
    struct filled_form *sending = arena_alloc(request->mem, sizeof *sending);
    struct form_parts parts;
    bool fits;
    request->prepared = sending;
    response->is_final = true;
    if (!topic_of(request, &topic, err)) return false;
    if (!topic) return no_topic(request, response, err);
    if (!sending_parts(request, &parts, &fits, err)) return false;
    if (!fits) return too_large(request, response, topic, err);
    if (!sending_read(request, topic, &parts, sending, err)) return false;
    sending->content = content_of(request, sending);
    if (!sending_check(request, sending, err)) return false;
    if (!sending->refused && !sending->is_sent && !sending_claim_files(request, sending, err)) return false;
    if (sending->refused) return form_page(request, response, sending, err);
    response->is_final = false;
    return sending->is_sent || keep_files(request, sending, err);
}

/* Looked through once more: others may have been sent meanwhile. */
static bool read_again(struct request *request, struct filled_form *sending, struct error *err) {
    const struct filled_form *prepared = request->prepared;
    const struct request_form *topic;
    if (!topic_of(request, &topic, err)) return false;
    *sending = (struct filled_form){0};
    if (!topic) return true;
    if (!sending_read(request, topic, &prepared->parts, sending, err)) return false;
    sending->content = prepared->content;
    if (!sending_check(request, sending, err)) return false;
    sending->files = prepared->files;
    sending->file_count = prepared->file_count;
    return true;
}

bool post_request(struct request *request, struct response *response, struct error *err) {
    struct filled_form sending;
    struct text token, language = page_language(request);
    if (!sending_hold(request->tx, err) || !read_again(request, &sending, err)) return false;
    if (!sending.topic) return no_topic(request, response, err);
    if (sending.refused) return form_page(request, response, &sending, err);
    if (!sending_take(request, &sending, language, &token, err)) return false;
    bool is_framed = false;
    for (size_t i = 0; i < request->query_pair_count; i++) is_framed |= text_is(request->query_pairs[i].name, "embed");
    response->status = 303;
    response_header(response, request, "Location", text_printf(request->mem, "/request/%.*s/sent/%.*s?lang=%.*s%s", (int)sending.topic->key.size,
                                                               sending.topic->key.data, (int)token.size, token.data, (int)language.size, language.data,
                                                               is_framed ? "&embed=1" : ""));
    return true;
}

static bool token_read(struct request *request, const char *purpose, struct text token, struct mail_token *ret) {
    const struct application *application = request->application;
    unsigned char key[TOKEN_KEY];
    secret_derive(&application->secret, purpose, key);
    return token_find(token, key, ret);
}

/* What came of it: the number, and that an answer goes to the address. Of a program that was caught nothing else is said. */
bool get_request_sent(struct request *request, struct response *response, struct error *err) {
    const struct request_form *topic;
    const struct ticket *ticket = NULL;
    struct mail_token token = {0};
    struct page page;
    if (!topic_of(request, &topic, err)) return false;
    if (token_read(request, TOKEN_OF_SENT, request->path_param[1], &token) && !ticket_find(request->tx, request->mem, token.ticket, &ticket, err)) return false;
    if (!topic || !ticket) return no_topic(request, response, err);
    if (!page_begin(&page, request, response, topic, "request_sent_title", err)) return false;
    page_put(&page, "<p>");
    page_text(&page, text_of(page_word(&page, "request_sent_number")));
    page_put(&page, " <b class=\"marke big\">#");
    page_text(&page, ticket->label);
    page_put(&page, "</b></p>\n<p>");
    page_text(&page, text_of(page_word(&page, "request_sent")));
    page_put(&page, "</p>\n");
    page_end(&page);
    return true;
}

/* --- The mailbox speaks ---------------------------------------------------------------------------------------------------------- */

/* Programs of mail servers follow every link in a letter: so following it only asks, and pressing the button confirms. */
bool get_request_confirm(struct request *request, struct response *response, struct error *err) {
    struct mail_token token;
    struct page page;
    if (!token_read(request, TOKEN_OF_CONFIRMATION, request->path_param[0], &token))
        return page_notice(request, response, 404, NULL, "request_gone_title", "request_link_gone", err);
    if (!page_begin(&page, request, response, NULL, "request_confirm_title", err)) return false;
    page_put(&page, "<p>");
    page_text(&page, text_of(page_word(&page, "request_confirm")));
    page_put(&page, "</p>\n<form method=\"post\" action=\"");
    page_text(&page, page_query(&page));
    buffer_printf(page.out, "\"><div class=\"actions\"><button class=\"btn primary\">%s</button></div></form>\n", page_word(&page, "request_confirm_do"));
    page_end(&page);
    return true;
}

/* The link came with the first answer to one request, which went to the address that this request gave: that one is confirmed. */
static bool confirm(struct request *request, struct mail_token token, enum proof *ret_proof, struct error *err) {
    const struct person_card *person = NULL;
    struct tx *tx = request->tx;
    message_id id;
    struct text address;
    *ret_proof = PROOF_NONE;
    if (!first_answer_request(tx, token.message, &id, err) || !message_claims(tx, &tx->mem, id, &address, err)) return false;
    if (text_empty(address)) return true;
    if (!person_by_identity(tx, &tx->mem, "email", address, &person, err)) return false;
    struct text cause = text_printf(&tx->mem, "message %" PRId64, token.message.value);
    const struct doer doer = {person ? ACTOR_PERSON : ACTOR_SYSTEM, person ? person->id.value : 0, cause};
    return message_verify(tx, &doer, id, ret_proof, err) && (*ret_proof != PROOF_NEW || identity_heard(tx, address, err));
}

bool post_request_confirm(struct request *request, struct response *response, struct error *err) {
    struct mail_token token;
    enum proof proof;
    if (!token_read(request, TOKEN_OF_CONFIRMATION, request->path_param[0], &token))
        return page_notice(request, response, 404, NULL, "request_gone_title", "request_link_gone", err);
    if (!confirm(request, token, &proof, err)) return false;
    if (proof == PROOF_NONE) return page_notice(request, response, 404, NULL, "request_unconfirmed_title", "request_unconfirmed", err);
    return page_notice(request, response, 200, NULL, "request_confirmed_title", "request_confirmed", err);
}
