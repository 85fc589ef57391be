/* Files that no row names: left by a crash between the file and its row, or by a purge. */
#include "platform/files/files_private.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct cleaning {
    int64_t before; /* wall clock, seconds */
    bool (*named)(void *context, struct text hash);
    void *context;
    int64_t removed;
};

static bool is_old(const struct cleaning *cleaning, int folder, const char *name) {
    struct stat is;
    return fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(is.st_mode)
           && is.st_mtime < cleaning->before;
}

static void remove_old(struct cleaning *cleaning, int folder, const char *name) {
    if (is_old(cleaning, folder, name) && unlinkat(folder, name, 0) == 0) cleaning->removed++;
}

static DIR *folder_list(int parent, const char *name) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    if (!list && fd >= 0) close(fd);
    return list;
}

static void clean_shelf(struct cleaning *cleaning, int folder, const char *shelf) {
    DIR *list = folder_list(folder, shelf);
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        char hash[FILE_HASH + 1], path[FILE_HASH + 8];
        if (strlen(entry->d_name) < FILE_HASH - 2) continue;
        snprintf(hash, sizeof hash, "%.2s%.62s", shelf, entry->d_name);
        if (!path_of(text_of(hash), "", path) || cleaning->named(cleaning->context, text_of(hash))) continue;
        remove_old(cleaning, dirfd(list), entry->d_name);
    }
    if (list) closedir(list);
}

static bool clean(struct cleaning *cleaning, int folder, int64_t *ret_removed, struct error *err) {
    DIR *list = folder_list(folder, ".");
    const struct dirent *entry;
    if (!list) return error_errno(err, "listing the store");
    while ((entry = readdir(list))) {
        if (strncmp(entry->d_name, "new-", 4) == 0) remove_old(cleaning, folder, entry->d_name);
        else if (strlen(entry->d_name) == 2 && entry->d_name[0] != '.') clean_shelf(cleaning, folder, entry->d_name);
    }
    closedir(list);
    *ret_removed = cleaning->removed;
    return true;
}

static struct cleaning cleaning_of(int64_t age, bool (*named)(void *context, struct text hash), void *context) {
    return (struct cleaning){.before = (clock_now() - age) / SECOND, .named = named, .context = context};
}

bool files_clean(struct files *files, int64_t age, bool (*named)(void *context, struct text hash), void *context,
                 int64_t *ret_removed, struct error *err) {
    struct cleaning cleaning = cleaning_of(age, named, context);
    return clean(&cleaning, files->files, ret_removed, err);
}

bool mail_clean(struct files *files, int64_t age, bool (*named)(void *context, struct text hash), void *context,
                int64_t *ret_removed, struct error *err) {
    struct cleaning cleaning = cleaning_of(age, named, context);
    return clean(&cleaning, files->mail, ret_removed, err);
}
