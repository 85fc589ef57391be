/* Who takes part in the sample conversations. Mail domains end in .example, which nobody can own (RFC 2606). */
#include "commands/demo.h"

const struct demo_team demo_teams[DEMO_TEAMS] = {
    {"Support", "support", "support@lindenhof.example", 's'},
    {"Rechnungen", "rechnungen", "rechnung@lindenhof.example", 'r'},
    {"Rücksendungen", "ruecksendungen", "retouren@lindenhof.example", 'b'},
    {"Technik", "technik", "technik@lindenhof.example", 't'},
};

const struct demo_agent demo_agents[DEMO_AGENTS] = {
    {"Lena Brandt", "lena.brandt@lindenhof.example", "manager", "srbt"},
    {"Tobias Reuter", "tobias.reuter@lindenhof.example", "agent", "sr"},
    {"Miriam Scholz", "miriam.scholz@lindenhof.example", "agent", "s"},
    {"Bence Kovács", "bence.kovacs@lindenhof.example", "agent", "sb"},
    {"Orsolya Varga", "orsolya.varga@lindenhof.example", "manager", "br"},
    {"Grace Walker", "grace.walker@lindenhof.example", "agent", "st"},
    {"Daniel Hughes", "daniel.hughes@lindenhof.example", "agent", "t"},
    {"Aylin Demir", "aylin.demir@lindenhof.example", "agent", "rb"},
    {"Jonas Lindner", "jonas.lindner@lindenhof.example", "agent", "t"},
    {"Eszter Nagy", "eszter.nagy@lindenhof.example", "agent", "b"},
    {"Carla Weiß", "carla.weiss@lindenhof.example", "agent", "r"},
    {"Finn Petersen", "finn.petersen@lindenhof.example", "agent", "s"},
};

static const struct demo_language *const languages[DEMO_LANGUAGES] = {&demo_german, &demo_english, &demo_hungarian};

/* --- Chance -------------------------------------------------------------------------------------------------------- */

uint64_t chance_next(struct chance *chance) {
    uint64_t z = chance->state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

struct chance chance_of(uint64_t seed, uint64_t number, uint64_t part) {
    struct chance chance = {seed};
    chance.state = chance_next(&chance) ^ (number * 0xD1342543DE82EF95U);
    chance.state = chance_next(&chance) ^ (part * 0xAF251AF3B0F025B5U);
    return chance;
}

int chance_below(struct chance *chance, int limit) {
    return (int)((chance_next(chance) >> 33) % (uint64_t)limit);
}

bool chance_percent(struct chance *chance, int percent) {
    return chance_below(chance, 100) < percent;
}

/* --- Names and addresses ------------------------------------------------------------------------------------------- */

/* Letters of our three languages as mail addresses write them. */
static const struct {
    const char *from, *to;
} plain_letters[] = {
    {"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}, {"ß", "ss"}, {"á", "a"}, {"é", "e"}, {"í", "i"}, {"ó", "o"}, {"ő", "o"}, {"ú", "u"},
    {"ű", "u"}, {"ı", "i"}, {"ë", "e"},
};

static void add_plain(struct buffer *out, struct text t) {
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) buffer_add_char(out, (char)c);
        for (size_t k = 0; c >= 0xC0 && k < COUNT_OF(plain_letters); k++)
            if (text_starts(text_skip(t, i), plain_letters[k].from)) buffer_add_string(out, plain_letters[k].to);
    }
}

const char *demo_company_name(int number) {
    return languages[number / 24]->companies[number % 24];
}

struct text demo_company_domain(struct arena *mem, int number) {
    struct buffer out = {.mem = mem};
    add_plain(&out, text_fold(mem, text_of(demo_company_name(number))));
    buffer_add_string(&out, ".example");
    return buffer_text(&out);
}

static int language_number(struct chance *chance) {
    int percent = chance_below(chance, 100);
    return percent < 60 ? 0 : percent < 85 ? 1 : 2;
}

struct demo_person demo_customer(struct arena *mem, uint64_t seed, uint64_t number) {
    static const char *const providers[] = {"post.example", "mail.example", "briefkasten.example", "inbox.example"};
    struct chance chance = chance_of(seed, number, 'c');
    int language = language_number(&chance), company = language * 24 + chance_below(&chance, 24);
    const struct demo_language *words = languages[language];
    const char *first = words->first_names[chance_below(&chance, COUNT_OF(words->first_names))];
    const char *last = words->last_names[chance_below(&chance, COUNT_OF(words->last_names))];
    bool works = chance_percent(&chance, 40);
    struct buffer email = {.mem = mem};
    add_plain(&email, text_fold(mem, text_of(first)));
    buffer_add_char(&email, '.');
    add_plain(&email, text_fold(mem, text_of(last)));
    /* There are more customers than names, and no two share an address. */
    if (number >= 40) buffer_printf(&email, "%" PRIu64, number);
    buffer_add_char(&email, '@');
    if (works) buffer_add_text(&email, demo_company_domain(mem, company));
    else buffer_add_string(&email, providers[chance_below(&chance, COUNT_OF(providers))]);
    bool family_first = words->family_name_first;
    return (struct demo_person){
        .language = words, .email = buffer_text(&email), .company = text_of(works ? demo_company_name(company) : NULL),
        .name = text_printf(mem, "%s %s", family_first ? last : first, family_first ? first : last),
    };
}
