/* cage.h - a stranger's file is read by a process of its own, which can do nothing but read it.
 *
 * The process is this program once more (/proc/self/exe), with the file as standard input, a pipe as standard output, one as standard
 * error and no other descriptor. Before it looks at the first byte it has shut itself in: processor time, memory and descriptors are
 * limited; no file can be written and none read but those of the system's programs and libraries (Landlock); it can open no
 * connection, start no other process, and signal or trace nobody (seccomp). It ends with the thread that waits for it. */
#ifndef THEKE_PLATFORM_CAGE_CAGE_H
#define THEKE_PLATFORM_CAGE_CAGE_H

#include "base/error.h"
#include "base/text.h"

#include <stdatomic.h>
#include <sys/types.h>

struct cage_order {
    const char *command;           /* of this program; behind it come the seconds, the caller's process id and the words */
    const char *const *words;      /* ended by NULL */
    int file;                      /* becomes standard input */
    int seconds;                   /* of processor time; of real time CAGE_PATIENCE times as many */
    size_t limit;                  /* bytes of output: who writes more is ended, and what is there is the answer */
    const atomic_bool *stopping;   /* NULL, or: end it now */
};

enum cage_end {
    CAGE_ENDED,      /* by itself, with code */
    CAGE_FULL,       /* had written enough */
    CAGE_EXHAUSTED,  /* its processor time was over */
    CAGE_LATE,       /* the real time was over */
    CAGE_KILLED,     /* by a signal: a fault of its own, or a lack of memory */
    CAGE_STOPPED,
};

struct cage_answer {
    enum cage_end end;
    int code;
    struct text output, complaint; /* what it said on standard output and, at most 4 KB, on standard error */
};

enum { CAGE_WORDS = 4, CAGE_PATIENCE = 5 /* a busy machine leaves little of its time to who stands behind everybody */ };

/* False when it could not be started. */
MUST_USE bool cage_run(const struct cage_order *order, struct arena *mem, struct cage_answer *ret, struct error *err);

/* Inside: shuts the process in for good. False when a limit can't be set; what the kernel does not know (Landlock before Linux 5.13,
 * seccomp where it is compiled out) is left out. */
bool cage_shut(int seconds, pid_t keeper);

#endif
