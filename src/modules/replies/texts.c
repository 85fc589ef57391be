/* The texts of a reply as its row keeps them, and the words by whose beginnings it is found. */
#include "modules/replies/replies_private.h"
#include "platform/search/plain.h"
#include "wire/html/html.h"

enum { SNIPPET = 200, WORD = 60, WORDS_SIZE = 16000 };

const char *const reply_languages[LANGUAGES] = {"de", "en", "hu"};

struct language_texts reply_read_texts(struct arena *mem, struct text json) {
    struct language_texts texts = {0};
    for (int i = 0; i < LANGUAGES; i++) {
        texts.html[i] = json_member(mem, json, reply_languages[i]);
        if (texts.html[i].data) texts.text[i] = html_to_text(mem, texts.html[i]);
    }
    return texts;
}

/* The first words in one line. */
static struct text snippet_of(struct arena *mem, struct text text) {
    struct buffer out = {.mem = mem};
    struct text rest = text, line;
    while (out.size < SNIPPET && text_next_line(&rest, &line)) {
        line = text_trim(line);
        if (out.size && line.size) buffer_add_char(&out, ' ');
        buffer_add_text(&out, line);
    }
    return text_cut(buffer_text(&out), SNIPPET);
}

void reply_write_texts(struct arena *mem, const struct language_texts *texts, struct sql_reply_row_row *row) {
    struct buffer html = {.mem = mem}, languages = {.mem = mem};
    struct json_writer htmls = json_writer(&html), list = json_writer(&languages);
    row->snippet = (struct text){0};
    json_object_begin(&htmls);
    json_array_begin(&list);
    for (int i = 0; i < LANGUAGES; i++) {
        if (!texts->html[i].data) continue;
        json_put_text(&htmls, reply_languages[i], texts->html[i]);
        json_text(&list, text_of(reply_languages[i]));
        if (!row->snippet.data) row->snippet = snippet_of(mem, texts->text[i]);
    }
    json_object_end(&htmls);
    json_array_end(&list);
    row->texts = buffer_text(&html);
    row->languages = buffer_text(&languages);
}

/* --- Finding --------------------------------------------------------------------------------------------------------- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80);
}

static bool next_word(struct text *rest, struct text *ret_word) {
    size_t from = 0, end;
    while (from < rest->size && !is_letter(rest->data[from])) from++;
    for (end = from; end < rest->size && is_letter(rest->data[end]);) end++;
    *ret_word = text_cut(text_slice(*rest, from, end - from), WORD);
    *rest = text_skip(*rest, end);
    return ret_word->size > 0;
}

static struct text folded(struct arena *mem, struct text text) {
    return text_fold(mem, search_plain(mem, text));
}

static void add_words(struct buffer *out, struct text text) {
    struct text rest = folded(out->mem, text), word;
    while (out->size < WORDS_SIZE && next_word(&rest, &word)) {
        buffer_add_char(out, ' ');
        buffer_add_text(out, word);
    }
}

void reply_write_words(struct arena *mem, struct sql_reply_row_row *row, const struct language_texts *texts) {
    struct buffer names = {.mem = mem}, words = {.mem = mem};
    add_words(&names, row->name);
    add_words(&names, row->key);
    buffer_add_text(&words, buffer_text(&names));
    add_words(&words, row->folder);
    for (int i = 0; i < LANGUAGES; i++) add_words(&words, texts->text[i]);
    row->names = buffer_text(&names);
    row->words = buffer_text(&words);
}

/* Nothing typed finds all, and no key in particular. */
void reply_patterns(struct arena *mem, struct text typed, struct sql_reply_find *in) {
    struct text rest = folded(mem, text_trim(typed)), word;
    struct text *const patterns[] = {&in->first, &in->second, &in->third, &in->fourth};
    size_t count = 0;
    in->key = text_empty(rest) ? text_of("/") : rest;
    in->key_begins = text_printf(mem, "%.*s%%", (int)in->key.size, in->key.data);
    while (count < COUNT_OF(patterns) && next_word(&rest, &word)) *patterns[count++] = text_printf(mem, "%% %.*s%%", (int)word.size, word.data);
    while (count < COUNT_OF(patterns)) *patterns[count++] = text_of("%");
}
