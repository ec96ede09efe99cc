/* What two cores of one process have in common: see docs/ffi.md.
 *
 * Neither side frees what the other allocated. A later version with the same major number only appends to the tables, and
 * counts the minor number up; readers look at no more than `size` bytes of a table. Functions throw nothing, and may be
 * called from any thread. */
#ifndef MYCELIUM_NODE_H
#define MYCELIUM_NODE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a table of a node begins with: the bytes MYCENODE. */
#define MYCELIUM_NODE_MAGIC UINT64_C(0x45444f4e4543594d)

#define MYCELIUM_NODE_VERSION_MAJOR 1
#define MYCELIUM_NODE_VERSION_MINOR 0
#define MYCELIUM_NODE_VERSION ((uint32_t)MYCELIUM_NODE_VERSION_MAJOR << 16 | MYCELIUM_NODE_VERSION_MINOR)

/* What functions return where they fail; success is 0 or more. */
enum mycelium_node_code {
    MYCELIUM_NODE_NOT_FOR_GUESTS = -1, /* the host does not leave this service to guests */
    MYCELIUM_NODE_TAKEN = -2,          /* another guest runs this service */
    MYCELIUM_NODE_NONE_LEFT = -3,      /* all services of guests are taken */
    MYCELIUM_NODE_NOT_JOINED = -4,     /* no guest runs this service yet */
    MYCELIUM_NODE_CLOSED = -5,         /* the host was closed */
    MYCELIUM_NODE_FORKED = -6,         /* the process was forked after the host was made */
    MYCELIUM_NODE_SYSTEM = -7,         /* the operating system refused */
    MYCELIUM_NODE_INVALID = -8,        /* an argument is not what it should be */
    MYCELIUM_NODE_FAILED = -9          /* something that should not happen did */
};

/* What `describe` tells. */
enum mycelium_node_item {
    MYCELIUM_NODE_NAME = 1,
    MYCELIUM_NODE_TOPOLOGY = 2,      /* the text of it */
    MYCELIUM_NODE_TOPOLOGY_NAME = 3, /* the file it was read from, or what stands for that */
    MYCELIUM_NODE_FOLDER = 4,        /* where paths in the topology start from */
    MYCELIUM_NODE_GUEST_SERVICES = 5 /* all that the host leaves to guests, one in a line */
};

/* What a connection was accepted as. */
enum mycelium_node_kind {
    MYCELIUM_NODE_FFI = 1, /* within the process */
    MYCELIUM_NODE_SHM = 2, /* beside shared memory */
    MYCELIUM_NODE_UNIX = 3,
    MYCELIUM_NODE_TCP = 4
};

/* Bytes that the callee only reads, during the call. A text is UTF-8, without a zero at its end. */
typedef struct mycelium_bytes {
    const uint8_t *bytes; /* may be null where there are none */
    size_t length;
} mycelium_bytes;

/* Room for a text, which belongs to the caller. */
typedef struct mycelium_text_buffer {
    uint8_t *bytes; /* may be null where there is no room */
    size_t capacity;
    size_t length; /* written by the callee: of the text, of which as much was written as there is room for */
} mycelium_text_buffer;

/* What a guest gives its host. The functions return at once, and call no function of the host. */
typedef struct mycelium_guest_table {
    uint32_t size;    /* bytes of the table */
    uint32_t version; /* MYCELIUM_NODE_VERSION */
    void *context;    /* the first argument of every function */
    /* Takes a connection for one of the guest's services: the descriptor, which is the guest's from then on, a
     * mycelium_node_kind, and what was read of it already. */
    void (*adopt)(void *context, int32_t descriptor, uint32_t kind, mycelium_bytes read);
    /* The host was closed, and so the guest is to close. */
    void (*host_closed)(void *context);
} mycelium_guest_table;

/* What a host gives its guests. */
typedef struct mycelium_node_table {
    uint64_t magic;   /* MYCELIUM_NODE_MAGIC */
    uint32_t size;    /* bytes of the table */
    uint32_t version; /* MYCELIUM_NODE_VERSION */
    void *context;    /* the first argument of every function; alive while offered, and while retained */
    void (*retain)(void *context);
    void (*release)(void *context);
    /* Writes a mycelium_node_item; 0, or a mycelium_node_code. */
    int32_t (*describe)(void *context, uint32_t item, mycelium_text_buffer *answer);
    /* Joins with these services, or without any with all that are left: the number to detach by, and in `answer` the
     * services, one in a line; or a mycelium_node_code, and in `answer` a sentence. The guest's table is copied, its context
     * must live until `detach` returns. */
    int64_t (*attach)(void *context, const mycelium_bytes *services, size_t count, const mycelium_guest_table *guest,
                      mycelium_text_buffer *answer);
    /* Leaves. When it returns, no function of the guest's table runs, and none is called any more. */
    void (*detach)(void *context, int64_t number);
    /* A descriptor, which is the caller's from then on, of a connection from a service of the guest to another of the node
     * outside the guest; or a mycelium_node_code, and in `answer` a sentence. */
    int32_t (*connect)(void *context, mycelium_bytes from, mycelium_bytes to, mycelium_text_buffer *answer);
} mycelium_node_table;

#ifdef __cplusplus
}
#endif

#endif
