#include "platform/files/files.h"

#include "base/clock.h"
#include "tests/store.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct shop {
    char folder[64];
    struct files *files;
};

static struct shop open_shop(void) {
    struct shop shop = {.folder = "/tmp/theke-files-XXXXXX"};
    struct error err = {0};
    if (!mkdtemp(shop.folder)) abort();
    EXPECT_OK(files_open(shop.folder, &shop.files, &err), err);
    return shop;
}

static void close_shop(struct shop *shop) {
    char command[128];
    files_close(shop->files);
    snprintf(command, sizeof command, "rm -rf '%s'", shop->folder);
    EXPECT_INT(system(command), 0);
}

static bool exists(const struct shop *shop, const char *kind, const char *hash, const char *suffix) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s/%.2s/%s%s", shop->folder, kind, hash, hash + 2, suffix);
    return access(path, R_OK) == 0;
}

TEST(a_file_is_kept_once_under_its_content) {
    SCOPED(close_shop) struct shop shop = open_shop();
    SCOPED(arena_free) struct arena mem = {0};
    struct stored_file first, second;
    struct error err = {0};
    struct text back;
    EXPECT_OK(file_put(shop.files, text_of("abc"), &first, &err), err);
    EXPECT_OK(file_put(shop.files, text_of("abc"), &second, &err), err);
    /* FIPS 180-2, B.1 */
    EXPECT_TEXT(text_of(first.hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_TEXT(text_of(second.hash), first.hash);
    EXPECT_INT(first.size, 3);
    EXPECT(exists(&shop, "files", first.hash, ""));
    EXPECT_OK(file_read(shop.files, &mem, text_of(first.hash), 100, &back, &err), err);
    EXPECT_TEXT(back, "abc");
    EXPECT(!file_read(shop.files, &mem, text_of(first.hash), 2, &back, &err));
    EXPECT_INT(err.code, ERR_TOO_LARGE);
}

TEST(large_files_are_streamed_within_their_limit) {
    SCOPED(close_shop) struct shop shop = open_shop();
    char path[100];
    struct stored_file stored;
    struct error err = {0};
    int64_t size = 0;
    int fd = -1;
    snprintf(path, sizeof path, "%s/large", shop.folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; file && i < 30000; i++) fprintf(file, "line %d\n", i);
    if (file) fclose(file);
    EXPECT_OK(file_put_path(shop.files, path, 0, &stored, &err), err);
    EXPECT_TEXT(text_of(stored.media_type), "text/plain");
    EXPECT_OK(file_open(shop.files, text_of(stored.hash), &fd, &size, &err), err);
    EXPECT_INT(size, stored.size);
    close(fd);
    EXPECT(!file_put_path(shop.files, path, 1000, &stored, &err));
    EXPECT_INT(err.code, ERR_TOO_LARGE);
    char command[200];
    snprintf(command, sizeof command, "ls %s/files | grep -q new-", shop.folder);
    EXPECT(system(command) != 0);
}

TEST(what_is_no_hash_is_not_found) {
    SCOPED(close_shop) struct shop shop = open_shop();
    static const char *const names[] = {"", "../../etc/passwd",
                                        "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct error err = {0};
        int64_t size = 0;
        int fd = -1;
        EXPECT(!file_open(shop.files, text_of(names[i]), &fd, &size, &err));
        EXPECT_INT(err.code, ERR_NOT_FOUND);
    }
}

TEST(types_go_by_content) {
    static const struct { const char *bytes; size_t size; const char *type; } cases[] = {
        {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0", 29, "image/png"},
        {"%PDF-1.4\n%abc", 13, "application/pdf"},
        {"<html><body>hello</body></html>", 31, "text/html"},
        {"plain words", 11, "text/plain"},
        {"", 0, "application/octet-stream"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char type[96];
        file_type_of(text_from(cases[i].bytes, cases[i].size), type, sizeof type);
        EXPECT_TEXT(text_of(type), cases[i].type);
    }
    EXPECT(file_may_show(text_of("image/png")));
    EXPECT(!file_may_show(text_of("text/html")));
    EXPECT(!file_may_show(text_of("image/svg+xml")));
}

struct keeping {
    struct shop *shop;
    struct text raw;
    struct packed_mail packed;
};

static bool keep(struct tx *tx, void *argument, struct error *err) {
    struct keeping *keeping = argument;
    return mail_keep(tx, &keeping->packed, err);
}

static bool says(void *context, struct text hash) {
    return *(const bool *)context;
}

static bool forget(struct tx *tx, void *argument, struct error *err) {
    const struct keeping *keeping = argument;
    bool named = true, unnamed = false;
    return mail_forget(tx, text_of(keeping->packed.hash), says, &named, err) && mail_forget(tx, text_of(keeping->packed.hash), says, &unnamed, err);
}

static void expect_found(struct store *store, const struct keeping *keeping, bool found) {
    SCOPED(tx_end) struct tx tx = {0};
    SCOPED(arena_free) struct arena mem = {0};
    struct error err = {0};
    struct text back;
    EXPECT_OK(store_read(store, &tx, &err), err);
    EXPECT_INT(mail_get(keeping->shop->files, &tx, &mem, text_of(keeping->packed.hash), &back, &err), found);
    EXPECT(found ? text_equal(back, keeping->raw) : err.code == ERR_NOT_FOUND);
}

static void expect_kept(struct store *store, struct shop *shop, struct text raw, bool is_file) {
    SCOPED(arena_free) struct arena mem = {0};
    struct keeping keeping = {.shop = shop, .raw = raw};
    struct error err = {0};
    bool unnamed = false;
    struct cleaning_round round = {.age = -2 * SECOND, .limit = 100, .named = says, .context = &unnamed};
    EXPECT_OK(mail_pack(shop->files, &mem, raw, &keeping.packed, &err), err);
    EXPECT_OK(store_write(store, keep, &keeping, &err), err);
    EXPECT_OK(store_write(store, keep, &keeping, &err), err);
    EXPECT_INT(exists(shop, "mail", keeping.packed.hash, ".zst"), is_file);
    expect_found(store, &keeping, true);
    EXPECT_OK(store_write(store, forget, &keeping, &err), err);
    expect_found(store, &keeping, is_file);
    EXPECT_OK(mail_clean(shop->files, &round, &err), err);
    expect_found(store, &keeping, false);
}

static void mail_comes_back_as_it_was(struct store *store) {
    SCOPED(close_shop) struct shop shop = open_shop();
    SCOPED(arena_free) struct arena mem = {0};
    char *letter = arena_alloc(&mem, 600000);
    uint32_t noise = 1;
    for (size_t i = 0; i < 600000; i++) letter[i] = (char)((noise = noise * 1664525u + 1013904223u) >> 24);
    expect_kept(store, &shop, text_of("Subject: small\n\nletter"), false);
    expect_kept(store, &shop, text_of(""), false);
    expect_kept(store, &shop, text_from(letter, 600000), true);
}
STORE_TEST(mail_comes_back_as_it_was)

static bool is_kept(void *context, struct text hash) {
    return text_is(hash, context);
}

TEST(what_no_row_names_goes_when_it_is_old) {
    SCOPED(close_shop) struct shop shop = open_shop();
    struct stored_file kept, orphan;
    struct error err = {0};
    struct cleaning_round round = {.age = HOUR, .limit = 100, .named = is_kept, .context = kept.hash};
    EXPECT_OK(file_put(shop.files, text_of("kept"), &kept, &err), err);
    EXPECT_OK(file_put(shop.files, text_of("orphan"), &orphan, &err), err);
    EXPECT_OK(files_clean(shop.files, &round, &err), err);
    EXPECT_INT(round.removed, 0);
    round.age = -2 * SECOND;
    EXPECT_OK(files_clean(shop.files, &round, &err), err);
    EXPECT_INT(round.removed, 1);
    EXPECT(exists(&shop, "files", kept.hash, ""));
    EXPECT(!exists(&shop, "files", orphan.hash, ""));
}

static bool is_none(void *context, struct text hash) {
    (*(int *)context)++;
    return false;
}

TEST(a_round_looks_at_no_more_than_its_share) {
    SCOPED(close_shop) struct shop shop = open_shop();
    struct stored_file stored;
    struct error err = {0};
    int asked = 0, rounds = 0;
    struct cleaning_round round = {.age = -2 * SECOND, .limit = 1, .named = is_none, .context = &asked};
    for (int i = 0; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "file %d", i);
        EXPECT_OK(file_put(shop.files, text_of(name), &stored, &err), err);
    }
    do {
        int before = asked;
        EXPECT_OK(files_clean(shop.files, &round, &err), err);
        EXPECT(asked - before < 10);
        EXPECT_INT(round.removed, asked - before);
        rounds++;
    } while (round.shelf > 0);
    EXPECT_INT(asked, 40);
    EXPECT(rounds > 10);
}

TEST(names_are_made_safe) {
    SCOPED(arena_free) struct arena mem = {0};
    static const struct {
        const char *name, *safe;
    } cases[] = {
        {"Rechnung März.pdf", "Rechnung März.pdf"},
        {"../../etc/passwd", "passwd"},
        {"C:\\Users\\a\\b.doc", "b.doc"},
        {"a\r\nb.txt", "ab.txt"},
        {"ann\xe2\x80\xaexcod.exe", "annxcod.exe"}, /* NOLINT(misc-misleading-bidirectional): that is the trick */
        {"con", "_con"},
        {"Com1.txt", "_Com1.txt"},
        {"...", "file"},
        {"", "file"},
        {".htaccess", "htaccess"},
        {"a<b>:c\"d|e?f*.x", "a_b__c_d_e_f_.x"},
        {" x. ", "x"},
        {"commerce.txt", "commerce.txt"},
        {"dir/", "file"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        EXPECT_TEXT(file_name_safe(&mem, text_of(cases[i].name)), cases[i].safe);
    struct buffer longer = {.mem = &mem};
    for (int i = 0; i < 150; i++) buffer_add_string(&longer, "é");
    buffer_add_string(&longer, ".jpeg");
    struct text safe = file_name_safe(&mem, buffer_text(&longer));
    EXPECT(safe.size <= 120 && text_ends(safe, "é.jpeg") && text_is_utf8(safe));
}

TEST(dispositions_say_the_name_twice_when_needed) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(file_disposition(&mem, true, text_of("a b.png")), "inline; filename=\"a b.png\"");
    EXPECT_TEXT(file_disposition(&mem, false, text_of("Űr\"1\".pdf")),
                "attachment; filename=\"_r_1_.pdf\"; filename*=UTF-8''%C5%B0r_1_.pdf");
}
