#include "wire/net/imap_private.h"

static bool number_of(struct text t, uint64_t limit, uint64_t *ret) {
    int64_t number;
    if (t.size == 0 || t.data[0] == '-' || !text_to_int(t, &number) || (uint64_t)number > limit) return false;
    *ret = (uint64_t)number;
    return true;
}

static bool note_code(const struct imap_response *response, const char *code, uint32_t *field) {
    uint64_t number;
    if (!text_is_nocase(response->code, code) || !response->code_values) return false;
    if (!number_of(response->code_values->text, UINT32_MAX, &number)) return false;
    *field = (uint32_t)number;
    return true;
}

bool imap_mailbox_note(struct imap_mailbox *mailbox, const struct imap_response *response) {
    if (response->kind == IMAP_UNTAGGED && response->has_number && text_is_nocase(response->name, "EXISTS")) {
        mailbox->exists = response->number;
        return true;
    }
    if (response->kind == IMAP_UNTAGGED && response->has_number && text_is_nocase(response->name, "EXPUNGE")) {
        mailbox->exists -= mailbox->exists > 0;
        return true;
    }
    if (response->status != IMAP_OK) return false;
    bool read_only = text_is_nocase(response->code, "READ-ONLY");
    bool writable = text_is_nocase(response->code, "READ-WRITE");
    if (read_only || writable) mailbox->read_only = read_only;
    return note_code(response, "UIDVALIDITY", &mailbox->uid_validity)
           || note_code(response, "UIDNEXT", &mailbox->uid_next) || note_code(response, "UNSEEN", &mailbox->unseen)
           || read_only || writable;
}

bool imap_search_read(struct arena *mem, const struct imap_response *response, uint32_t **ret_numbers,
                      size_t *ret_count) {
    if (response->kind != IMAP_UNTAGGED || !text_is_nocase(response->name, "SEARCH")) return false;
    struct text rest = response->rest, word;
    uint32_t *numbers = arena_array(mem, rest.size / 2 + 1, sizeof *numbers);
    size_t count = 0;
    uint64_t number;
    while (text_next(&rest, ' ', &word)) {
        if (text_empty(word)) continue;
        if (text_starts(word, "(")) break; /* "(MODSEQ 917)" ends the list (RFC 7162) */
        if (!number_of(word, UINT32_MAX, &number) || number == 0) return false;
        numbers[count++] = (uint32_t)number;
    }
    *ret_numbers = numbers;
    *ret_count = count;
    return true;
}

static void read_flags(struct imap_fetch *fetch, const struct imap_value *value) {
    fetch->flags = value->first;
    for (const struct imap_value *flag = value->first; flag; flag = flag->next) {
        if (text_is_nocase(flag->text, "\\Seen")) fetch->seen = true;
        if (text_is_nocase(flag->text, "\\Deleted")) fetch->deleted = true;
    }
}

static bool read_item(struct imap_fetch *fetch, struct text name, const struct imap_value *value) {
    uint64_t uid;
    if (text_is_nocase(name, "UID")) {
        if (!number_of(value->text, UINT32_MAX, &uid)) return false;
        fetch->uid = (uint32_t)uid;
    } else if (text_is_nocase(name, "RFC822.SIZE")) {
        return number_of(value->text, INT64_MAX, &fetch->size);
    } else if (text_is_nocase(name, "INTERNALDATE")) {
        fetch->internal_date = value->text;
    } else if (text_is_nocase(name, "FLAGS")) {
        read_flags(fetch, value);
    } else if (text_starts_nocase(name, "BODY[")) {
        fetch->has_body = value->kind == IMAP_STREAMED || value->kind == IMAP_STRING;
        if (fetch->has_body) fetch->body = value->text;
    }
    return true;
}

bool imap_fetch_read(const struct imap_response *response, struct imap_fetch *ret) {
    if (response->kind != IMAP_UNTAGGED || !response->has_number) return false;
    if (!text_is_nocase(response->name, "FETCH")) return false;
    if (!response->values || response->values->kind != IMAP_LIST) return false;
    struct imap_fetch fetch = {.sequence = response->number};
    for (const struct imap_value *name = response->values->first; name; name = name->next->next) {
        if (name->kind != IMAP_ATOM || !name->next) return false;
        if (!read_item(&fetch, name->text, name->next)) return false;
    }
    *ret = fetch;
    return true;
}

static bool is_special(struct text flag) {
    static const char *const uses[] = {"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"};
    for (size_t i = 0; i < COUNT_OF(uses); i++)
        if (text_is_nocase(flag, uses[i])) return true;
    return false;
}

bool imap_folder_read(struct arena *mem, const struct imap_response *response, struct imap_folder *ret) {
    const struct imap_value *flags = response->values;
    if (response->kind != IMAP_UNTAGGED || !text_is_nocase(response->name, "LIST")) return false;
    if (!flags || flags->kind != IMAP_LIST || !flags->next || !flags->next->next) return false;
    const struct imap_value *delimiter = flags->next, *name = delimiter->next;
    if (name->kind == IMAP_LIST || name->kind == IMAP_STREAMED) return false;
    struct imap_folder folder = {.selectable = true, .raw_name = text_copy(mem, name->text)};
    if (delimiter->kind == IMAP_STRING && delimiter->text.size == 1) folder.delimiter = delimiter->text.data[0];
    for (const struct imap_value *flag = flags->first; flag; flag = flag->next) {
        if (text_is_nocase(flag->text, "\\Noselect") || text_is_nocase(flag->text, "\\NonExistent"))
            folder.selectable = false;
        if (is_special(flag->text)) folder.special = text_copy(mem, flag->text);
    }
    if (!imap_name_decode(mem, folder.raw_name, &folder.name)) folder.name = text_make_utf8(mem, folder.raw_name);
    *ret = folder;
    return true;
}

bool imap_has_capability(const struct imap_response *response, const char *capability) {
    const struct imap_value *value = NULL;
    if (text_is_nocase(response->name, "CAPABILITY")) value = response->values;
    else if (text_is_nocase(response->code, "CAPABILITY")) value = response->code_values;
    for (; value; value = value->next)
        if (text_is_nocase(value->text, capability)) return true;
    return false;
}
