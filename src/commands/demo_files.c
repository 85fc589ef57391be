/* Small real files for sample messages: a PDF with one page of text, a PNG picture, a CSV table. */
#include "commands/demo.h"

#include <endian.h>
#include <stdlib.h>
#include <zlib.h>

static struct text make_pdf(struct arena *mem, struct chance *chance) {
    struct buffer page = {.mem = mem}, out = {.mem = mem};
    size_t places[6];
    buffer_printf(&page, "BT /F1 20 Tf 60 760 Td (Lindenhof Versand) Tj /F1 11 Tf 0 -40 Td (Beleg %d) Tj", 100000 + chance_below(chance, 900000));
    for (int i = 0; i < 4; i++)
        buffer_printf(&page, " 0 -18 Td (Position %d: %d x %d,%02d EUR) Tj", i + 1, 1 + chance_below(chance, 4), chance_below(chance, 300), chance_below(chance, 100));
    buffer_add_string(&page, " ET");
    const char *const objects[] = {
        "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        arena_printf(mem, "<< /Length %zu >>\nstream\n%s\nendstream", page.size, buffer_text(&page).data),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    };
    buffer_add_string(&out, "%PDF-1.4\n");
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        places[i] = out.size;
        buffer_printf(&out, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
    size_t table = out.size;
    buffer_printf(&out, "xref\n0 %zu\n0000000000 65535 f \n", COUNT_OF(objects) + 1);
    for (size_t i = 0; i < COUNT_OF(objects); i++) buffer_printf(&out, "%010zu 00000 n \n", places[i]);
    buffer_printf(&out, "trailer << /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", COUNT_OF(objects) + 1, table);
    return buffer_text(&out);
}

static void add_number(struct buffer *out, uint32_t number) {
    uint32_t bytes = htobe32(number);
    buffer_add(out, &bytes, sizeof bytes);
}

static void add_chunk(struct buffer *out, const char *type, const void *data, size_t size) {
    uLong sum = crc32(crc32(0, (const Bytef *)type, 4), data, (uInt)size);
    add_number(out, (uint32_t)size);
    buffer_add(out, type, 4);
    buffer_add(out, data, size);
    add_number(out, (uint32_t)sum);
}

enum { PICTURE_WIDTH = 96, PICTURE_HEIGHT = 64 };

/* PNG (RFC 2083): eight bits of red, green and blue, no filter. */
static struct text make_png(struct arena *mem, struct chance *chance) {
    struct buffer rows = {.mem = mem}, out = {.mem = mem}, head = {.mem = mem};
    int red = chance_below(chance, 200), green = chance_below(chance, 200), middle = 16 + chance_below(chance, 64);
    for (int y = 0; y < PICTURE_HEIGHT; y++) {
        buffer_add_char(&rows, 0);
        for (int x = 0; x < PICTURE_WIDTH; x++) {
            bool inside = abs(x - middle) + abs(y - PICTURE_HEIGHT / 2) < 24;
            const unsigned char point[] = {(unsigned char)(red + y / 2), (unsigned char)(inside ? 230 : green), (unsigned char)(x * 2)};
            buffer_add(&rows, point, sizeof point);
        }
    }
    uLongf size = compressBound((uLong)rows.size);
    Bytef *packed = arena_alloc(mem, size);
    compress2(packed, &size, (const Bytef *)rows.data, (uLong)rows.size, 6);
    add_number(&head, PICTURE_WIDTH);
    add_number(&head, PICTURE_HEIGHT);
    buffer_add(&head, "\x08\x02\x00\x00\x00", 5);
    buffer_add(&out, "\x89PNG\r\n\x1a\n", 8);
    add_chunk(&out, "IHDR", head.data, head.size);
    add_chunk(&out, "IDAT", packed, size);
    add_chunk(&out, "IEND", "", 0);
    return buffer_text(&out);
}

static struct text make_csv(struct arena *mem, struct chance *chance) {
    struct buffer out = {.mem = mem};
    int lines = 4 + chance_below(chance, 12);
    buffer_add_string(&out, "Position,Artikel,Menge,Preis\n");
    for (int i = 1; i <= lines; i++)
        buffer_printf(&out, "%d,LH-%05d,%d,%d.%02d\n", i, chance_below(chance, 100000), 1 + chance_below(chance, 9), chance_below(chance, 400),
                      chance_below(chance, 100));
    return buffer_text(&out);
}

struct text demo_file(struct arena *mem, uint64_t seed, uint64_t number, enum demo_file_kind kind) {
    struct chance chance = chance_of(seed, number, '0' + (uint64_t)kind);
    return kind == DEMO_PDF ? make_pdf(mem, &chance) : kind == DEMO_PNG ? make_png(mem, &chance) : make_csv(mem, &chance);
}
