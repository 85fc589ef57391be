/* Answers that stay open. The http thread sleeps on an empty stream by suspending its connection, and whoever feeds the
 * stream wakes it. Two references: the feeder's and the connection's. The server closes what is left when it stops; a
 * feeder may keep its reference longer than the server lives. */
#include "platform/http/http_private.h"

#include <assert.h>
#include <stdlib.h>

struct stream {
    pthread_mutex_t lock;
    struct server *server;            /* NULL when it has stopped */
    struct MHD_Connection *connection;
    struct stream *previous, *next;   /* among the server's */
    char *data;
    size_t size, capacity;
    int references;
    bool asleep, closed;              /* closed: by the feeder, or because the client has gone */
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER; /* of every server's list, and of references */

static void stream_unlink(struct stream *stream) {
    assert(stream->server);
    if (stream->previous) stream->previous->next = stream->next;
    else stream->server->streams = stream->next;
    if (stream->next) stream->next->previous = stream->previous;
    stream->server = NULL;
}

static void stream_release(struct stream *stream) {
    pthread_mutex_lock(&list_lock);
    bool last = --stream->references == 0;
    if (last && stream->server) stream_unlink(stream);
    pthread_mutex_unlock(&list_lock);
    if (!last) return;
    pthread_mutex_destroy(&stream->lock);
    free(stream->data);
    free(stream);
}

struct stream *response_stream(struct response *response, struct request *request) {
    struct server *server = request->server;
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream) abort();
    pthread_mutex_init(&stream->lock, NULL);
    stream->server = server;
    stream->connection = request->exchange->connection;
    stream->references = 2;
    pthread_mutex_lock(&list_lock);
    stream->next = server->streams;
    if (server->streams) server->streams->previous = stream;
    server->streams = stream;
    stream->closed = server->streams_ended;
    pthread_mutex_unlock(&list_lock);
    response->stream = stream;
    response->content_type = "text/event-stream";
    response_header(response, request, "X-Accel-Buffering", text_of("no")); /* or nginx would hold it back */
    return stream;
}

static void stream_wake(struct stream *stream) {
    if (!stream->asleep) return;
    stream->asleep = false;
    MHD_resume_connection(stream->connection);
}

bool stream_send(struct stream *stream, struct text bytes) {
    pthread_mutex_lock(&stream->lock);
    bool open = !stream->closed && stream->size + bytes.size <= STREAM_LIMIT;
    if (open && stream->size + bytes.size > stream->capacity) {
        stream->capacity = (stream->size + bytes.size) * 2;
        stream->data = realloc(stream->data, stream->capacity);
        if (!stream->data) abort();
    }
    if (open) {
        memcpy(stream->data + stream->size, bytes.data, bytes.size);
        stream->size += bytes.size;
        stream_wake(stream);
    }
    pthread_mutex_unlock(&stream->lock);
    return open;
}

size_t stream_waiting(struct stream *stream) {
    pthread_mutex_lock(&stream->lock);
    size_t size = stream->closed ? SIZE_MAX : stream->size;
    pthread_mutex_unlock(&stream->lock);
    return size;
}

static void stream_end(struct stream *stream) {
    pthread_mutex_lock(&stream->lock);
    stream->closed = true;
    stream_wake(stream);
    pthread_mutex_unlock(&stream->lock);
}

void stream_close(struct stream *stream) {
    if (!stream) return;
    stream_end(stream);
    stream_release(stream);
}

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t room) {
    struct stream *stream = context;
    ssize_t result = 0;
    pthread_mutex_lock(&stream->lock);
    if (stream->size > 0) {
        size_t count = stream->size < room ? stream->size : room;
        memcpy(out, stream->data, count);
        memmove(stream->data, stream->data + count, stream->size - count);
        stream->size -= count;
        result = (ssize_t)count;
    } else if (stream->closed) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        stream->asleep = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&stream->lock);
    return result;
}

/* The connection is over: nobody reads any more. */
static void stream_over(void *context) {
    struct stream *stream = context;
    pthread_mutex_lock(&stream->lock);
    stream->closed = true;
    stream->asleep = false;
    pthread_mutex_unlock(&stream->lock);
    stream_release(stream);
}

void stream_abandon(struct stream *stream) {
    if (stream) stream_over(stream);
}

struct MHD_Response *stream_answer(struct stream *stream) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, stream, stream_over);
}

void streams_end(struct server *server) {
    pthread_mutex_lock(&list_lock);
    server->streams_ended = true;
    for (struct stream *stream = server->streams; stream; stream = stream->next) stream_end(stream);
    pthread_mutex_unlock(&list_lock);
}

void streams_forget(struct server *server) {
    pthread_mutex_lock(&list_lock);
    while (server->streams) stream_unlink(server->streams);
    pthread_mutex_unlock(&list_lock);
}
