/* Files that no row names: left by a crash between the file and its row, or by a purge. */
#include "platform/files/files_private.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHELVES = 256 };

struct cleaning {
    struct cleaning_round *round;
    int64_t before;  /* wall clock, seconds */
    int64_t seen;
};

static bool is_old(const struct cleaning *cleaning, int folder, const char *name) {
    struct stat is;
    return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(is.st_mode)
           && is.st_mtime < cleaning->before;
}

static void remove_old(struct cleaning *cleaning, int folder, const char *name) {
    if (is_old(cleaning, folder, name) && unlinkat(folder, name, 0) == 0) cleaning->round->removed++;
}

static DIR *folder_list(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (!list && fd >= 0) close(fd);
    return list;
}

static void clean_shelf(struct cleaning *cleaning, int folder, const char *shelf) {
    const struct cleaning_round *round = cleaning->round;
    DIR *list = folder_list(folder, shelf);
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        char hash[FILE_HASH + 1], path[FILE_HASH + 8];
        if (strlen(entry->d_name) < FILE_HASH - 2) continue;
        snprintf(hash, sizeof hash, "%.2s%.62s", shelf, entry->d_name);
        if (!path_of(text_of(hash), "", path)) continue;
        cleaning->seen++;
        if (!round->named(round->context, text_of(hash))) remove_old(cleaning, dirfd(list), entry->d_name);
    }
    if (list) closedir(list);
}

static bool clean_halves(struct cleaning *cleaning, int folder, struct error *err) {
    DIR *list = folder_list(folder, ".");
    const struct dirent *entry;
    if (!list) return error_errno(err, "listing the store");
    while ((entry = readdir(list)))
        if (strncmp(entry->d_name, "new-", 4) == 0) remove_old(cleaning, folder, entry->d_name);
    closedir(list);
    return true;
}

static bool clean(struct cleaning_round *round, int folder, struct error *err) {
    struct cleaning cleaning = {.round = round, .before = (clock_now() - round->age) / SECOND};
    int shelf = round->shelf;
    round->removed = 0;
    if (!clean_halves(&cleaning, folder, err)) return false;
    for (; shelf < SHELVES && cleaning.seen < round->limit; shelf++) {
        char name[3];
        snprintf(name, sizeof name, "%02x", (unsigned)shelf & 0xff);
        clean_shelf(&cleaning, folder, name);
    }
    round->shelf = shelf % SHELVES;
    return true;
}

bool files_clean(struct files *files, struct cleaning_round *round, struct error *err) {
    return clean(round, files->files, err);
}

bool mail_clean(struct files *files, struct cleaning_round *round, struct error *err) {
    return clean(round, files->mail, err);
}
