#include "wire/net/imap_private.h"

enum { QUOTED_SIZE = 1000 };

struct imap_command imap_command(struct arena *mem, struct text tag, const char *words, bool literal_plus) {
    struct imap_command command = {.out = {.mem = mem}, .literal_plus = literal_plus};
    buffer_add_text(&command.out, tag);
    imap_add_words(&command, words);
    return command;
}

void imap_add_words(struct imap_command *command, const char *words) {
    buffer_add_char(&command->out, ' ');
    buffer_add_string(&command->out, words);
}

static bool can_be_quoted(struct text value) {
    if (value.size > QUOTED_SIZE) return false;
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] < ' ' || (unsigned char)value.data[i] >= 0x7F) return false;
    return true;
}

static void add_quoted(struct imap_command *command, struct text value) {
    buffer_add_char(&command->out, '"');
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '"' || value.data[i] == '\\') buffer_add_char(&command->out, '\\');
        buffer_add_char(&command->out, value.data[i]);
    }
    buffer_add_char(&command->out, '"');
}

static void add_literal(struct imap_command *command, struct text value) {
    buffer_printf(&command->out, "{%zu%s}\r\n", value.size, command->literal_plus ? "+" : "");
    if (!command->literal_plus) {
        if (command->part_count + 1 < COUNT_OF(command->ends)) command->ends[command->part_count++] = command->out.size;
        else command->failed = true;
    }
    buffer_add_text(&command->out, value);
}

void imap_add_string(struct imap_command *command, struct text value) {
    buffer_add_char(&command->out, ' ');
    if (value.size > 0 && memchr(value.data, 0, value.size)) command->failed = true;
    else if (can_be_quoted(value)) add_quoted(command, value);
    else add_literal(command, value);
}

void imap_add_mailbox(struct imap_command *command, struct text name) {
    imap_add_string(command, imap_name_encode(command->out.mem, name));
}

void imap_add_number(struct imap_command *command, uint64_t number) {
    buffer_printf(&command->out, " %" PRIu64, number);
}

void imap_add_set(struct imap_command *command, const uint32_t *numbers, size_t count) {
    if (count == 0) command->failed = true;
    for (size_t i = 0, end; i < count; i = end + 1) {
        for (end = i; end + 1 < count && numbers[end + 1] == numbers[end] + 1;) end++;
        buffer_printf(&command->out, "%c%" PRIu32, i == 0 ? ' ' : ',', numbers[i]);
        if (end > i) buffer_printf(&command->out, ":%" PRIu32, numbers[end]);
    }
}

void imap_end(struct imap_command *command) {
    buffer_add_string(&command->out, "\r\n");
    command->ends[command->part_count++] = command->out.size;
}

struct text imap_part(struct imap_command *command, size_t part) {
    size_t from = part > 0 ? command->ends[part - 1] : 0;
    return text_slice(buffer_text(&command->out), from, command->ends[part] - from);
}

static struct text base64(struct arena *mem, struct text t) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) bits = bits << 8 | (i + k < t.size ? (unsigned char)t.data[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            buffer_add_char(&out, i + k <= t.size ? letters[bits >> (18 - 6 * k) & 63] : '=');
    }
    return buffer_text(&out);
}

struct text imap_xoauth2(struct arena *mem, struct text user, struct text token) {
    return base64(mem, text_printf(mem, "user=%.*s\1auth=Bearer %.*s\1\1", (int)user.size, user.data, (int)token.size,
                                   token.data));
}

struct text imap_plain(struct arena *mem, struct text user, struct text password) {
    struct buffer out = {.mem = mem};
    buffer_add_char(&out, '\0');
    buffer_add_text(&out, user);
    buffer_add_char(&out, '\0');
    buffer_add_text(&out, password);
    return base64(mem, buffer_text(&out));
}
