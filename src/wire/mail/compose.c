/* The parts of our letters and how they stand inside each other:
 * mixed ( alternative ( text, related ( html, inline images ) ), files ), each layer only where it holds two things. */
#include "base/clock.h"
#include "wire/mail/compose_private.h"
#include "wire/mail/subject.h"

#include <sodium.h>

enum { REFERENCES = 20, THREAD_INDEX = 22, THREAD_TIME = 6, BOUNDARY_BYTES = 15, LINE_LIMIT = 998 };

enum file_place { FILE_BESIDE, FILE_INSIDE }; /* behind the words; shown by the HTML */

/* A file as it will be sent. */
struct file {
    struct text name, media_type, content_id, bytes;
    enum file_place place;
    bool is_letter;  /* message/rfc822 that needs no encoding; bytes have CRLF line ends */
    bool is_unicode; /* text in UTF-8 beyond ASCII */
};

struct composing {
    struct arena *mem;
    struct buffer out;
    const struct composition *given;
    struct text text, html; /* CRLF line ends; no text when there is none */
    size_t file_count, inside_count;
    struct file *files;
    unsigned boundaries;
};

/* --- Files ------------------------------------------------------------------------------------------------------- */

static bool is_token(struct text t) {
    if (!is_printable_ascii(t)) return false;
    for (size_t i = 0; i < t.size; i++)
        if (strchr("()<>@,;:\\\"/[]?=", t.data[i])) return false;
    return true;
}

/* Lower case, without parameters. What is no media type, and what must not be encoded, becomes
 * application/octet-stream. */
static struct text media_type_clean(struct arena *mem, struct text type) {
    struct text rest = type, piece = {0};
    text_next(&rest, ';', &piece);
    piece = text_lower(mem, text_trim(piece));
    size_t slash = text_find_char(piece, '/');
    bool is_type = slash != SIZE_MAX && piece.size < 128 && is_token(text_slice(piece, 0, slash))
                   && is_token(text_skip(piece, slash + 1));
    bool is_whole = !text_starts(piece, "multipart/") && !text_starts(piece, "message/");
    return is_type && is_whole ? piece : text_of("application/octet-stream");
}

static struct text content_id_clean(struct text id) {
    if (text_starts(id, "<") && text_ends(id, ">")) id = text_slice(id, 1, id.size - 2);
    bool is_fine = is_printable_ascii(id) && id.size < HEADER_COLUMNS * 3;
    for (size_t i = 0; is_fine && i < id.size; i++) is_fine = !strchr("<>\"\\()", id.data[i]);
    return is_fine ? id : (struct text){0};
}

static bool html_shows(struct arena *mem, struct text html, struct text content_id) {
    struct text link = text_printf(mem, "cid:%.*s", (int)content_id.size, content_id.data ? content_id.data : "");
    return !text_empty(content_id) && text_find(html, link) != SIZE_MAX;
}

static bool is_beyond_ascii(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] >= 0x80) return true;
    return false;
}

static struct file file_prepare(struct arena *mem, struct text html, const struct compose_file *given) {
    struct file file = {.name = given->name, .bytes = given->bytes};
    file.media_type = media_type_clean(mem, given->media_type);
    file.content_id = content_id_clean(given->content_id);
    if (given->is_inline && html_shows(mem, html, file.content_id)) file.place = FILE_INSIDE;
    file.is_unicode = text_starts(file.media_type, "text/") && is_beyond_ascii(file.bytes) && text_is_utf8(file.bytes);
    if (!text_is_nocase(text_trim(given->media_type), "message/rfc822")) return file;
    struct text lines = body_lines(mem, given->bytes);
    file.is_letter = body_is_7bit(lines, LINE_LIMIT);
    if (file.is_letter) file.media_type = text_of("message/rfc822"), file.bytes = lines;
    return file;
}

static void files_prepare(struct composing *composing) {
    const struct composition *given = composing->given;
    composing->files = arena_array(composing->mem, given->file_count, sizeof *composing->files);
    composing->file_count = given->file_count;
    for (size_t i = 0; i < given->file_count; i++) {
        composing->files[i] = file_prepare(composing->mem, given->html, &given->files[i]);
        composing->inside_count += composing->files[i].place == FILE_INSIDE;
    }
}

/* --- Parts ------------------------------------------------------------------------------------------------------- */

static struct text boundary_try(struct composing *composing) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[BOUNDARY_BYTES * 2 + 1];
    struct text id = composing->given->message_id;
    struct text seed = text_printf(composing->mem, "%u %.*s", composing->boundaries++, (int)id.size, id.data);
    crypto_hash_sha256(hash, (const unsigned char *)seed.data, seed.size);
    sodium_bin2hex(hex, sizeof hex, hash, BOUNDARY_BYTES);
    return text_printf(composing->mem, "=_%s", hex);
}

static bool boundary_occurs(const struct composing *composing, struct text boundary) {
    bool occurs = text_find(composing->text, boundary) != SIZE_MAX || text_find(composing->html, boundary) != SIZE_MAX;
    for (size_t i = 0; i < composing->file_count; i++)
        occurs |= composing->files[i].is_letter && text_find(composing->files[i].bytes, boundary) != SIZE_MAX;
    return occurs;
}

static struct text boundary_make(struct composing *composing) {
    struct text boundary = boundary_try(composing);
    while (boundary_occurs(composing, boundary)) boundary = boundary_try(composing);
    return boundary;
}

static struct text multipart_begin(struct composing *composing, const char *type, const char *inner_type) {
    struct text boundary = boundary_make(composing);
    struct header header = header_begin(&composing->out, "Content-Type");
    header_token(&header, text_of(type));
    header_param(&header, "type", text_of(inner_type), PARAM_RFC2231);
    header_param(&header, "boundary", boundary, PARAM_RFC2231);
    header_end(&header);
    return boundary;
}

static void multipart_next(struct composing *composing, struct text boundary) {
    buffer_printf(&composing->out, "\r\n--%.*s\r\n", (int)boundary.size, boundary.data);
}

static void multipart_end(struct composing *composing, struct text boundary) {
    buffer_printf(&composing->out, "\r\n--%.*s--\r\n", (int)boundary.size, boundary.data);
}

static void text_write(struct composing *composing, const char *type, struct text lines) {
    buffer_printf(&composing->out, "Content-Type: %s; charset=utf-8\r\n", type);
    body_write_text(&composing->out, lines);
}

static void file_headers_write(struct composing *composing, const struct file *file) {
    struct header type = header_begin(&composing->out, "Content-Type");
    header_token(&type, file->media_type);
    if (file->is_unicode) header_param(&type, "charset", text_of("utf-8"), PARAM_RFC2231);
    header_param(&type, "name", file->name, PARAM_WORDS);
    header_end(&type);
    struct header disposition = header_begin(&composing->out, "Content-Disposition");
    header_token(&disposition, text_of(file->place == FILE_INSIDE ? "inline" : "attachment"));
    header_param(&disposition, "filename", file->name, PARAM_RFC2231);
    header_end(&disposition);
    if (file->place == FILE_INSIDE)
        buffer_printf(&composing->out, "Content-ID: <%.*s>\r\n", (int)file->content_id.size, file->content_id.data);
}

static void file_write(struct composing *composing, const struct file *file) {
    file_headers_write(composing, file);
    if (!file->is_letter) {
        body_write_base64(&composing->out, file->bytes);
        return;
    }
    buffer_add_string(&composing->out, "Content-Transfer-Encoding: 7bit\r\n\r\n");
    buffer_add_text(&composing->out, file->bytes);
}

static void files_write(struct composing *composing, struct text boundary, enum file_place place) {
    for (size_t i = 0; i < composing->file_count; i++) {
        if (composing->files[i].place != place) continue;
        multipart_next(composing, boundary);
        file_write(composing, &composing->files[i]);
    }
}

static void related_write(struct composing *composing) {
    if (composing->inside_count == 0) {
        text_write(composing, "text/html", composing->html);
        return;
    }
    struct text boundary = multipart_begin(composing, "multipart/related", "text/html");
    multipart_next(composing, boundary);
    text_write(composing, "text/html", composing->html);
    files_write(composing, boundary, FILE_INSIDE);
    multipart_end(composing, boundary);
}

static void alternative_write(struct composing *composing) {
    if (!composing->html.data) {
        text_write(composing, "text/plain", composing->text);
    } else if (text_empty(composing->text)) {
        related_write(composing);
    } else {
        struct text boundary = multipart_begin(composing, "multipart/alternative", "");
        multipart_next(composing, boundary);
        text_write(composing, "text/plain", composing->text);
        multipart_next(composing, boundary);
        related_write(composing);
        multipart_end(composing, boundary);
    }
}

static void mixed_write(struct composing *composing) {
    if (composing->file_count == composing->inside_count) {
        alternative_write(composing);
        return;
    }
    struct text boundary = multipart_begin(composing, "multipart/mixed", "");
    multipart_next(composing, boundary);
    alternative_write(composing);
    files_write(composing, boundary, FILE_BESIDE);
    multipart_end(composing, boundary);
}

/* --- Headers ----------------------------------------------------------------------------------------------------- */

static struct text language_clean(struct text language) {
    return is_alnum_or(language, "-") && language.size <= 35 ? language : (struct text){0};
}

static void date_write(struct composing *composing) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(composing->given->date_at / SECOND);
    struct tm tm;
    if (composing->given->date_at <= 0 || !gmtime_r(&seconds, &tm)) return;
    buffer_printf(&composing->out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday], tm.tm_mday,
                  months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Gmail goes by the first and Outlook by the last: what is left out is in between. */
static void references_write(struct composing *composing) {
    struct mail_texts all = composing->given->references;
    struct text *kept = arena_array(composing->mem, REFERENCES, sizeof *kept);
    size_t left_out = all.count > REFERENCES ? all.count - REFERENCES : 0, count = 0;
    for (size_t i = 0; i < all.count; i++)
        if (i == 0 || i > left_out) kept[count++] = all.at[i];
    header_write_ids(&composing->out, "References", (struct mail_texts){count, kept});
}

/* [MS-OXOMSG] 2.2.1.3: the upper bytes of the FILETIME, then what Outlook knows the thread by. */
static void thread_write(struct composing *composing) {
    static const uint64_t ticks_1601_to_1970 = 116444736000000000;
    const struct composition *given = composing->given;
    unsigned char index[THREAD_INDEX], hash[crypto_hash_sha256_BYTES];
    char base64[THREAD_INDEX * 2];
    struct text subject = header_clean(composing->mem, given->subject);
    header_write_text(&composing->out, "Thread-Topic", subject_plain(subject, NULL));
    if (text_empty(given->thread_key)) return;
    uint64_t ticks = (uint64_t)given->date_at * 10 + ticks_1601_to_1970;
    for (unsigned i = 0; i < THREAD_TIME; i++) index[i] = (unsigned char)(ticks >> (56 - 8 * i));
    crypto_hash_sha256(hash, (const unsigned char *)given->thread_key.data, given->thread_key.size);
    memcpy(index + THREAD_TIME, hash, THREAD_INDEX - THREAD_TIME);
    sodium_bin2base64(base64, sizeof base64, index, sizeof index, sodium_base64_VARIANT_ORIGINAL);
    buffer_printf(&composing->out, "Thread-Index: %s\r\n", base64);
}

static void people_write(struct composing *composing) {
    const struct composition *given = composing->given;
    struct buffer *out = &composing->out;
    header_write_addresses(out, "From", (struct mail_addresses){1, &given->from});
    header_write_addresses(out, "Reply-To", (struct mail_addresses){1, &given->reply_to});
    bool has_to = header_write_addresses(out, "To", given->to);
    bool has_cc = header_write_addresses(out, "Cc", given->cc);
    if (!has_to && !has_cc) buffer_add_string(out, "To: undisclosed-recipients:;\r\n");
}

static void headers_write(struct composing *composing) {
    const struct composition *given = composing->given;
    struct buffer *out = &composing->out;
    people_write(composing);
    header_write_text(out, "Subject", given->subject);
    date_write(composing);
    header_write_ids(out, "Message-ID", (struct mail_texts){1, &given->message_id});
    header_write_ids(out, "In-Reply-To", (struct mail_texts){1, &given->in_reply_to});
    references_write(composing);
    thread_write(composing);
    if (given->is_automatic)
        buffer_add_string(out, "Auto-Submitted: auto-replied\r\nX-Auto-Response-Suppress: All\r\nPrecedence: bulk\r\n");
    header_write_tokens(out, "X-Theke-Loop", given->loop_mark);
    header_write_tokens(out, "Content-Language", language_clean(given->language));
    buffer_add_string(out, "MIME-Version: 1.0\r\n");
}

/* --- The letter -------------------------------------------------------------------------------------------------- */

static struct text html_document(struct arena *mem, struct text fragment, struct text language) {
    struct buffer out = {.mem = mem};
    buffer_add_string(&out, "<!DOCTYPE html>\n<html");
    if (!text_empty(language)) buffer_printf(&out, " lang=\"%.*s\"", (int)language.size, language.data);
    buffer_add_string(&out, "><head><meta charset=\"utf-8\"></head>\n<body>\n");
    buffer_add_text(&out, text_make_utf8(mem, fragment));
    buffer_add_string(&out, "\n</body></html>\n");
    return body_lines(mem, buffer_text(&out));
}

struct text compose_letter(struct arena *mem, const struct composition *given) {
    struct composing composing = {.mem = mem, .given = given, .out = {.mem = mem}};
    composing.text = body_lines(mem, text_make_utf8(mem, given->text));
    if (!text_empty(given->html)) composing.html = html_document(mem, given->html, language_clean(given->language));
    files_prepare(&composing);
    headers_write(&composing);
    mixed_write(&composing);
    return buffer_text(&composing.out);
}
