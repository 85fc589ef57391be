#include "platform/search/lexemes.h"

#include "platform/search/plain.h"
#include "platform/search/tokenizer.h"

enum { WORD_MOST = 1000, PLACES_MOST = 255, LAST_PLACE = 16383 }; /* PostgreSQL's own limits, but the first, which is 2046 */

static void add_quoted(struct buffer *out, struct text word) {
    buffer_add_char(out, '\'');
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] == '\'' || word.data[i] == '\\') buffer_add_char(out, word.data[i]);
        buffer_add_char(out, word.data[i]);
    }
    buffer_add_char(out, '\'');
}

/* --- Documents ------------------------------------------------------------------------------------------------------------- */

struct lexeme {
    uint64_t hash;
    struct text word; /* no data: the slot is free */
    struct buffer places;
    int count;
};

struct document {
    struct arena *mem;
    struct lexeme *slots;
    size_t room, used; /* room is a power of two */
    size_t size, limit;
    int place;
    char weight;
};

static uint64_t hash_of(struct text word) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < word.size; i++) hash = (hash ^ (unsigned char)word.data[i]) * 1099511628211u;
    return hash;
}

static struct lexeme *slot_of(const struct document *document, uint64_t hash, struct text word) {
    size_t i = hash & (document->room - 1);
    while (document->slots[i].word.data && !(document->slots[i].hash == hash && text_equal(document->slots[i].word, word)))
        i = (i + 1) & (document->room - 1);
    return &document->slots[i];
}

static void grow(struct document *document) {
    struct document before = *document;
    document->room = before.room ? before.room * 2 : 512;
    document->slots = arena_array(document->mem, document->room, sizeof *document->slots);
    memset(document->slots, 0, document->room * sizeof *document->slots);
    for (size_t i = 0; i < before.room; i++)
        if (before.slots[i].word.data) *slot_of(document, before.slots[i].hash, before.slots[i].word) = before.slots[i];
}

static void add_place(struct document *document, struct lexeme *lexeme) {
    char digits[8];
    int place = document->place < LAST_PLACE ? document->place : LAST_PLACE, size = 0;
    if (lexeme->count++) buffer_add_char(&lexeme->places, ',');
    for (; place > 0; place /= 10) digits[size++] = (char)('0' + place % 10);
    while (size > 0) buffer_add_char(&lexeme->places, digits[--size]);
    if (document->weight != 'D') buffer_add_char(&lexeme->places, document->weight);
    document->size += 2;
}

static bool index_word(void *context, struct text word, bool is_stem) {
    struct document *document = context;
    uint64_t hash = hash_of(word);
    if (!is_stem) document->place++;
    if (word.size > WORD_MOST) return true;
    if ((document->used + 1) * 2 > document->room) grow(document);
    struct lexeme *lexeme = slot_of(document, hash, word);
    size_t more = lexeme->word.data ? 2 : word.size + 8; /* with its place in the list and what aligns it */
    if (document->size + more > document->limit) return false;
    if (!lexeme->word.data) {
        *lexeme = (struct lexeme){.hash = hash, .word = text_copy(document->mem, word), .places = {.mem = document->mem}};
        document->used++;
        document->size += word.size + 6;
    }
    if (lexeme->count < PLACES_MOST) add_place(document, lexeme);
    return true;
}

struct text search_document(struct arena *mem, struct text text, char weight, size_t size) {
    struct document document = {.mem = mem, .weight = weight, .limit = size};
    struct buffer out = {.mem = mem};
    tokenizer_words(search_plain(mem, text), true, index_word, &document);
    for (size_t i = 0; i < document.room; i++) {
        struct lexeme *lexeme = &document.slots[i];
        if (!lexeme->word.data) continue;
        if (out.size) buffer_add_char(&out, ' ');
        add_quoted(&out, lexeme->word);
        buffer_add_char(&out, ':');
        buffer_add_text(&out, buffer_text(&lexeme->places));
    }
    return out.size ? buffer_text(&out) : text_of("");
}

/* --- Questions ------------------------------------------------------------------------------------------------------------- */

struct question {
    struct buffer out;
    struct text last;
    bool stems;
};

static bool ask_word(void *context, struct text word, bool is_stem) {
    struct question *question = context;
    if (word.size > WORD_MOST || (is_stem && !question->stems)) return true;
    if (!is_stem) {
        buffer_add_string(&question->out, question->out.size ? ") <-> (" : "(");
        question->last = text_copy(question->out.mem, word);
    } else {
        buffer_add_string(&question->out, " | ");
    }
    add_quoted(&question->out, word);
    return true;
}

struct text search_question(struct arena *mem, struct text words, bool stems, bool prefix) {
    struct question question = {.out = {.mem = mem}, .stems = stems};
    tokenizer_words(search_plain(mem, words), false, ask_word, &question);
    if (!question.out.size) return text_of("");
    if (prefix) {
        buffer_add_string(&question.out, " | ");
        add_quoted(&question.out, question.last);
        buffer_add_string(&question.out, ":*");
    }
    buffer_add_char(&question.out, ')');
    return buffer_text(&question.out);
}
