/* The page of one topic: its form, empty or as it was filled in, with what is wrong beside each field. */
#include "channels/web/web_private.h"

#include "base/clock.h"
#include "modules/fields/fields.h"

struct input {
    const char *name, *id;        /* of the part, and of the element */
    struct text label, value;
    bool is_required;
    const struct error_field *wrong; /* NULL: nothing is */
};

/* Labels are there in each of the three languages, in this order. */
static size_t language_index(const struct page *page) {
    return text_is(page->language, "en") ? 1 : text_is(page->language, "hu") ? 2 : 0;
}

/* --- Parts of a field ------------------------------------------------------------------------------------------------------- */

static void put_attribute(struct page *page, const char *name, struct text value) {
    buffer_printf(page->out, " %s=\"", name);
    page_text(page, value);
    page_put(page, "\"");
}

static void put_label(struct page *page, const struct input *input, bool is_legend) {
    if (is_legend) page_put(page, "<legend class=\"lbl\">");
    else buffer_printf(page->out, "<label for=\"%s\">", input->id);
    page_text(page, input->label);
    if (!input->is_required) {
        page_put(page, " <span class=\"hint\">");
        page_text(page, text_of(page_word(page, "request_optional")));
        page_put(page, "</span>");
    }
    page_put(page, is_legend ? "</legend>" : "</label>");
}

static void put_state(struct page *page, const struct input *input) {
    buffer_printf(page->out, " id=\"%s\"", input->id);
    put_attribute(page, "name", text_of(input->name));
    if (input->is_required) page_put(page, " required");
    if (input->wrong) buffer_printf(page->out, " aria-invalid=\"true\" aria-describedby=\"%s-wrong\"", input->id);
}

/* In words of ours; what there are none for says it in English. */
static const char *words_of_wrong(const struct page *page, const struct error_field *wrong) {
    const char *words = words_for(wrong->code, page->language);
    return words ? words : wrong->message;
}

static void put_wrong(struct page *page, const struct input *input) {
    if (!input->wrong) return;
    buffer_printf(page->out, "<span class=\"err\" id=\"%s-wrong\">", input->id);
    page_text(page, text_of(words_of_wrong(page, input->wrong)));
    page_put(page, "</span>");
}

static void put_line(struct page *page, const struct input *input, const char *attributes) {
    page_put(page, "<div class=\"field\">");
    put_label(page, input, false);
    page_put(page, "<input class=\"input\"");
    put_state(page, input);
    page_put(page, attributes);
    put_attribute(page, "value", input->value);
    page_put(page, ">");
    put_wrong(page, input);
    page_put(page, "</div>\n");
}

static void put_lines(struct page *page, const struct input *input, int rows) {
    page_put(page, "<div class=\"field\">");
    put_label(page, input, false);
    buffer_printf(page->out, "<textarea class=\"input\" rows=\"%d\" maxlength=\"20000\"", rows);
    put_state(page, input);
    page_put(page, ">\n");
    page_text(page, input->value);
    page_put(page, "</textarea>");
    put_wrong(page, input);
    page_put(page, "</div>\n");
}

static void put_option(struct page *page, const struct input *input, struct text key, struct text label) {
    page_put(page, "<option");
    put_attribute(page, "value", key);
    if (text_equal(input->value, key)) page_put(page, " selected");
    page_put(page, ">");
    page_text(page, label);
    page_put(page, "</option>");
}

static void put_select(struct page *page, const struct input *input, const struct field *field) {
    page_put(page, "<div class=\"field\">");
    put_label(page, input, false);
    page_put(page, "<select class=\"input\"");
    put_state(page, input);
    page_put(page, ">");
    put_option(page, input, text_of(""), text_of(page_word(page, "request_choose")));
    if (field->type == FIELD_BOOLEAN) {
        put_option(page, input, text_of("true"), text_of(page_word(page, "request_yes")));
        put_option(page, input, text_of("false"), text_of(page_word(page, "request_no")));
    }
    for (size_t i = 0; i < field->choice_count; i++)
        if (field->choices[i].is_active) put_option(page, input, field->choices[i].key, field->choices[i].labels[language_index(page)]);
    page_put(page, "</select>");
    put_wrong(page, input);
    page_put(page, "</div>\n");
}

static void put_checks(struct page *page, const struct input *input, const struct field *field, const struct form_parts *parts) {
    buffer_printf(page->out, "<fieldset class=\"field\" id=\"%s\"%s%s%s>", input->id, input->wrong ? " aria-describedby=\"" : "", input->wrong ? input->id : "",
                  input->wrong ? "-wrong\"" : "");
    put_label(page, input, true);
    for (size_t i = 0; i < field->choice_count; i++) {
        const struct field_choice *choice = &field->choices[i];
        if (!choice->is_active) continue;
        page_put(page, "<label class=\"choice\"><input type=\"checkbox\" class=\"check\"");
        put_attribute(page, "name", text_of(input->name));
        put_attribute(page, "value", choice->key);
        if (part_has(parts, input->name, choice->key)) page_put(page, " checked");
        page_put(page, "><span>");
        page_text(page, choice->labels[language_index(page)]);
        page_put(page, "</span></label>");
    }
    put_wrong(page, input);
    page_put(page, "</fieldset>\n");
}

/* --- Fields of the house ---------------------------------------------------------------------------------------------------- */

static struct text typed(const struct page *page, const struct filled_form *sending, const char *name) {
    return text_make_utf8(page->request->mem, part_value(&sending->parts, name));
}

static void put_field(struct page *page, const struct filled_form *sending, const struct topic_field *asked) {
    struct arena *mem = page->request->mem;
    const struct field *field = asked->field;
    struct text key = field->key;
    const struct input input = {
        .name = arena_printf(mem, "field.%.*s", (int)key.size, key.data), .id = arena_printf(mem, "field-%.*s", (int)key.size, key.data),
        .label = field->labels[language_index(page)], .is_required = asked->is_required,
        .value = typed(page, sending, arena_printf(mem, "field.%.*s", (int)key.size, key.data)),
        .wrong = wrong_at(sending, arena_printf(mem, "fields.%.*s", (int)text_cut(key, 50).size, key.data)),
    };
    switch (field->type) {
    case FIELD_CHOICES: put_checks(page, &input, field, &sending->parts); break;
    case FIELD_CHOICE:
    case FIELD_BOOLEAN: put_select(page, &input, field); break;
    case FIELD_LONG_TEXT: put_lines(page, &input, 4); break;
    case FIELD_DATE: put_line(page, &input, " type=\"date\""); break;
    case FIELD_URL: put_line(page, &input, " type=\"url\" placeholder=\"https://\""); break;
    case FIELD_NUMBER: put_line(page, &input, " type=\"text\" inputmode=\"decimal\" autocomplete=\"off\""); break;
    default: put_line(page, &input, " type=\"text\" autocomplete=\"off\""); break;
    }
}

/* Without script a press of a button shows what belongs to the answers so far. */
static void put_fields(struct page *page, const struct filled_form *sending) {
    struct text key = sending->topic->key, query = page_query(page);
    bool hides = false;
    page_put(page, "<div id=\"asked\" class=\"asked\">\n");
    for (size_t i = 0; i < sending->form.count; i++) {
        if (sending->form.fields[i].is_visible) put_field(page, sending, &sending->form.fields[i]);
        else hides = true;
    }
    if (hides) {
        buffer_printf(page->out, "<noscript><button class=\"btn plain\" formnovalidate formaction=\"/request/%.*s/fields", (int)key.size, key.data);
        page_text(page, query);
        page_put(page, "\">");
        page_text(page, text_of(page_word(page, "request_refresh")));
        page_put(page, "</button></noscript>\n");
    }
    page_put(page, "</div>\n");
}

/* --- The whole ---------------------------------------------------------------------------------------------------------------- */

static void put_files(struct page *page, const struct filled_form *sending) {
    const struct error_field *wrong = wrong_at(sending, "files");
    buffer_printf(page->out, "<div class=\"field\"><label for=\"files\">%s <span class=\"hint\">%s</span></label>"
                             "<input class=\"input\" type=\"file\" id=\"files\" name=\"files\" multiple data-most=\"%d\" aria-describedby=\"files-hint%s\"%s>"
                             "<span class=\"hint\" id=\"files-hint\">", page_word(page, "request_files"), page_word(page, "request_optional"), SENT_BYTES,
                  wrong ? " files-wrong" : "", wrong ? " aria-invalid=\"true\"" : "");
    page_text(page, text_of(page_word(page, "request_files_most")));
    page_put(page, "</span>");
    buffer_printf(page->out, "<span class=\"err\" id=\"files-wrong\"%s>", wrong ? "" : " hidden");
    page_text(page, text_of(page_word(page, "files_too_many")));
    page_put(page, "</span></div>\n");
}

/* Programs fill in everything; people don't see it. */
static void put_trap(struct page *page) {
    page_put(page, "<div class=\"trap\" aria-hidden=\"true\"><label for=\"homepage\">");
    page_text(page, text_of(page_word(page, "request_trap")));
    page_put(page, "</label><input id=\"homepage\" name=\"homepage\" tabindex=\"-1\" autocomplete=\"off\"></div>\n");
}

static void put_refusal(struct page *page, const struct filled_form *sending) {
    bool has_files = false;
    if (!sending->refused) return;
    for (size_t i = 0; i < sending->parts.count; i++) has_files |= sending->parts.at[i].is_file && sending->parts.at[i].bytes.size > 0;
    page_put(page, "<div class=\"banner error\" role=\"alert\" id=\"refusal\" tabindex=\"-1\"><p>");
    page_text(page, text_of(page_word(page, sending->refused)));
    if (sending->wait) {
        page_put(page, " ");
        buffer_printf(page->out, page_word(page, "request_wait"), (int)((sending->wait + 59) / 60));
    }
    page_put(page, "</p>");
    if (has_files) buffer_printf(page->out, "<noscript><p>%s</p></noscript>", page_word(page, "request_files_again"));
    page_put(page, "</div>\n");
}

static struct input own(const struct page *page, const struct filled_form *sending, const char *name, const char *label, struct text value) {
    const struct error_field *wrong = wrong_at(sending, name);
    return (struct input){.name = name, .id = name, .label = text_of(page_word(page, label)), .value = value, .is_required = true, .wrong = wrong};
}

/* What was sent before, as long as it may be; whoever had the page open for a day, or has sent it already, need not wait again until they
 * can send it. */
static struct text stamp_for(struct page *page, const struct filled_form *sending) {
    int64_t now = page->request->tx->now;
    bool is_over = sending->is_too_old || sending->is_changed;
    if (sending->stamp.nonce.data && !is_over) return part_value(&sending->parts, "stamp");
    return stamp_make(page->request, sending->topic, sending->stamp.nonce.data ? now - MINUTE : now);
}

static void put_form(struct page *page, const struct filled_form *sending) {
    const struct input name = own(page, sending, "name", "request_name", sending->name), email = own(page, sending, "email", "request_email", sending->email);
    const struct input subject = own(page, sending, "subject", "request_subject", sending->subject),
                       matter = own(page, sending, "text", "request_text", sending->text);
    struct text key = sending->topic->key, stamp = stamp_for(page, sending);
    buffer_printf(page->out, "<form id=\"request\" method=\"post\" enctype=\"multipart/form-data\" action=\"/request/%.*s", (int)key.size, key.data);
    page_text(page, page_query(page));
    page_put(page, "\">\n<input type=\"hidden\" name=\"stamp\"");
    put_attribute(page, "value", stamp);
    page_put(page, ">\n<div class=\"two\">\n");
    put_line(page, &name, " type=\"text\" maxlength=\"200\" autocomplete=\"name\"");
    put_line(page, &email, " type=\"email\" maxlength=\"254\" autocomplete=\"email\"");
    page_put(page, "</div>\n");
    put_fields(page, sending);
    put_line(page, &subject, " type=\"text\" maxlength=\"300\" autocomplete=\"off\"");
    put_lines(page, &matter, 7);
    put_files(page, sending);
    put_trap(page);
    buffer_printf(page->out, "<div class=\"actions\"><button class=\"btn primary\">%s</button></div>\n</form>\n", page_word(page, "request_send"));
}

bool form_page(struct request *request, struct response *response, const struct filled_form *sending, struct error *err) {
    struct page page;
    const char *title = text_string(request->mem, request_form_name(sending->topic, page_language(request)));
    if (!page_begin(&page, request, response, sending->topic, title, err)) return false;
    if (sending->refused) response->status = sending->wait ? 429 : 422;
    if (sending->wait) response_header(response, request, "Retry-After", text_printf(request->mem, "%" PRId64, sending->wait));
    put_refusal(&page, sending);
    put_form(&page, sending);
    page_end(&page);
    return true;
}
