/* Understanding a letter before the store is asked: its parts, its words, who really speaks. */
#include "channels/intake/intake_private.h"
#include "wire/mail/reply.h"
#include "wire/mail/traits.h"

/* References and In-Reply-To as one list, oldest first, each once. */
static struct json_list all_references(struct arena *mem, const struct letter *letter) {
    struct text *at = arena_array(mem, letter->references.count + letter->in_reply_to.count + 1, sizeof *at);
    size_t count = 0;
    for (size_t i = 0; i < letter->references.count; i++) at[count++] = letter->references.at[i];
    for (size_t i = 0; i < letter->in_reply_to.count; i++) {
        bool known = false;
        for (size_t j = 0; j < count; j++) known = known || text_equal(at[j], letter->in_reply_to.at[i]);
        if (!known) at[count++] = letter->in_reply_to.at[i];
    }
    return (struct json_list){count, at};
}

static struct text extension_of(struct text media_type) {
    static const struct {
        const char *type, *extension;
    } known[] = {{"image/jpeg", ".jpg"}, {"image/png", ".png"},       {"image/gif", ".gif"},     {"application/pdf", ".pdf"},
                 {"text/calendar", ".ics"}, {"text/plain", ".txt"},   {"text/html", ".html"},    {"text/csv", ".csv"},
                 {"text/vcard", ".vcf"}, {"message/rfc822", ".eml"},  {"application/zip", ".zip"}, {"audio/mpeg", ".mp3"},
                 {"message/delivery-status", ".txt"}, {"text/rfc822-headers", ".txt"}, {"application/pgp-signature", ".asc"}};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_is(media_type, known[i].type)) return text_of(known[i].extension);
    return text_of("");
}

static struct text file_name(struct arena *mem, const struct mail_part *part, size_t position) {
    if (part->name.size) return file_name_safe(mem, part->name);
    struct text extension = extension_of(part->media_type);
    if (text_is(part->media_type, "text/calendar")) return text_of("invite.ics");
    return text_printf(mem, "%s-%zu%.*s", part->is_inline ? "image" : "attachment", position + 1, (int)extension.size, extension.data);
}

/* The content decides, except where it only says "some text" or "some bytes" and the sender knows better. */
static struct text media_type(struct arena *mem, const struct mail_part *part, const char *sniffed) {
    struct text by_content = text_of(sniffed);
    bool vague = text_is(by_content, "text/plain") || text_is(by_content, "application/octet-stream") || text_is(by_content, "application/zip")
                 || text_is(by_content, "inode/x-empty") || text_is(by_content, "application/x-empty");
    bool useful = part->media_type.size && !text_is(part->media_type, "application/octet-stream") && !text_is(part->media_type, "text/html");
    bool harmless = text_starts(part->media_type, "text/") || text_starts(part->media_type, "message/")
                    || text_starts(part->media_type, "application/");
    if (vague && useful && harmless) return text_copy(mem, text_cut(part->media_type, 95));
    return text_copy(mem, by_content);
}

static bool keep_files(const struct intake_options *options, struct arena *mem, const struct letter *letter, struct message_file **ret_files,
                       struct error *err) {
    struct message_file *files = arena_array(mem, letter->part_count, sizeof *files);
    for (size_t i = 0; i < letter->part_count; i++) {
        const struct mail_part *part = &letter->parts[i];
        struct stored_file stored;
        if (!file_put(options->files, part->bytes, &stored, err)) return error_context(err, "keeping an attachment");
        files[i] = (struct message_file){.hash = text_copy(mem, text_of(stored.hash)), .name = file_name(mem, part, i),
                                         .media_type = media_type(mem, part, stored.media_type), .size = stored.size,
                                         .content_id = part->content_id.size ? part->content_id : (struct text){0},
                                         .is_inline = part->is_inline};
    }
    *ret_files = files;
    return true;
}

/* HTML too large or too wild to keep leaves the text, which is always there. */
static bool clean_html(struct arena *mem, const struct letter *letter, struct html_result *ret_html) {
    struct error err = {0};
    return letter->html.data && html_sanitize(mem, letter->html, &(struct html_policy){.inline_prefix = "cid:"}, ret_html, &err);
}

/* What is shown of the letter, and of the one it may hand on. */
static bool keep_content(const struct intake_options *options, struct arena *mem, struct prepared *out, struct error *err) {
    out->has_html = clean_html(mem, out->letter, &out->html);
    out->file_count = out->letter->part_count;
    if (!keep_files(options, mem, out->letter, &out->files, err)) return false;
    if (!out->inner) return true;
    out->has_inner_html = clean_html(mem, out->inner, &out->inner_html);
    out->inner_references = all_references(mem, out->inner);
    out->inner_file_count = out->inner->part_count;
    return keep_files(options, mem, out->inner, &out->inner_files, err);
}

/* The letter that is attached as a whole, when it is the only one. */
static const struct letter *attached_letter(struct arena *mem, const struct letter *letter) {
    const struct mail_part *attached = NULL;
    const struct letter *inner;
    struct error err = {0};
    for (size_t i = 0; i < letter->part_count; i++) {
        if (!text_is(letter->parts[i].media_type, "message/rfc822")) continue;
        if (attached) return NULL;
        attached = &letter->parts[i];
    }
    bool read = attached && mail_parse(mem, attached->bytes, NULL, &inner, &err);
    return read && inner->from.count ? inner : NULL;
}

static bool read_raw(const struct intake_options *options, struct arena *mem, const struct mail_row *row, struct text *ret_raw,
                     struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    return store_read(options->store, &tx, err) && mail_get(options->files, &tx, mem, row->raw_hash, ret_raw, err);
}

/* Outside the writer's thread, since it looks up some hundred words. What a report says is not weighed. */
static bool weigh_letter(const struct intake_options *options, struct arena *mem, struct prepared *out, struct error *err) {
    SCOPED(tx_end) struct tx tx = {0};
    const struct letter *letter = out->letter;
    struct mail_address from = letter->from.count ? letter->from.at[0] : (struct mail_address){0};
    const struct traits_source source = {.from_name = from.name, .from_address = from.address, .subject = letter->subject, .text = letter->text,
                                         .html = letter->html, .letter = letter};
    if (out->report.kind != REPORT_NONE) return true;
    return store_read(options->store, &tx, err) && spam_weigh(&tx, mem, &source, &out->weighing, err);
}

bool letter_prepare(const struct intake_options *options, struct arena *mem, const struct mail_row *row, struct prepared *ret_prepared,
                    struct error *err) {
    struct prepared out = {0};
    struct text raw;
    bool forward_mark;
    if (!read_raw(options, mem, row, &raw, err)) return false;
    if (!mail_parse(mem, raw, &(struct mail_limits){.size = options->mail_limit}, &out.letter, err)) return false;
    const struct letter *letter = out.letter;
    struct text plain = subject_plain(letter->subject, &forward_mark);
    out.references = all_references(mem, letter);
    out.is_reply = !forward_mark && (out.references.count > 0 || plain.size < text_trim(letter->subject).size);
    out.automatic = mail_automatic_of(mem, letter, row->sender);
    out.report = mail_report_of(mem, letter, row->sender);
    out.may_forward = forward_mark || !out.is_reply;
    out.inner = attached_letter(mem, letter);
    out.full = letter->text;
    out.visible = (forward_mark ? reply_split_forward(mem, letter->text) : reply_split(mem, letter->text, out.is_reply)).visible;
    if (!keep_content(options, mem, &out, err) || !weigh_letter(options, mem, &out, err)) return false;
    *ret_prepared = out;
    return true;
}
