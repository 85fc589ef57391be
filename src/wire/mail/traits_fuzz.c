/* Letters of strangers and their traits: few, short, each once, and the same again. */
#include "wire/mail/mime.h"
#include "wire/mail/traits.h"

#include <stdlib.h>

static void check(const struct traits *traits) {
    if (traits->count > TRAITS_MOST) abort();
    for (size_t i = 0; i < traits->count; i++) {
        if (!traits->at[i].word.size || traits->at[i].word.size > 200 || !traits->at[i].key || !text_is_utf8(traits->at[i].word)) abort();
        for (size_t j = 0; j < i; j++)
            if (traits->at[i].key == traits->at[j].key) abort();
    }
}

static void check_same(struct arena *mem, const struct traits_source *source) {
    struct traits first, second;
    traits_of(mem, source, &first);
    traits_of(mem, source, &second);
    check(&first);
    if (first.count != second.count) abort();
    for (size_t i = 0; i < first.count; i++)
        if (first.at[i].key != second.at[i].key) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text raw = text_from((const char *)data, size), plain = text_make_utf8(&mem, raw);
    const struct letter *letter;
    struct error err = {0};
    mail_start();
    check_same(&mem, &(struct traits_source){.from_name = plain, .from_address = plain, .subject = plain, .text = plain, .html = plain});
    if (!mail_parse(&mem, raw, NULL, &letter, &err)) return 0;
    struct mail_address from = letter->from.count ? letter->from.at[0] : (struct mail_address){0};
    check_same(&mem, &(struct traits_source){.from_name = from.name, .from_address = from.address, .subject = letter->subject, .text = letter->text,
                                             .html = letter->html, .letter = letter});
    return 0;
}
